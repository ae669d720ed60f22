//! Whether shared caches may store the response of an operation, and for how long.
//!
//! In: the `@cacheControl` directives of each field and of every type that it can return. Out: the smallest `maxAge`, or
//! the reason why the response is not cacheable. Types without the directive are not cacheable: new types start private.

use std::time::Duration;

use apollo_compiler::ast::Directive;
use apollo_compiler::schema::FieldDefinition;
use apollo_compiler::{Name, Schema};

use super::argument;
use crate::operations::kind::OperationKind;

/// A response that is the same for everybody and may be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caching {
    /// For how long.
    pub max_age: Duration,
}

/// The policy of an operation, as its fields are added one by one.
#[derive(Debug, Default)]
pub(crate) struct CachePolicy {
    /// The smallest age, in seconds.
    age: Option<u64>,
    /// The first reason why the response is not cacheable: `User.email (private)`.
    reason_not_cacheable: Option<String>,
}

/// A field, and the place where it is selected.
pub(crate) struct SelectedField<'a> {
    /// The type of the object that it belongs to.
    pub(crate) parent: &'a Name,
    pub(crate) definition: &'a FieldDefinition,
    /// Whether it is a root field.
    pub(crate) is_root: bool,
    /// The object types that it can return; none for a scalar.
    pub(crate) objects: &'a [Name],
}

impl CachePolicy {
    /// The policy before any field is added: only responses to queries are cacheable.
    pub(crate) fn of(kind: OperationKind) -> Self {
        let reason = match kind {
            OperationKind::Query => None,
            OperationKind::Mutation => Some("a mutation"),
            OperationKind::Subscription => Some("a subscription"),
        };
        Self { age: None, reason_not_cacheable: reason.map(str::to_owned) }
    }

    /// Adds an introspection field: not cacheable.
    pub(crate) fn add_introspection(&mut self, name: &str) {
        self.forbid(|| format!("{name} (introspection)"));
    }

    /// Adds a field.
    pub(crate) fn add(&mut self, schema: &Schema, field: &SelectedField<'_>) {
        if self.reason_not_cacheable.is_some() {
            return;
        }
        let coordinate = |why: &str| format!("{}.{} ({why})", field.parent, field.definition.name);
        let directives = &field.definition.directives;
        let own = CacheControl::read(directives.get("cacheControl").map(|directive| &**directive));
        if own.is_private || directives.has("access") {
            return self.forbid(|| coordinate("private"));
        }
        let mut age = own.age;
        for object in field.objects {
            let directive = schema.get_object(object).and_then(|object| object.directives.get("cacheControl"));
            let of_object = CacheControl::read(directive.map(|directive| &**directive));
            if of_object.is_private {
                return self.forbid(|| coordinate(&format!("{object} is private")));
            }
            let Some(of_object) = of_object.age.or(own.age) else {
                return self.forbid(|| coordinate(&format!("{object} says nothing")));
            };
            age = Some(age.map_or(of_object, |known| known.min(of_object)));
        }
        match age {
            Some(0) => self.forbid(|| coordinate("age 0")),
            Some(age) => self.age = Some(self.age.map_or(age, |known| known.min(age))),
            // A scalar has the policy of its object; a root field has no object around it.
            None if field.is_root => self.forbid(|| coordinate("says nothing")),
            None => {}
        }
    }

    /// The policy of all fields, or the reason why the response is not cacheable.
    pub(crate) fn verdict(&self) -> Result<Caching, &str> {
        match (&self.reason_not_cacheable, self.age) {
            (Some(reason), _) => Err(reason),
            (None, Some(age)) => Ok(Caching { max_age: Duration::from_secs(age) }),
            (None, None) => Err("nothing in it says for how long"),
        }
    }

    fn forbid(&mut self, reason: impl FnOnce() -> String) {
        self.reason_not_cacheable.get_or_insert_with(reason);
    }
}

/// The arguments of one `@cacheControl`, or none.
#[derive(Clone, Copy, Default)]
struct CacheControl {
    age: Option<u64>,
    is_private: bool,
}

impl CacheControl {
    fn read(directive: Option<&Directive>) -> Self {
        let Some(directive) = directive else { return Self::default() };
        // A negative age is in the past.
        let age = argument(directive, "maxAge").map(|age| age.parse().unwrap_or_default());
        Self { age, is_private: argument(directive, "scope").is_some_and(|scope| scope != "PUBLIC") }
    }
}
