//! The directives by which the schema says what a field means beyond its type. Declared here, applied beside each field,
//! exported into `schema.graphql`, read from there by `operations/` and by the tests.

use async_graphql::{Enum, TypeDirective};

use super::access::AccessRule;

/// Who may read the field or run the mutation. Fields without it are public.
#[TypeDirective(location = "FieldDefinition")]
pub fn access(rule: AccessRule) {}

/// The field is resolved by a batch call of this service, one per level of the query.
/// On a type: the batch route that finds objects by id.
#[TypeDirective(location = "FieldDefinition", location = "Object")]
pub fn call(service: String, batch: String) {}

/// Which caches may store a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CacheControlScope {
    /// Shared caches may store the response.
    Public,
    /// The response depends on the viewer: shared caches must not store it.
    Private,
}

/// How many seconds an answer with it may be kept, and for whom. The smallest age of an operation counts, and it is
/// public only if nothing in it is private. What says nothing is not kept; scalars are kept as their object is.
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

/// The age of what is the same for everybody, in seconds: what a reader may be behind where nobody purges.
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
