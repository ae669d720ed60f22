//! `UniqueInputFieldNamesRule`, section 5.6.3: a member of an input object is given once.
//!
//! In: the syntax tree. Out: repeated members, wherever a value can stand.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::Value;

use super::LineIndex;
use crate::operations::rejection::Violation;
use crate::operations::validation::walk::{InputPlace, Visitor, Walk};

/// Every member that has been given before in the same object.
pub(crate) fn repeated_input_fields(walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    let mut rule = UniqueInputFieldNames { lines, found: Vec::new() };
    walk.document(&mut rule);
    rule.found
}

struct UniqueInputFieldNames<'l> {
    lines: &'l LineIndex,
    found: Vec<Violation>,
}

impl<'a> Visitor<'a> for UniqueInputFieldNames<'_> {
    fn enter_value(&mut self, value: &'a Node<Value>, _: Option<InputPlace<'a>>) {
        let mut names = HashSet::new();
        let members = value.as_object().unwrap_or_default();
        for (name, _) in members.iter().filter(|(name, _)| !names.insert(name)) {
            let message = format!("there can be only one input field named `{name}`");
            self.found.push(Violation::new(&message, self.lines.locate_span(name.location())));
        }
    }
}
