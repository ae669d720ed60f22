//! A root field of an operation: its name, its key in the response, and who may read it.

use apollo_compiler::schema::FieldDefinition;
use async_graphql::parser::types as engine;

use super::plan::argument;

/// One root field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootField {
    /// The field's name in the schema.
    pub name: String,
    /// Its key in the response: the alias, or the name.
    pub response_key: String,
    /// The `rule` of the field definition's `@access` directive, if it has one.
    pub access: Option<String>,
}

impl RootField {
    /// The field as it is selected.
    pub(crate) fn of(field: &engine::Field, definition: Option<&FieldDefinition>) -> Self {
        Self {
            name: field.name.node.to_string(),
            response_key: field.response_key().node.to_string(),
            access: definition.and_then(|field| argument(field.directives.get("access")?, "rule")),
        }
    }
}
