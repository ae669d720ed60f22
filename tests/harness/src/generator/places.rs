//! The places of a document where something can be changed.
//!
//! In: a document. Out: its selection sets, fields, values, one of them chosen at random.

use apollo_compiler::ast::{Definition, Document, Field, OperationDefinition, Selection, Value};

use super::random::Random;

/// Shows what it finds in one selection set.
type Visit<T> = fn(&mut Vec<Selection>, &mut dyn FnMut(&mut T));

/// Every selection set of the document, outer ones first.
pub(crate) fn each_set(document: &mut Document, visit: &mut dyn FnMut(&mut Vec<Selection>)) {
    fn inside(set: &mut Vec<Selection>, visit: &mut dyn FnMut(&mut Vec<Selection>)) {
        visit(set);
        for selection in set {
            match selection {
                Selection::Field(field) => {
                    if let Some(nested) = &mut field.make_mut().selection_set {
                        inside(nested, visit);
                    }
                }
                Selection::InlineFragment(fragment) => inside(&mut fragment.make_mut().selection_set, visit),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => inside(&mut operation.make_mut().selection_set, visit),
            Definition::FragmentDefinition(fragment) => inside(&mut fragment.make_mut().selection_set, visit),
            _ => {}
        }
    }
}

/// Calls `change` on one of the things that `visit` finds in each selection set.
pub(crate) fn one_of<T>(document: &mut Document, random: &mut Random, visit: Visit<T>, change: &mut dyn FnMut(&mut T)) {
    let mut count = 0;
    each_set(document, &mut |set| visit(set, &mut |_| count += 1));
    if count == 0 {
        return;
    }
    let chosen = random.below(count);
    let mut at = 0;
    each_set(document, &mut |set| {
        visit(set, &mut |found| {
            if at == chosen {
                change(found);
            }
            at += 1;
        });
    });
}

/// The fields of a selection set.
pub(crate) fn fields(set: &mut Vec<Selection>, found: &mut dyn FnMut(&mut Field)) {
    for selection in set {
        if let Selection::Field(field) = selection {
            found(field.make_mut());
        }
    }
}

/// The values in the arguments of a selection set, nested ones too.
pub(crate) fn values(set: &mut Vec<Selection>, found: &mut dyn FnMut(&mut Value)) {
    fn inside(value: &mut Value, found: &mut dyn FnMut(&mut Value)) {
        found(value);
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| inside(item.make_mut(), found)),
            Value::Object(members) => members.iter_mut().for_each(|(_, member)| inside(member.make_mut(), found)),
            _ => {}
        }
    }
    fields(set, &mut |field| {
        for argument in &mut field.arguments {
            inside(argument.make_mut().value.make_mut(), found);
        }
    });
}

/// Those of them that are objects with members.
pub(crate) fn objects(set: &mut Vec<Selection>, found: &mut dyn FnMut(&mut Value)) {
    values(set, &mut |value| {
        if matches!(value, Value::Object(members) if !members.is_empty()) {
            found(value);
        }
    });
}

/// The first operation.
pub(crate) fn operation(document: &mut Document) -> Option<&mut OperationDefinition> {
    document.definitions.iter_mut().find_map(|definition| match definition {
        Definition::OperationDefinition(operation) => Some(operation.make_mut()),
        _ => None,
    })
}

/// The fields that have arguments.
pub(crate) fn with_arguments(set: &mut Vec<Selection>, found: &mut dyn FnMut(&mut Field)) {
    fields(set, &mut |field| {
        if !field.arguments.is_empty() {
            found(field);
        }
    });
}

/// The fields that have no selections of their own.
pub(crate) fn leaves(set: &mut Vec<Selection>, found: &mut dyn FnMut(&mut Field)) {
    fields(set, &mut |field| {
        if field.selection_set.is_none() {
            found(field);
        }
    });
}

/// The fields that have selections of their own.
pub(crate) fn parents(set: &mut Vec<Selection>, found: &mut dyn FnMut(&mut Field)) {
    fields(set, &mut |field| {
        if field.selection_set.is_some() {
            found(field);
        }
    });
}
