//! Trusted documents under both schemas. In: what was found in files. Out: what each uses of the old schema, and why it is not
//! valid for the new one, if it is not. A document that was not valid before cannot be broken.

use std::sync::Arc;

use apollo_compiler::ast::Document;

use super::{SchemaProblem, SchemaText, usage::Usage};
use crate::operations::{Limits, Operations, Rejection, Scalars, documents::source::Found};

/// A document that was valid for the old schema.
#[derive(Debug)]
pub(crate) struct Known {
    /// Client, name and file.
    pub(crate) label: Label,
    pub(crate) usage: Usage,
    /// Why it is not valid for the new schema.
    pub(crate) rejected: Option<Rejection>,
}

/// What a document is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Label {
    pub(crate) client: String,
    pub(crate) name: String,
    pub(crate) file: String,
}

/// Documents by whether the old schema knows them.
pub(crate) struct Documents {
    pub(crate) known: Vec<Known>,
    /// Files of documents that the old schema does not take: new ones, or broken before.
    pub(crate) unknown: Vec<Label>,
}

/// Validates the documents by both schemas.
pub(crate) fn validate(old: &SchemaText, new: &SchemaText, found: &[Found]) -> Result<Documents, SchemaProblem> {
    let (before, after) = (operations(old)?, operations(new)?);
    let mut documents = Documents { known: Vec::new(), unknown: Vec::new() };
    // What Apollo Client makes of a file's text is as valid as that text.
    for found in found.iter().filter(|found| !found.with_typename) {
        let selected = before.select(Arc::clone(&found.text), None).ok();
        let name = selected.as_ref().and_then(|it| it.name()).unwrap_or(&found.id).to_owned();
        let label = Label { client: found.client.clone(), name, file: found.file.display().to_string() };
        let syntax = selected.and_then(|_| Document::parse(&*found.text, "document.graphql").ok());
        match syntax {
            None => documents.unknown.push(label),
            Some(syntax) => documents.known.push(Known {
                label,
                usage: Usage::new(&before.rulebook.schema, &syntax),
                rejected: after.select(Arc::clone(&found.text), None).err(),
            }),
        }
    }
    Ok(documents)
}

/// Validates documents by a schema. Limits on size do not matter here; those on nesting guard the stack.
fn operations(schema: &SchemaText) -> Result<Operations, SchemaProblem> {
    let limits = Limits { tokens: usize::MAX, aliases: usize::MAX, directives: usize::MAX, ..Limits::default() };
    Operations::new(&schema.text, limits, Scalars::default()).map_err(|error| schema.problem(error))
}
