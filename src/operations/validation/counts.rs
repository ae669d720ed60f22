//! How large a document's tree is, and how much of it is aliases and directives.
//!
//! In: the syntax tree, before it is judged. Out: numbers that limits are held to, and that the cache accounts for. One
//! step per node of the document as it was sent; its depth is bounded by then (`scan.rs`).

use apollo_compiler::ast::{Definition, DirectiveList, Document, Selection, Value};

use crate::operations::limits::Limits;
use crate::operations::rejection::{Rejection, RejectionCode};

/// What a document is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Selections and values: what the tree's memory grows with.
    pub(crate) nodes: usize,
    aliases: usize,
    directives: usize,
}

impl Counts {
    /// Counts a document.
    pub(crate) fn of(syntax: &Document) -> Self {
        let mut counts = Self::default();
        for definition in &syntax.definitions {
            match definition {
                Definition::OperationDefinition(operation) => {
                    counts.directives(&operation.directives);
                    operation.variables.iter().for_each(|variable| counts.directives(&variable.directives));
                    counts.selections(&operation.selection_set);
                }
                Definition::FragmentDefinition(fragment) => {
                    counts.directives(&fragment.directives);
                    counts.selections(&fragment.selection_set);
                }
                _ => {}
            }
        }
        counts
    }

    /// Holds it to the limits.
    pub(crate) fn admit(&self, limits: &Limits) -> Result<(), Rejection> {
        let held = |value: usize, allowed: usize, code, what: &str| match value > allowed {
            true => {
                Err(Rejection::new(code, format!("The document has {value} {what}; at most {allowed} are allowed.")))
            }
            false => Ok(()),
        };
        held(self.aliases, limits.aliases, RejectionCode::TooManyAliases, "aliases")?;
        held(self.directives, limits.directives, RejectionCode::TooManyDirectives, "directives")
    }

    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            self.nodes += 1;
            match selection {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.alias.is_some());
                    self.directives(&field.directives);
                    field.arguments.iter().for_each(|argument| self.value(&argument.value));
                    self.selections(field.selection_set.as_deref().unwrap_or_default());
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => self.directives(&spread.directives),
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            self.directives += 1;
            directive.arguments.iter().for_each(|argument| self.value(&argument.value));
        }
    }

    fn value(&mut self, value: &Value) {
        self.nodes += 1;
        match value {
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(members) => members.iter().for_each(|(_, member)| self.value(member)),
            _ => {}
        }
    }
}
