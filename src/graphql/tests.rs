//! The tables beside the schema: every field that an operation can select is declared in them, and costs what the schema says.

use std::{collections::BTreeSet, ptr};

use async_graphql::parser::{
    parse_schema,
    types::{ObjectType, TypeKind, TypeSystemDefinition},
};

use super::{
    Schema,
    roots::{EVENTS, MUTATION, MUTATIONS, ROOTS},
    table::{Origin, Table, is_field},
};

fn object(sdl: &str, name: &str) -> ObjectType {
    let definitions = parse_schema(sdl).unwrap().definitions;
    let object = definitions.into_iter().find_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) if definition.node.name.node == name => match definition.node.kind {
            TypeKind::Object(object) => Some(object),
            _ => None,
        },
        _ => None,
    });
    object.unwrap_or_else(|| panic!("no object {name} in the schema"))
}

fn fields(sdl: &str, name: &str) -> Vec<String> {
    object(sdl, name).fields.into_iter().map(|field| field.node.name.node.to_string()).collect()
}

/// All tables that can be reached from this one, by name.
fn reach(table: &'static Table, reached: &mut Vec<&'static Table>) {
    if reached.iter().any(|known| ptr::eq(*known, table)) {
        return;
    }
    reached.push(table);
    table.members.iter().filter_map(|member| member.table).for_each(|below| reach(below(), reached));
    for field in table.fields {
        if let Origin::One(_, below) | Origin::Page(_, below) = &field.origin {
            reach(below(), reached);
        }
    }
}

#[test]
fn every_field_is_in_a_table() {
    let sdl = Schema::new().sdl();
    let names: BTreeSet<_> = ROOTS.iter().map(|root| root.name.to_owned()).collect();
    assert_eq!(names, fields(&sdl, "Query").into_iter().collect());
    let names: BTreeSet<_> = EVENTS.iter().map(|root| root.name.to_owned()).collect();
    assert_eq!(names, fields(&sdl, "Subscription").into_iter().collect());
    let names: BTreeSet<_> = MUTATIONS.iter().map(|root| root.name.to_owned()).collect();
    assert_eq!(names, fields(&sdl, "Mutation").into_iter().collect());

    let mut tables = Vec::new();
    ROOTS.iter().flat_map(|root| root.finds).for_each(|finds| reach((finds.table)(), &mut tables));
    EVENTS.iter().chain(&MUTATIONS).for_each(|given| reach((given.table)(), &mut tables));
    assert!(tables.len() > 8, "{}", tables.len());
    for table in tables {
        for field in fields(&sdl, table.name) {
            let is_member = table.members.iter().any(|member| !member.is_hidden && is_field(member.name, &field));
            let is_resolved = table.fields.iter().any(|resolved| is_field(resolved.name, &field));
            assert!(is_member != is_resolved, "{}.{field}", table.name);
        }
    }
}

#[test]
fn mutations_have_the_payloads_and_costs_of_the_schema() {
    let sdl = Schema::new().sdl();
    for field in object(&sdl, "Mutation").fields {
        let given = MUTATIONS.iter().find(|given| given.name == field.node.name.node).unwrap();
        assert_eq!((given.table)().name, field.node.ty.node.to_string(), "{}", given.name);
        let cost = field.node.directives.iter().find(|directive| directive.node.name.node == "cost");
        let weight = cost.and_then(|cost| cost.node.get_argument("weight")).map(|weight| weight.node.to_string());
        assert_eq!(given.cost.to_string(), weight.unwrap_or_else(|| MUTATION.to_string()), "{}", given.name);
    }
}

#[test]
fn a_field_is_the_one_declared_under_its_name_in_snake_case() {
    assert!(is_field("published_at", "publishedAt") && is_field("id", "id") && is_field("avatar_url", "avatarUrl"));
    assert!(!is_field("published_at", "publishedat") && !is_field("published", "publishedAt") && !is_field("id", "i"));
}
