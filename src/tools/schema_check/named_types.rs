//! The named types and the roots. In: both schemas. Out: every change, of fields and values inside them too.

use apollo_compiler::{
    Name, Node, Schema,
    ast::OperationType,
    collections::IndexSet,
    schema::{EnumType, ExtendedType},
};

use super::{change::Change, fields, inputs};

/// Changes of the types.
pub(crate) fn changes(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut changes = roots(old, new);
    for (name, ty) in old.types.iter().filter(|(name, _)| is_own(name)) {
        match new.types.get(name) {
            None => changes.push(Change::breaking(name.as_str(), "was removed").of_type(name)),
            Some(now) => changes.extend(type_changes(name, ty, now)),
        }
    }
    let added = new.types.iter().filter(|(name, _)| is_own(name) && !old.types.contains_key(*name));
    changes.extend(added.map(|(name, ty)| Change::safe(name.as_str(), format!("was added: {}", kind(ty)))));
    changes
}

/// Built-in scalars come and go with what refers to them, which is listed itself; introspection is the compiler's.
pub(crate) fn is_own(name: &str) -> bool {
    !name.starts_with("__") && !matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID")
}

fn roots(old: &Schema, new: &Schema) -> Vec<Change> {
    let kinds = [OperationType::Query, OperationType::Mutation, OperationType::Subscription];
    let root = |kind: OperationType| match (old.root_operation(kind), new.root_operation(kind)) {
        (Some(old), None) => Some(Change::breaking(format!("schema.{kind}"), format!("was removed: `{old}`"))),
        (Some(old), Some(new)) if old != new => {
            Some(Change::breaking(format!("schema.{kind}"), format!("changed from `{old}` to `{new}`")))
        }
        (None, Some(new)) => Some(Change::safe(format!("schema.{kind}"), format!("was added: `{new}`"))),
        _ => None,
    };
    kinds.into_iter().filter_map(root).collect()
}

fn type_changes(name: &Name, old: &ExtendedType, new: &ExtendedType) -> Vec<Change> {
    match (old, new) {
        (ExtendedType::Object(old), ExtendedType::Object(new)) => {
            let mut changes = fields::changes(name, &old.fields, &new.fields);
            changes.extend(interfaces(name, &old.implements_interfaces, &new.implements_interfaces));
            changes
        }
        (ExtendedType::Interface(old), ExtendedType::Interface(new)) => {
            let mut changes = fields::changes(name, &old.fields, &new.fields);
            changes.extend(interfaces(name, &old.implements_interfaces, &new.implements_interfaces));
            changes
        }
        (ExtendedType::Union(old), ExtendedType::Union(new)) => members(name, &old.members, &new.members),
        (ExtendedType::Enum(old), ExtendedType::Enum(new)) => values(old, new),
        (ExtendedType::InputObject(old), ExtendedType::InputObject(new)) => inputs::changes(old, new),
        (ExtendedType::Scalar(_), ExtendedType::Scalar(_)) => Vec::new(),
        _ => vec![Change::breaking(name.as_str(), format!("changed from {} to {}", kind(old), kind(new)))],
    }
}

/// Who implements an interface no longer cannot be found behind it; a document that looks there for it is not valid any more.
fn interfaces(name: &Name, old: &IndexSet<Node<Name>>, new: &IndexSet<Node<Name>>) -> Vec<Change> {
    let removed = old.difference(new).map(|interface| {
        let change = Change::breaking(name.as_str(), format!("does not implement `{interface}` any more"));
        change.hitting(None).of_type(interface)
    });
    let added = new.difference(old).map(|it| Change::dangerous(name.as_str(), format!("implements `{it}` now")));
    removed.chain(added).collect()
}

fn members(name: &Name, old: &IndexSet<Node<Name>>, new: &IndexSet<Node<Name>>) -> Vec<Change> {
    let removed = old
        .difference(new)
        .map(|member| Change::breaking(name.as_str(), format!("cannot be `{member}` any more")).hitting(None));
    let added = new.difference(old).map(|it| Change::dangerous(name.as_str(), format!("can be `{it}` now")));
    removed.chain(added).collect()
}

fn values(old: &EnumType, new: &EnumType) -> Vec<Change> {
    let of = |value: &Name| format!("{}.{value}", old.name);
    let removed = old.values.keys().filter(|value| !new.values.contains_key(*value));
    let added = new.values.keys().filter(|value| !old.values.contains_key(*value));
    let removed = removed.map(|value| Change::removal(of(value)));
    removed.chain(added.map(|value| Change::dangerous(of(value), "was added"))).collect()
}

fn kind(ty: &ExtendedType) -> &'static str {
    match ty {
        ExtendedType::Scalar(_) => "a scalar",
        ExtendedType::Object(_) => "an object",
        ExtendedType::Interface(_) => "an interface",
        ExtendedType::Union(_) => "a union",
        ExtendedType::Enum(_) => "an enum",
        ExtendedType::InputObject(_) => "an input object",
    }
}
