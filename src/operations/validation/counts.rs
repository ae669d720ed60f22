//! How large a document's tree is, and how many aliases and directives it has.
//!
//! In: the syntax tree, before it is validated. Out: numbers for the limits and for the cache's account. One step per
//! node of the document as it was sent; its depth is bounded by then (`scan.rs`).

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::{Directive, Selection, Value};

use super::walk::{InputPlace, Visitor, Walk};
use crate::operations::limits::Limits;
use crate::operations::rejection::{Rejection, RejectionCode};

/// Numbers of the nodes, aliases and directives of a document.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Selections and values: what the tree's memory grows with.
    pub(crate) nodes: usize,
    aliases: usize,
    directives: usize,
}

impl Counts {
    /// Counts a document.
    pub(crate) fn of(walk: &Walk<'_>) -> Self {
        let mut counts = Self::default();
        walk.document(&mut counts);
        counts
    }

    /// Compares them with the limits.
    pub(crate) fn admit(&self, limits: &Limits) -> Result<(), Rejection> {
        let within = |value: usize, allowed: usize, code, what: &str| match value > allowed {
            true => {
                Err(Rejection::new(code, format!("The document has {value} {what}; at most {allowed} are allowed.")))
            }
            false => Ok(()),
        };
        within(self.aliases, limits.aliases, RejectionCode::TooManyAliases, "aliases")?;
        within(self.directives, limits.directives, RejectionCode::TooManyDirectives, "directives")
    }
}

impl<'a> Visitor<'a> for Counts {
    fn enter_selection(&mut self, selection: &'a Selection, _: Option<&'a Name>) -> bool {
        self.nodes += 1;
        self.aliases += usize::from(selection.as_field().is_some_and(|field| field.alias.is_some()));
        true
    }

    fn enter_directive(&mut self, _: &'a Node<Directive>) {
        self.directives += 1;
    }

    fn enter_value(&mut self, _: &'a Node<Value>, _: Option<InputPlace<'a>>) {
        self.nodes += 1;
    }
}
