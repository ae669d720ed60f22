//! The names of the backing services, as configuration, logs, errors and directives spell them.

use std::fmt;

/// A backing service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// People, sessions, who follows whom.
    User,
    /// Posts, comments, likes.
    Post,
    /// Orders.
    Order,
}

impl Service {
    /// All of them, in the order of [`Service::index`].
    pub const ALL: [Self; 3] = [Self::User, Self::Post, Self::Order];

    /// The service's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Post => "post",
            Self::Order => "order",
        }
    }

    /// The service of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }

    /// Its place in [`Service::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
