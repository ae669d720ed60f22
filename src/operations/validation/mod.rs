//! From a document's text to a valid document.
//!
//! In: the text. Out: the compiler's typed tree with the places of its nodes, or a rejection.
//! The order: scan → parse → counts → compiler → rules, literal_checks.

mod counts;
mod line_index;
mod literal_checks;
mod rules;
mod scan;
mod validate;
mod walk;

pub(crate) use line_index::LineIndex;
pub(crate) use scan::admit;
pub(crate) use validate::{ValidDocument, Validator};
pub(crate) use walk::{InputPlace, Visitor, Walk};
