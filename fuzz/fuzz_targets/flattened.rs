//! A flattened operation as a document that a client could have sent.
//!
//! In: an operation as the engine gets it. Out: text in which every variable has the type that its value has shown, and
//! every object something to select: what was skipped altogether is nothing in the engine's form, but no GraphQL.

use std::{collections::HashSet, sync::LazyLock};

use apollo_compiler::{Schema as Sdl, schema::ExtendedType};
use async_graphql::{
    Name, Positioned, Value,
    parser::types::{DocumentOperations, Field, Selection, SelectionSet},
};
use harness::printer::print_document;
use tessera::{graphql::Schema, operations::Prepared};

/// Fields that return objects, by their names: in this schema a name says which fields do.
static OBJECTS: LazyLock<HashSet<String>> = LazyLock::new(objects);

/// The text.
pub fn text(prepared: &Prepared) -> String {
    let mut document = prepared.operation.document().clone();
    if let DocumentOperations::Single(operation) = &mut document.operations {
        let operation = &mut operation.node;
        for definition in &mut operation.variable_definitions {
            // What has no value is not in it.
            let value = &prepared.variables[&definition.node.name.node];
            definition.node.var_type.node.nullable = *value == Value::Null;
        }
        complete(&mut operation.selection_set.node);
    }
    with_hexadecimal_escapes(&print_document(&document))
}

/// The engine's crate writes the numbers of control characters in decimal digits.
fn with_hexadecimal_escapes(printed: &str) -> String {
    let (mut text, mut rest) = (String::with_capacity(printed.len()), printed);
    while let Some((before, escape)) = rest.split_once('\\') {
        text.push_str(before);
        let (digits, length) = match escape.strip_prefix('u').and_then(|number| number.get(..4)) {
            Some(digits) => (format!("u{:04x}", digits.parse::<u32>().unwrap()), 5),
            None => (escape[..1].to_owned(), 1),
        };
        text.push('\\');
        text.push_str(&digits);
        rest = &escape[length..];
    }
    text + rest
}

/// How many fields it has.
pub fn fields(prepared: &Prepared) -> usize {
    let operations = prepared.operation.document().operations.iter();
    operations.map(|(_, operation)| count(&operation.node.selection_set.node)).sum()
}

fn count(selections: &SelectionSet) -> usize {
    let count = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => 1 + count(&field.node.selection_set.node),
        Selection::InlineFragment(fragment) => count(&fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => panic!("{} is not inlined", spread.node.fragment_name.node),
    };
    selections.items.iter().map(count).sum()
}

fn complete(selections: &mut SelectionSet) {
    for selection in &mut selections.items {
        match &mut selection.node {
            Selection::Field(field) => {
                let Field { name, selection_set, .. } = &mut field.node;
                if selection_set.node.items.is_empty() && OBJECTS.contains(name.node.as_str()) {
                    selection_set.node.items.push(typename());
                }
                complete(&mut selection_set.node);
            }
            Selection::InlineFragment(fragment) => complete(&mut fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn objects() -> HashSet<String> {
    let schema = Sdl::parse_and_validate(Schema::new().sdl(), "schema.graphql").unwrap();
    let fields = schema.types.values().flat_map(|ty| match ty {
        ExtendedType::Object(object) => object.fields.values().collect(),
        ExtendedType::Interface(interface) => interface.fields.values().collect(),
        _ => Vec::new(),
    });
    let (leaves, objects): (Vec<_>, Vec<_>) =
        fields.partition(|field| schema.types[field.ty.inner_named_type()].is_leaf());
    let objects: HashSet<_> = objects.iter().map(|field| field.name.to_string()).collect();
    assert!(leaves.iter().all(|leaf| !objects.contains(leaf.name.as_str())));
    objects.into_iter().chain(["__schema", "__type"].map(str::to_owned)).collect()
}

/// Costs nothing, calls nobody, and is no level of its own.
fn typename() -> Positioned<Selection> {
    let field = Field {
        alias: None,
        name: Positioned::new(Name::new("__typename"), Default::default()),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Default::default(),
    };
    let field = Positioned::new(field, Default::default());
    Positioned::new(Selection::Field(field), Default::default())
}
