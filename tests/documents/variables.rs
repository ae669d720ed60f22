//! Values of variables for every kind of type, and what both make of them.

use serde_json::{Map, Value};

use crate::reference::Question;
use crate::subject::Subject;

/// A type, JSON values that are of it, JSON values that are not.
const VALUES: &[(&str, &[&str], &[&str])] = &[
    (
        "Int",
        &["1", "-2147483648", "2147483647", "3.0", "null"],
        &["2147483648", "1.5", "\"1\"", "true", "[1]", "{}", "1e300"],
    ),
    ("Int!", &["0"], &["null"]),
    ("Float", &["1", "1.5", "-0.0", "1e300", "null"], &["\"1.5\"", "true", "{}", "[1.5]"]),
    ("String", &["\"\"", "\"\\u0000 ü\"", "null"], &["1", "true", "{}", "[\"a\"]"]),
    ("Boolean", &["true", "false", "null"], &["1", "0", "\"true\"", "{}", "[true]"]),
    ("ID", &["\"a\"", "1", "-7", "\"\"", "9007199254740991", "5.0"], &["1.5", "true", "{}", "[1]"]),
    ("Size", &["\"SMALL\"", "null"], &["\"small\"", "\"NOPE\"", "1", "true", "[\"SMALL\"]", "\"\""]),
    ("Stamp", &["1", "\"a\"", "true", "{\"a\": [1, null]}", "[1]", "null", "1.5"], &[]),
    ("[Int!]", &["1", "[]", "[1, 2]", "null"], &["[1, null]", "[[1]]", "\"1\"", "[\"1\"]", "{}"]),
    ("[[Int]]", &["1", "[1, 2]", "[[1], null, [null]]", "[]", "null"], &["[[[1]]]", "\"x\""]),
    ("[Size!]!", &["\"LARGE\"", "[\"LARGE\", \"SMALL\"]", "[]"], &["null", "[null]", "[\"X\"]"]),
    (
        "Range",
        &["{\"from\": 1}", "{\"from\": 1, \"to\": null}", "{\"to\": 2, \"from\": 1}", "null"],
        &["{}", "{\"from\": null}", "{\"from\": 1, \"nope\": 1}", "1", "[]", "\"a\"", "[{\"from\": 1}]"],
    ),
    (
        "Filter",
        &[
            "{}",
            "{\"range\": {\"from\": 2}}",
            "{\"nested\": {\"nested\": {\"ids\": 7}}}",
            "{\"size\": null, \"names\": [null]}",
            "{\"ratio\": 1}",
        ],
        &[
            "{\"range\": null}",
            "{\"nested\": {\"nope\": 1}}",
            "{\"ids\": [null]}",
            "{\"size\": \"X\"}",
            "{\"__proto__\": 1}",
        ],
    ),
    ("[Filter!]", &["{}", "[{}, {\"ids\": []}]"], &["[{}, null]", "[[{}]]"]),
    (
        "Key",
        &["{\"id\": 1}", "{\"name\": \"a\"}", "{\"range\": {\"from\": 1}}", "{\"ids\": \"x\"}", "null"],
        &["{}", "{\"id\": 1, \"name\": \"a\"}", "{\"id\": null}", "{\"id\": 1, \"name\": null}", "{\"nope\": 1}", "1"],
    ),
];

/// A document whose variable has that type: an argument of each type stands in the schema's `takes` field.
fn document(ty: &str, default: &str) -> String {
    let named = ty.trim_matches(['[', ']', '!']);
    let depth = ty.matches('[').count();
    let argument = match (named, depth) {
        ("Int", 1) => "ints",
        ("Int", 2) => "grid",
        ("Size", 1) => "sizes",
        ("Filter", 1) => "filters",
        _ => return format!("query($v: {ty}{default}) {{ takes({}: $v) }}", named.to_lowercase()),
    };
    format!("query($v: {ty}{default}) {{ takes({argument}: $v) }}")
}

fn question(document: String, value: Option<&str>) -> Question {
    let mut variables = Map::new();
    if let Some(value) = value {
        variables.insert("v".to_owned(), serde_json::from_str::<Value>(value).unwrap());
    }
    Question { document, variables, ..Question::default() }
}

#[test]
fn values_of_every_type_are_taken_or_refused_alike() {
    let table = VALUES.iter().flat_map(|(ty, good, bad)| {
        let good = good.iter().map(move |value| (*ty, *value, true));
        good.chain(bad.iter().map(move |value| (*ty, *value, false)))
    });
    let table: Vec<_> = table.collect();
    let questions = table.iter().map(|(ty, value, _)| question(document(ty, ""), Some(value))).collect();
    for ((ty, value, taken), answer) in table.iter().zip(Subject::wide().compare(questions)) {
        assert_eq!(answer.verdict, "valid", "{:?}", answer.errors);
        assert_eq!(answer.variables.is_some(), *taken, "{value} as {ty}: {:?}", answer.variable_errors);
    }
}

#[test]
fn a_variable_without_a_value_has_its_default_or_is_absent_alike() {
    let absent = |ty: &str, default: &str| question(document(ty, default), None);
    let questions = vec![
        absent("Int", ""),
        absent("Int!", ""),
        absent("Int", " = 3"),
        absent("Int!", " = 3"),
        absent("Int", " = null"),
        absent("[Int!]", " = 3"),
        absent("[[Int]]", " = [1, [2]]"),
        absent("Filter", " = {nested: {ids: 1}}"),
        absent("Range", " = {from: 1}"),
        absent("Key", " = {id: 3}"),
        absent("ID", " = 3"),
        absent("Float", " = 3"),
        absent("Size", " = LARGE"),
        absent("Stamp", " = {a: [1, X]}"),
    ];
    Subject::wide().compare(questions);
}

#[test]
fn defaults_of_places_apply_where_a_variable_is_absent() {
    let documents = [
        "query($v: Int) { named(first: $v) { id } }",
        "query($v: Size) { dog(size: $v) { id } }",
        "query($v: Int) { takes(filter: {range: {from: 1, to: $v}}) }",
        "query($v: Size) { takes(filter: {size: $v}) }",
        "query($v: Range) { takes(filter: {range: $v}) }",
        "query($v: Int) { takes(grid: [[1, $v]]) }",
        "query($v: Stamp) { takes(stamp: {a: $v}) }",
        "query($v: [Int]) { takes(grid: [$v]) }",
        "query($v: Boolean = true) { cat { id @include(if: $v) name } }",
    ];
    let absent = documents.iter().map(|document| question((*document).to_owned(), None));
    let null = documents.iter().map(|document| question((*document).to_owned(), Some("null")));
    Subject::wide().compare(absent.chain(null).collect());
}
