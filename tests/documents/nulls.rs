//! Variables that are null where the document needs a value: the same data and the same errors as graphql-js.

use serde_json::{Map, Value, json};

use crate::reference::Question;
use crate::subject::Subject;

/// Documents in which `$n`, `$id`, `$s`, `$b` are null.
const NULLS: &[&str] = &[
    // An argument: of a nullable field, of a non-null one, below a list, below lists of lists.
    "query($n: Int) { dog { id } named(first: $n) { id } cat { id } }",
    "query($id: ID = 1) { dog { name } node(id: $id) { id } by(key: {id: 2}) { __typename } }",
    "query($n: Int) { nodes(ids: [1, 2, 3, 4, 5, 6]) { id ... on Dog { a: id b: related(first: $n) { id } c: name } } }",
    "query($n: Int) { named { name related(first: $n) { id } id } }",
    "query($b: Boolean) { named { related { id ... on Named { name(upper: $b) } } } dog { friends { name(upper: $b) id } } }",
    "query($b: Boolean) { found { ... on Dog { name(upper: $b) } ... on Cat { meows } } }",
    "query($b: Boolean) { found { ... on Cat { owner { pets { ... on Dog { owner { id pets { ... on Named { name(upper: $b) } } } } } } } } }",
    // An item of a list, a member of an input object, with and without defaults.
    "query($id: ID = 1) { nodes(ids: [\"1\", $id]) { id } dog { id } }",
    "query($id: ID = 1) { takes(filter: {ids: [$id]}) dog { id } }",
    "query($n: Int = 1) { found(filter: {range: {from: $n}}) { __typename } dog { id } }",
    "query($n: Int = 1) { takes(filter: {nested: {range: {from: $n}}}) dog { id } }",
    "query($n: Int = 1) { a: grid(cells: [[1, $n]]) b: grid(cells: [[1], null]) }",
    "mutation($s: String = \"a\", $n: ID = 1) { a: tag(id: 1, tags: [\"x\"]) b: tag(id: 1, tags: [$s]) c: tag(id: $n) d: rename(input: {id: 1, name: $s}) { id } }",
    // Where null is a value.
    "query($n: Int, $id: ID) { takes(int: $n, grid: [[$n]], filter: {ratio: 1, names: []}, id: $id) dog(id: $id) { id } }",
    // Conditions: at the root, in objects, in lists, behind types.
    "query($b: Boolean = true) { dog { id } cat @include(if: $b) { id } }",
    "mutation($b: Boolean = true) { tag(id: 1) @skip(if: $b) }",
    "query($b: Boolean = true) { dog { id name @include(if: $b) } cat { id } }",
    "query($b: Boolean = true) { cat { id owner { id ...P } } } fragment P on Person { age @skip(if: $b) }",
    "query($b: Boolean = true) { nodes(ids: [1, 2, 3, 4, 5, 6]) { id ... on Dog { name @skip(if: $b) } } dog { friends { id ... @include(if: $b) { name } } } }",
    "query($b: Boolean = true) { named { related { related2: id ... on Cat { id @include(if: $b) } ... on Dog { owner { id age @include(if: $b) } } } } }",
    "query($b: Boolean = true) { found { __typename ... on Person @include(if: $b) { id } } dog { id } }",
    "query($b: Boolean = true) { found { ... on Person { pets { __object: __typename ... on Dog { id @include(if: $b) } } } } }",
    // What is not reached: skipped already, entered before, `@skip` first.
    "query($b: Boolean = true) { dog @skip(if: true) { id @include(if: $b) } cat { id @include(if: $b) @skip(if: true) } }",
    "query($b: Boolean = true) { cat { id } dog { id @skip(if: $b) @include(if: false) } }",
    "query($b: Boolean = true) { cat { ...C ...C @include(if: $b) } } fragment C on Cat { id }",
    "query($b: Boolean = true) { cat { ... on Named { id } ...D } } fragment D on Named { name @include(if: $b) }",
    "query($b: Boolean = true, $n: Int) { dog { ...F related(first: $n) { id } } } fragment F on Dog { friends { size @include(if: $b) } }",
    // The type of an object is asked for under a key that nobody else has.
    "query($b: Boolean = true) { nodes(ids: [1, 2, 3, 4]) { ... on Dog { __object: id } ... on Cat { __object_: id } ... on Person { id @skip(if: $b) } } }",
    "query($b: Boolean) { nodes(ids: [1, 2, 3, 4]) { ... on Dog { __object: id name(upper: $b) } ... on Cat { __object: id } } }",
];

fn nulls() -> Map<String, Value> {
    let names = ["n", "id", "s", "b"].map(|name| (name.to_owned(), Value::Null));
    Map::from_iter(names)
}

#[test]
fn a_null_variable_where_a_value_is_needed_fails_the_same_fields() {
    let question =
        |document: &&str| Question { document: (*document).to_owned(), variables: nulls(), ..Question::default() };
    let answers = Subject::wide().compare(NULLS.iter().map(question).collect());
    let errors = answers.iter().filter(|answer| answer.sent.as_ref().is_some_and(|ran| !ran.errors.is_empty()));
    assert!(errors.count() >= 15, "the mock data has too many nulls to show anything");
}

#[test]
fn only_the_chosen_operation_s_conditions_matter() {
    let document = "query A($b: Boolean = true) { cat { id ...F @skip(if: true) } }
        query B($b: Boolean = true) { cat { ...F } } query C($b: Stamp) { takes(stamp: $b) }
        fragment F on Cat { meows @include(if: $b) }";
    let question = |name: &str| Question {
        document: document.to_owned(),
        operation_name: Some(name.to_owned()),
        variables: Map::from_iter([("b".to_owned(), json!(null))]),
        ..Question::default()
    };
    Subject::wide().compare(["A", "B", "C"].map(question).into());
}
