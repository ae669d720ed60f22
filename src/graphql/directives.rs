//! The directives by which the schema says what a field means beyond its type. Declared here, applied beside each field,
//! exported into `schema.graphql`, read from there by `operations/` and by the tests.

use std::borrow::Cow;

use async_graphql::{
    Enum, TypeDirective,
    registry::{
        MetaDirectiveInvocation, Registry,
        location_traits::{Directive_At_FIELD_DEFINITION, Directive_At_OBJECT},
    },
};

use super::rule::AccessRule;
use crate::clients::{Audience, Route};

/// Who may read the field or run the mutation. Fields without it are public.
#[TypeDirective(location = "FieldDefinition")]
pub fn access(rule: AccessRule) {}

/// The field is resolved by a batch call of this service, one per level of the query.
/// On a type: the batch route that finds objects by id.
#[TypeDirective(location = "FieldDefinition", location = "Object")]
pub fn call(service: String, batch: String) {}

/// `@call` of a route.
pub struct Call;

impl Call {
    /// The directive.
    pub fn apply<A, G, K, V>(route: &Route<A, G, K, V>) -> MetaDirectiveInvocation {
        call::apply(route.service.name().into(), route.path.into())
    }
}

/// `@cacheControl` of a route: an age if its answers may be shared, else the private scope.
pub struct Cached;

impl Cached {
    /// The directive.
    pub fn apply<A: Audience, G, K, V>(_: &Route<A, G, K, V>) -> MetaDirectiveInvocation {
        if A::IS_PUBLIC { cache_control::apply(MINUTE, None) } else { cache_control::apply(None, PRIVATE) }
    }
}

/// Makes the engine apply a directive by way of a type whose `apply` reads the arguments from a route.
macro_rules! of_route {
    ($name:ident applies $directive:ident) => {
        impl TypeDirective for $name {
            fn name(&self) -> Cow<'static, str> {
                $directive.name()
            }

            fn register(&self, registry: &mut Registry) {
                $directive.register(registry);
            }
        }

        impl Directive_At_FIELD_DEFINITION for $name {}
        impl Directive_At_OBJECT for $name {}
    };
}

of_route!(Call applies call);
of_route!(Cached applies cache_control);

/// Which caches may store a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CacheControlScope {
    /// Shared caches may store the response.
    Public,
    /// The response depends on the viewer: shared caches must not store it.
    Private,
}

/// For how many seconds caches may store a response with it, and which caches. The smallest age in an operation counts, and
/// its response is public only if nothing in it is private. Objects without the directive are not cacheable; scalars are
/// cacheable as their object is.
#[TypeDirective(name = "cacheControl", location = "FieldDefinition", location = "Object")]
pub fn cache_control(max_age: Option<i32>, scope: Option<CacheControlScope>) {}

/// The cost of resolving the field, where it differs from the default: a scalar 0, a call or a mutation 10.
#[TypeDirective(location = "FieldDefinition")]
pub fn cost(weight: i32) {}

/// How many objects a list has: as an argument says (a number, or as many as the argument has items), else as assumed.
/// With `sizedFields`, that is the size of those fields of the object returned.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(assumed_size: Option<i32>, slicing_arguments: Option<Vec<String>>, sized_fields: Option<Vec<String>>) {
}

/// The age of public responses, in seconds: how stale a reader's copy may be where nobody purges.
pub const MINUTE: Option<i32> = Some(60);

/// The scope of what depends on the viewer.
pub const PRIVATE: Option<CacheControlScope> = Some(CacheControlScope::Private);

/// The slicing argument of a connection.
pub fn first() -> Option<Vec<String>> {
    Some(vec!["first".into()])
}

/// The fields of a connection that have as many items as it says.
pub fn items() -> Option<Vec<String>> {
    Some(vec!["nodes".into(), "edges".into()])
}
