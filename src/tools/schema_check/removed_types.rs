//! Types that went with the last thing that led to them. In: the old schema, the types that are gone, the elements that were
//! removed after their sunset. Out: the types that nothing else referred to: types cannot be deprecated themselves.

use std::collections::HashSet;

use apollo_compiler::{Name, Schema, ast::FieldDefinition, schema::ExtendedType};

/// A place that names a type, and the element that it goes with.
struct Reference {
    /// The type around it; empty for a directive's argument.
    owner: String,
    /// The field, and the argument if it stands in one.
    elements: Vec<String>,
    to: Name,
}

/// Those of the removed types that are referred to, but by what went at its time alone.
pub(crate) fn in_time(old: &Schema, removed: HashSet<String>, expired: &HashSet<&str>) -> HashSet<String> {
    let references = references(old);
    let is_referred_to = |ty: &String| references.iter().any(|reference| *reference.to == **ty);
    let mut gone: HashSet<String> = removed.into_iter().filter(is_referred_to).collect();
    loop {
        let stays = |it: &&Reference| {
            let is_expired = it.elements.iter().any(|element| expired.contains(element.as_str()));
            !is_expired && !gone.contains(&it.owner)
        };
        let kept: HashSet<&str> = references.iter().filter(stays).map(|it| it.to.as_str()).collect();
        let before = gone.len();
        gone = gone.iter().filter(|ty| !kept.contains(ty.as_str())).cloned().collect();
        if gone.len() == before {
            return gone;
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
    // Whoever implements an interface can be found behind it.
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
