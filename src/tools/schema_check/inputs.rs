//! What clients send: input objects, and what arguments and input fields have in common. In: both definitions. Out: changes.

use apollo_compiler::{ast::InputValueDefinition, schema::InputObjectType};

use super::{change::Change, compatible};

/// Changes of an input object.
pub(crate) fn changes(old: &InputObjectType, new: &InputObjectType) -> Vec<Change> {
    let ty = old.name.as_str();
    let mut changes = Vec::new();
    match (old.is_one_of(), new.is_one_of()) {
        (false, true) => changes.push(Change::breaking(ty, "became `@oneOf`: exactly one member may be sent")),
        (true, false) => changes.push(Change::safe(ty, "is `@oneOf` no longer")),
        _ => {}
    }
    for (name, field) in &old.fields {
        let coordinate = format!("{ty}.{name}");
        match new.fields.get(name) {
            None => changes.push(Change::removal(coordinate)),
            Some(now) => changes.extend(value_changes(&coordinate, ty, field, now)),
        }
    }
    let fields = new.fields.iter().filter(|(name, _)| !old.fields.contains_key(*name));
    changes.extend(fields.map(|(name, field)| added(format!("{ty}.{name}"), ty, field)));
    changes
}

/// An argument or an input field that was not there.
pub(crate) fn added(coordinate: String, owner: &str, value: &InputValueDefinition) -> Change {
    if value.is_required() {
        // Documents that use the owner do not have it.
        Change::breaking(coordinate, "was added and is required").hitting(Some(owner))
    } else {
        Change::dangerous(coordinate, "was added and is optional")
    }
}

/// Changes of an argument or an input field that stayed.
pub(crate) fn value_changes(
    coordinate: &str,
    owner: &str,
    old: &InputValueDefinition,
    new: &InputValueDefinition,
) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.ty != new.ty {
        let what = format!("changed its type from `{}` to `{}`", old.ty, new.ty);
        if !compatible::in_input(&old.ty, &new.ty) {
            return vec![Change::breaking(coordinate, what)];
        }
        changes.push(Change::safe(coordinate, what));
    }
    match (&old.default_value, &new.default_value) {
        (Some(old), Some(new)) if !compatible::same_value(old, new) => {
            changes.push(Change::dangerous(coordinate, format!("changed its default value from `{old}` to `{new}`")));
        }
        (Some(default), None) if new.is_required() => {
            // It may have been left out until now.
            let what = format!("lost its default value `{default}` and is required now");
            changes.push(Change::breaking(coordinate, what).hitting(Some(owner)));
        }
        (Some(default), None) => {
            changes.push(Change::dangerous(coordinate, format!("lost its default value `{default}`")));
        }
        (None, Some(default)) if old.is_required() => {
            changes.push(Change::safe(coordinate, format!("got the default value `{default}`")));
        }
        (None, Some(default)) => {
            changes.push(Change::dangerous(coordinate, format!("got the default value `{default}`")));
        }
        _ => {}
    }
    changes
}
