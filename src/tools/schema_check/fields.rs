//! The fields of an object or interface, and the arguments of a field. In: both schemas' definitions of one type. Out: changes.

use apollo_compiler::{
    Name, Node,
    ast::{FieldDefinition, InputValueDefinition},
    collections::IndexMap,
};

use super::{change::Change, compatible, inputs};

/// Changes of the fields of one type.
pub(crate) fn changes(
    ty: &Name,
    old: &IndexMap<Name, Node<FieldDefinition>>,
    new: &IndexMap<Name, Node<FieldDefinition>>,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, field) in old {
        let coordinate = format!("{ty}.{name}");
        match new.get(name) {
            None => changes.push(Change::removal(coordinate)),
            Some(now) => changes.extend(field_changes(&coordinate, field, now)),
        }
    }
    let added = new.keys().filter(|name| !old.contains_key(*name));
    changes.extend(added.map(|name| Change::safe(format!("{ty}.{name}"), "was added")));
    changes
}

fn field_changes(coordinate: &str, old: &FieldDefinition, new: &FieldDefinition) -> Vec<Change> {
    let mut changes = arguments(&|name| format!("{coordinate}({name}:)"), coordinate, &old.arguments, &new.arguments);
    if old.ty != new.ty {
        let what = format!("changed its type from `{}` to `{}`", old.ty, new.ty);
        let is_safe = compatible::in_output(&old.ty, &new.ty);
        changes.push(if is_safe { Change::safe(coordinate, what) } else { Change::breaking(coordinate, what) });
    }
    changes
}

/// Changes of the arguments of a field or a directive.
pub(crate) fn arguments(
    coordinate: &dyn Fn(&str) -> String,
    owner: &str,
    old: &[Node<InputValueDefinition>],
    new: &[Node<InputValueDefinition>],
) -> Vec<Change> {
    let mut changes = Vec::new();
    for argument in old {
        let coordinate = coordinate(&argument.name);
        match new.iter().find(|now| now.name == argument.name) {
            None => changes.push(Change::removal(coordinate)),
            Some(now) => changes.extend(inputs::value_changes(&coordinate, owner, argument, now)),
        }
    }
    let added = new.iter().filter(|argument| !old.iter().any(|known| known.name == argument.name));
    changes.extend(added.map(|argument| inputs::added(coordinate(&argument.name), owner, argument)));
    changes
}
