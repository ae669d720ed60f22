//! One document's judgement: it parses, it is valid for the schema, its literals are what they claim to be.
//!
//! In: the text, once per text. Out: the compiler's typed tree with the places of its nodes, or a rejection.
//! The compiler decides; `rules` adds what the reference implementation refuses and the compiler lets through.

use std::path::Path;
use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast;
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::{Parser, SourceSpan};
use apollo_compiler::validation::{DiagnosticList, Valid};

use super::counts::Counts;
use super::line_index::LineIndex;
use super::walk::Walk;
use super::{literal_checks, rules};
use crate::operations::flattening::ConditionalVariables;
use crate::operations::rejection::{Location, Rejection, RejectionCode};
use crate::operations::rulebook::Rulebook;

/// How the compiler names the text in its own reports, which nobody sees.
const SOURCE_NAME: &str = "document.graphql";
/// What a document takes however small it is, in bytes, measured.
const DOCUMENT_BYTES: usize = 4_096;
/// What a selection or a value takes in the compiler's tree, in bytes, measured.
const NODE_BYTES: usize = 288;

/// A valid document.
#[derive(Debug)]
pub(crate) struct ValidDocument {
    /// The typed tree: operations and fragments.
    pub(crate) document: Valid<ExecutableDocument>,
    /// The text and its lines.
    pub(crate) lines: LineIndex,
    /// For each operation, the variables whose values change its flattened form.
    pub(crate) conditional_variables: Vec<ConditionalVariables>,
    /// Selections and values in the tree.
    nodes: usize,
}

impl ValidDocument {
    /// Bytes held beside the text, estimated for the cache's account.
    pub(crate) fn bytes(&self) -> usize {
        // The text is in the tree once more, as names and strings.
        DOCUMENT_BYTES + self.lines.bytes() + self.lines.text().len() + self.nodes * NODE_BYTES
    }
}

/// Validates documents by a rulebook.
pub(crate) struct Validator<'a> {
    pub(crate) rulebook: &'a Rulebook,
}

impl Validator<'_> {
    /// Validates a text whose tokens and nesting are within the limits.
    pub(crate) fn validate(&self, text: &Arc<str>) -> Result<ValidDocument, Rejection> {
        let lines = LineIndex::new(Arc::clone(text));
        let syntax = parse(text, &lines)?;
        let schema = &self.rulebook.schema;
        let walk = &Walk::new(schema, &syntax);
        reject(RejectionCode::ParseFailed, rules::of_syntax(walk, &lines))?;
        let counts = Counts::of(walk);
        counts.admit(&self.rulebook.limits)?;
        let mut found = rules::of_tree(walk, &lines);
        let document = match syntax.to_executable_validate(schema) {
            Ok(document) => document,
            Err(invalid) => {
                found.extend(reported(&invalid.errors, &lines));
                reject(RejectionCode::ValidationFailed, found)?;
                // Nothing is left but what our own rules decide.
                found = Vec::new();
                Valid::assume_valid(invalid.partial)
            }
        };
        found.extend(rules::of_valid(&document, walk, &lines));
        found.extend(literal_checks::violations(self.rulebook, walk, &lines));
        reject(RejectionCode::ValidationFailed, found)?;
        let operations = walk.operations();
        let conditional_variables = operations.map(|operation| ConditionalVariables::of(operation, walk)).collect();
        Ok(ValidDocument { conditional_variables, nodes: counts.nodes, document: without_sources(document), lines })
    }
}

fn parse(text: &str, lines: &LineIndex) -> Result<ast::Document, Rejection> {
    let syntax = match Parser::new().parse_ast(text, SOURCE_NAME) {
        Ok(syntax) => syntax,
        Err(broken) => {
            // What the parser finds after the first error follows from it; the reference implementation stops there.
            reject(RejectionCode::ParseFailed, reported(&broken.errors, lines).take(1))?;
            broken.partial
        }
    };
    if syntax.definitions.is_empty() {
        return Err(Rejection::new(RejectionCode::ParseFailed, "syntax error: the document has no operation"));
    }
    Ok(syntax)
}

fn reject(code: RejectionCode, found: impl IntoIterator<Item = (String, Option<Location>)>) -> Result<(), Rejection> {
    Rejection::of(code, found).map_or(Ok(()), Err)
}

/// The compiler's findings, except those that a rule of ours decides.
fn reported(errors: &DiagnosticList, lines: &LineIndex) -> impl Iterator<Item = (String, Option<Location>)> {
    let decisive = errors.iter().filter(|diagnostic| !rules::is_replaced(diagnostic.error.unstable_error_name()));
    decisive.map(|diagnostic| {
        // Some findings point at the schema, which has a text of its own.
        let in_document = |span: &SourceSpan| {
            let source = diagnostic.sources.get(&span.file_id());
            source.is_some_and(|source| source.path() == Path::new(SOURCE_NAME))
        };
        let place = diagnostic.error.location().filter(in_document);
        (worded(&diagnostic.error.to_string()), lines.locate_span(place))
    })
}

/// The parser names four punctuators by its own constants; readers know them by their shape.
fn worded(message: &str) -> String {
    [("R_PAREN", "`)`"), ("R_BRACK", "`]`"), ("R_CURLY", "`}`"), ("expected AT", "expected `@`")]
        .iter()
        .fold(message.to_owned(), |message, (constant, shape)| message.replacen(constant, shape, 1))
}

/// The tree keeps its nodes' offsets; the compiler's second copy of the text is not needed any more.
fn without_sources(document: Valid<ExecutableDocument>) -> Valid<ExecutableDocument> {
    let mut document = document.into_inner();
    document.sources = Arc::default();
    Valid::assume_valid(document)
}
