//! `MaxIntrospectionDepthRule`: introspection does not go round in circles.
//!
//! In: a valid document. Out: uses of `__schema` and `__type` under which lists of types are nested three deep.
//! Each such level multiplies the answer by the size of the schema. Each fragment is measured once.

use std::collections::HashMap;

use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name};

use super::{Found, LineIndex};

/// Nested lists of types that are too many.
const TOO_DEEP: usize = 3;

/// Every introspection field that goes too deep.
pub(crate) fn deep_introspection(document: &ExecutableDocument, lines: &LineIndex) -> Vec<Found> {
    let mut measure = Measure { document, fragments: HashMap::new() };
    let operations = document.operations.iter().map(|operation| &operation.selection_set);
    let sets = operations.chain(document.fragments.values().map(|fragment| &fragment.selection_set));
    let mut found = Vec::new();
    for set in sets {
        measure.look(set, lines, &mut found);
    }
    found
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// Levels of lists in each fragment.
    fragments: HashMap<&'a Name, usize>,
}

impl<'a> Measure<'a> {
    fn look(&mut self, set: &'a SelectionSet, lines: &LineIndex, found: &mut Vec<Found>) {
        for selection in &set.selections {
            let nested = match selection {
                Selection::Field(field) => field.selection_set.as_ref(),
                Selection::InlineFragment(fragment) => Some(&fragment.selection_set),
                Selection::FragmentSpread(_) => None,
            };
            let entry = selection.as_field().filter(|field| matches!(field.name.as_str(), "__schema" | "__type"));
            match (entry, nested) {
                (Some(field), Some(nested)) if self.lists(nested) >= TOO_DEEP => {
                    let message = format!("`{}` nests lists of types too deep", field.name);
                    found.push((message, lines.locate_span(field.location())));
                }
                (_, Some(nested)) => self.look(nested, lines, found),
                (_, None) => {}
            }
        }
    }

    fn lists(&mut self, set: &'a SelectionSet) -> usize {
        let levels = set.selections.iter().map(|selection| match selection {
            Selection::Field(field) => {
                let name = field.name.as_str();
                let list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
                usize::from(list) + field.selection_set.as_ref().map_or(0, |nested| self.lists(nested))
            }
            Selection::InlineFragment(fragment) => self.lists(&fragment.selection_set),
            Selection::FragmentSpread(spread) => self.lists_of_fragment(&spread.fragment_name),
        });
        levels.max().unwrap_or_default()
    }

    fn lists_of_fragment(&mut self, name: &'a Name) -> usize {
        if let Some(known) = self.fragments.get(name) {
            return *known;
        }
        let fragment = self.document.fragments.get(name);
        let levels = fragment.map_or(0, |fragment| self.lists(&fragment.selection_set));
        self.fragments.insert(name, levels);
        levels
    }
}
