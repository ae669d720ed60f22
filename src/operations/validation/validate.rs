//! Validates one document: it parses, it is valid for the schema, its literals of custom scalars pass their checks.
//!
//! In: the text, once per text. Out: the compiler's typed tree with the places of its nodes, or a rejection.
//! The compiler validates; `rules` adds the rules of the reference implementation that the compiler does not have.

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
use crate::operations::rejection::{Rejection, RejectionCode, Violation};
use crate::operations::rulebook::Rulebook;

/// The name of the text in the compiler's own reports, which are not shown.
const SOURCE_NAME: &str = "document.graphql";
/// Memory of the smallest document, in bytes, measured.
const DOCUMENT_BYTES: usize = 4_096;
/// Memory of a selection or a value in the compiler's tree, in bytes, measured.
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
                // The only findings are those that our own rules replace.
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
            // Later errors follow from the first; the reference implementation stops there.
            reject(RejectionCode::ParseFailed, reported(&broken.errors, lines).take(1))?;
            broken.partial
        }
    };
    if syntax.definitions.is_empty() {
        return Err(Rejection::new(RejectionCode::ParseFailed, "syntax error: the document has no operation"));
    }
    Ok(syntax)
}

fn reject(code: RejectionCode, found: impl IntoIterator<Item = Violation>) -> Result<(), Rejection> {
    Rejection::of(code, found).map_or(Ok(()), Err)
}

/// The compiler's findings, except those that a rule of ours decides.
fn reported(errors: &DiagnosticList, lines: &LineIndex) -> impl Iterator<Item = Violation> {
    let decisive = errors.iter().filter(|diagnostic| !rules::is_replaced(diagnostic.error.unstable_error_name()));
    decisive.map(|diagnostic| {
        // Some findings point at the schema, which has a text of its own.
        let in_document = |span: &SourceSpan| {
            let source = diagnostic.sources.get(&span.file_id());
            source.is_some_and(|source| source.path() == Path::new(SOURCE_NAME))
        };
        let place = diagnostic.error.location().filter(in_document);
        Violation::new(&worded(&diagnostic.error.to_string()), lines.locate_span(place))
    })
}

/// The parser names four punctuators by its own constants; the message shows the characters.
fn worded(message: &str) -> String {
    [("R_PAREN", "`)`"), ("R_BRACK", "`]`"), ("R_CURLY", "`}`"), ("expected AT", "expected `@`")]
        .iter()
        .fold(message.to_owned(), |message, (constant, shape)| message.replacen(constant, shape, 1))
}

/// Drops the compiler's second copy of the text; the nodes have their offsets.
fn without_sources(document: Valid<ExecutableDocument>) -> Valid<ExecutableDocument> {
    let mut document = document.into_inner();
    document.sources = Arc::default();
    Valid::assume_valid(document)
}
