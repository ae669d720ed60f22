//! The backing services: one line each. Configuration, clients, logs, errors, directives, `tessera dev`, tests and benchmarks
//! go over [`Service::ALL`].

use std::fmt;

macro_rules! services {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A backing service.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Service { $($(#[$doc])* $variant),+ }

        impl Service {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The service's name, as configuration, logs, errors and directives spell it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

services! {
    /// Users, sessions, follows.
    User = "user",
    /// Posts, comments, likes.
    Post = "post",
    /// Orders.
    Order = "order",
}

impl Service {
    /// The service of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| service.name() == name)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
