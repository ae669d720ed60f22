//! Types that were removed with the last reference to them; types cannot be deprecated themselves. In: the old schema, the
//! removed types, the elements that were removed after their sunset. Out: the types without other references.

use std::collections::HashSet;

use apollo_compiler::{Name, Schema, ast::FieldDefinition, schema::ExtendedType};

/// A reference to a type.
struct Reference {
    /// The type that contains it; empty for a directive's argument.
    owner: String,
    /// The field, and the argument if it is an argument's type.
    elements: Vec<String>,
    to: Name,
}

/// The removed types whose references were all removed after their sunset.
pub(crate) fn in_time(old: &Schema, removed: HashSet<String>, expired: &HashSet<&str>) -> HashSet<String> {
    let references = references(old);
    let is_referred_to = |ty: &String| references.iter().any(|reference| *reference.to == **ty);
    let mut removed_types: HashSet<String> = removed.into_iter().filter(is_referred_to).collect();
    loop {
        let stays = |it: &&Reference| {
            let is_expired = it.elements.iter().any(|element| expired.contains(element.as_str()));
            !is_expired && !removed_types.contains(&it.owner)
        };
        let referred: HashSet<&str> = references.iter().filter(stays).map(|it| it.to.as_str()).collect();
        let before = removed_types.len();
        removed_types = removed_types.iter().filter(|ty| !referred.contains(ty.as_str())).cloned().collect();
        if removed_types.len() == before {
            return removed_types;
        }
    }
}

fn references(schema: &Schema) -> Vec<Reference> {
    let mut found = Vec::new();
    for (name, ty) in &schema.types {
        let mut refer =
            |elements, to: &Name| found.push(Reference { owner: name.to_string(), elements, to: to.clone() });
        match ty {
            ExtendedType::Object(ty) => {
                ty.fields.values().for_each(|field| of_field(name, field, &mut refer));
            }
            ExtendedType::Interface(ty) => {
                ty.fields.values().for_each(|field| of_field(name, field, &mut refer));
            }
            ExtendedType::Union(ty) => ty.members.iter().for_each(|member| refer(Vec::new(), member)),
            ExtendedType::InputObject(ty) => {
                let fields = ty.fields.iter();
                fields.for_each(|(field, it)| refer(vec![format!("{name}.{field}")], it.ty.inner_named_type()));
            }
            ExtendedType::Scalar(_) | ExtendedType::Enum(_) => {}
        }
    }
    // An interface refers to its implementers.
    for (interface, implementers) in schema.implementers_map() {
        let behind = implementers.iter().map(|to| Reference {
            owner: interface.to_string(),
            elements: Vec::new(),
            to: to.clone(),
        });
        found.extend(behind);
    }
    for (_, root) in schema.schema_definition.iter_root_operations() {
        found.push(Reference { owner: String::new(), elements: Vec::new(), to: (**root).clone() });
    }
    for (name, directive) in &schema.directive_definitions {
        found.extend(directive.arguments.iter().map(|argument| Reference {
            owner: String::new(),
            elements: vec![format!("@{name}({}:)", argument.name)],
            to: argument.ty.inner_named_type().clone(),
        }));
    }
    found
}

fn of_field(ty: &Name, field: &FieldDefinition, refer: &mut impl FnMut(Vec<String>, &Name)) {
    let coordinate = format!("{ty}.{}", field.name);
    refer(vec![coordinate.clone()], field.ty.inner_named_type());
    for argument in &field.arguments {
        let of_argument = format!("{coordinate}({}:)", argument.name);
        refer(vec![coordinate.clone(), of_argument], argument.ty.inner_named_type());
    }
}
