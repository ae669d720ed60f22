//! `MaxIntrospectionDepthRule`: introspection does not nest lists of types without end.
//!
//! In: a valid document. Out: uses of `__schema` and `__type` under which lists of types are nested three deep. Each such
//! level multiplies the response by the size of the schema. Each fragment is measured once. The compiler's own
//! `check_max_depth` counts fields of these names outside introspection too, and accepts one level more in a fragment
//! that is spread again.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::Selection;

use super::LineIndex;
use crate::operations::rejection::Violation;
use crate::operations::validation::walk::{Visitor, Walk};

/// Nested lists of types that are too many.
const TOO_DEEP: usize = 3;

/// Every introspection field that goes too deep.
pub(crate) fn deep_introspection(walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    let mut rule = MaxIntrospectionDepth { walk, lines, fragments: HashMap::new(), found: Vec::new() };
    walk.document(&mut rule);
    rule.found
}

struct MaxIntrospectionDepth<'a, 'w> {
    walk: &'w Walk<'a>,
    lines: &'w LineIndex,
    /// Levels of lists in each fragment.
    fragments: HashMap<&'a Name, usize>,
    found: Vec<Violation>,
}

impl<'a> Visitor<'a> for MaxIntrospectionDepth<'a, '_> {
    fn enter_selection(&mut self, selection: &'a Selection, _: Option<&'a Name>) -> bool {
        let field = selection.as_field().filter(|field| matches!(field.name.as_str(), "__schema" | "__type"));
        if let Some(field) = field.filter(|_| self.levels(selection) >= TOO_DEEP) {
            let message = format!("`{}` nests lists of types too deep", field.name);
            self.found.push(Violation::new(&message, self.lines.locate_span(field.location())));
            return false;
        }
        true
    }
}

impl<'a> MaxIntrospectionDepth<'a, '_> {
    fn levels(&mut self, selection: &'a Selection) -> usize {
        match selection {
            Selection::Field(field) => {
                let list = matches!(field.name.as_str(), "fields" | "interfaces" | "possibleTypes" | "inputFields");
                usize::from(list) + self.deepest(field.selection_set.as_deref().unwrap_or_default())
            }
            Selection::InlineFragment(fragment) => self.deepest(&fragment.selection_set),
            Selection::FragmentSpread(spread) => {
                if let Some(known) = self.fragments.get(&spread.fragment_name) {
                    return *known;
                }
                let fragment = self.walk.fragment(&spread.fragment_name);
                let levels = fragment.map_or(0, |fragment| self.deepest(&fragment.selection_set));
                self.fragments.insert(&spread.fragment_name, levels);
                levels
            }
        }
    }

    fn deepest(&mut self, selections: &'a [Selection]) -> usize {
        selections.iter().map(|selection| self.levels(selection)).max().unwrap_or_default()
    }
}
