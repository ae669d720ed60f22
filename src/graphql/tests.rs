//! The tables beside the schema: every field that a query or subscription can select is declared in them, so that none runs by the
//! engine because a line was forgotten.

use std::collections::BTreeSet;

use async_graphql::parser::{
    parse_schema,
    types::{ObjectType, TypeKind, TypeSystemDefinition},
};

use super::{
    Schema,
    roots::{EVENTS, ROOTS},
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
    if reached.iter().any(|known| known.name == table.name) {
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
fn every_field_of_queries_and_of_events_is_in_a_table() {
    let sdl = Schema::new().sdl();
    let names: BTreeSet<_> = ROOTS.iter().map(|root| root.name.to_owned()).collect();
    assert_eq!(names, fields(&sdl, "Query").into_iter().collect());
    let names: BTreeSet<_> = EVENTS.iter().map(|root| root.name.to_owned()).collect();
    assert_eq!(names, fields(&sdl, "Subscription").into_iter().collect());

    let mut tables = Vec::new();
    ROOTS.iter().flat_map(|root| root.finds).for_each(|finds| reach((finds.table)(), &mut tables));
    EVENTS.iter().for_each(|event| reach((event.table)(), &mut tables));
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
fn a_field_is_the_one_declared_under_its_name_in_snake_case() {
    assert!(is_field("published_at", "publishedAt") && is_field("id", "id") && is_field("avatar_url", "avatarUrl"));
    assert!(!is_field("published_at", "publishedat") && !is_field("published", "publishedAt") && !is_field("id", "i"));
}
