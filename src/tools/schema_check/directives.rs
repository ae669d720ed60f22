//! The directives that a document can carry. In: both schemas. Out: changes. Changes of a directive
//! that is only allowed in schemas are safe: no document has it.

use apollo_compiler::{
    Schema,
    ast::{DirectiveDefinition, DirectiveLocation},
};

use super::{
    change::{Change, Severity},
    fields,
};

/// Changes of the directives.
pub(crate) fn changes(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, directive) in &old.directive_definitions {
        let coordinate = format!("@{name}");
        let found = match new.directive_definitions.get(name) {
            None => vec![Change::breaking(coordinate, "was removed")],
            Some(now) => directive_changes(&coordinate, directive, now),
        };
        let of_documents = directive.locations.iter().any(is_of_documents);
        changes.extend(found.into_iter().map(|change| if of_documents { change } else { harmless(change) }));
    }
    let added = new.directive_definitions.keys().filter(|name| !old.directive_definitions.contains_key(*name));
    changes.extend(added.map(|name| Change::safe(format!("@{name}"), "was added")));
    changes
}

fn directive_changes(coordinate: &str, old: &DirectiveDefinition, new: &DirectiveDefinition) -> Vec<Change> {
    let of_argument = |name: &str| format!("{coordinate}({name}:)");
    let mut changes = fields::arguments(&of_argument, coordinate, &old.arguments, &new.arguments);
    match (old.repeatable, new.repeatable) {
        (true, false) => changes.push(Change::breaking(coordinate, "may not be repeated any more").hitting(None)),
        (false, true) => changes.push(Change::safe(coordinate, "may be repeated now")),
        _ => {}
    }
    for location in old.locations.difference(&new.locations) {
        let what = format!("may not stand on {location} any more");
        let change = Change::breaking(coordinate, what).hitting(None);
        changes.push(if is_of_documents(location) { change } else { harmless(change) });
    }
    let added = new.locations.difference(&old.locations);
    changes.extend(added.map(|location| Change::safe(coordinate, format!("may stand on {location} now"))));
    changes
}

fn harmless(change: Change) -> Change {
    Change { severity: Severity::Safe, hits: None, is_removal: false, ..change }
}

fn is_of_documents(location: &DirectiveLocation) -> bool {
    use DirectiveLocation as At;
    matches!(
        location,
        At::Query
            | At::Mutation
            | At::Subscription
            | At::Field
            | At::FragmentDefinition
            | At::FragmentSpread
            | At::InlineFragment
            | At::VariableDefinition
    )
}
