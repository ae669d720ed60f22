//! How long the answer of an operation may be kept by whoever stands between, and whether at all.
//!
//! In: what `@cacheControl` says of each field and of all that it can return. Out: the smallest age, or the field that
//! stands against keeping it. What says nothing is not kept: a new type is private until somebody decides otherwise.

use std::time::Duration;

use apollo_compiler::ast::Directive;
use apollo_compiler::schema::FieldDefinition;
use apollo_compiler::{Name, Schema};

use super::argument;
use crate::operations::kind::OperationKind;

/// An answer that is the same for everybody, and may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caching {
    /// For how long.
    pub max_age: Duration,
}

/// What the fields of an operation say so far.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    /// The smallest age, in seconds.
    age: Option<u64>,
    /// What stands against it first: `User.email (private)`.
    against: Option<String>,
}

impl Keeping {
    /// What stands against it before any field is looked at: only a query's answer is ever kept.
    pub(crate) fn of(kind: OperationKind) -> Self {
        let against = match kind {
            OperationKind::Query => None,
            OperationKind::Mutation => Some("a mutation"),
            OperationKind::Subscription => Some("a subscription"),
        };
        Self { age: None, against: against.map(str::to_owned) }
    }

    /// The schema's own description: never kept.
    pub(crate) fn introspection(&mut self, name: &str) {
        self.refuse(|| format!("{name} (introspection)"));
    }

    /// One field of an object of type `ty` (at the root or not), and the objects that it can return: none for a scalar.
    pub(crate) fn field(
        &mut self,
        schema: &Schema,
        (ty, field, is_root): (&Name, &FieldDefinition, bool),
        objects: &[Name],
    ) {
        if self.against.is_some() {
            return;
        }
        let coordinate = |why: &str| format!("{ty}.{} ({why})", field.name);
        let own = Said::by(field.directives.get("cacheControl").map(|said| &**said));
        if own.private || field.directives.has("access") {
            return self.refuse(|| coordinate("private"));
        }
        let mut ages = own.age;
        for object in objects {
            let of_object = schema.get_object(object).and_then(|object| object.directives.get("cacheControl"));
            let of_object = Said::by(of_object.map(|said| &**said));
            if of_object.private {
                return self.refuse(|| coordinate(&format!("{object} is private")));
            }
            let Some(age) = of_object.age.or(own.age) else {
                return self.refuse(|| coordinate(&format!("{object} says nothing")));
            };
            ages = Some(ages.map_or(age, |known| known.min(age)));
        }
        match ages {
            Some(0) => self.refuse(|| coordinate("age 0")),
            Some(age) => self.age = Some(self.age.map_or(age, |known| known.min(age))),
            // A scalar is kept as its object is; at the root there is none.
            None if is_root => self.refuse(|| coordinate("says nothing")),
            None => {}
        }
    }

    /// The verdict, or what stands against keeping the answer.
    pub(crate) fn verdict(&self) -> Result<Caching, &str> {
        match (&self.against, self.age) {
            (Some(against), _) => Err(against),
            (None, Some(age)) => Ok(Caching { max_age: Duration::from_secs(age) }),
            (None, None) => Err("nothing in it says for how long"),
        }
    }

    fn refuse(&mut self, against: impl FnOnce() -> String) {
        self.against.get_or_insert_with(against);
    }
}

/// One `@cacheControl`, or none.
#[derive(Clone, Copy, Default)]
struct Said {
    age: Option<u64>,
    private: bool,
}

impl Said {
    fn by(directive: Option<&Directive>) -> Self {
        let Some(directive) = directive else { return Self::default() };
        // A negative age is one that is over.
        let age = argument(directive, "maxAge").map(|age| age.parse().unwrap_or_default());
        Self { age, private: argument(directive, "scope").is_some_and(|scope| scope != "PUBLIC") }
    }
}
