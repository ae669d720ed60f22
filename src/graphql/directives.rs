//! The directives by which the schema says what a field means beyond its type. Declared here, applied beside each field,
//! exported into `schema.graphql`, read from there by `operations/` and by the tests.

use async_graphql::TypeDirective;

use super::access::AccessRule;

/// Who may see the field or run the mutation; a field without it is for anyone.
#[TypeDirective(location = "FieldDefinition")]
pub fn access(rule: AccessRule) {}

/// Resolving the field asks that service, in one batch per level of the query.
#[TypeDirective(location = "FieldDefinition")]
pub fn call(service: String, batch: String) {}
