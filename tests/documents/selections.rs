//! Selections that are hard to flatten: the same answer is due for the text as sent and as flattened.

use serde_json::{Map, Value, json};

use crate::reference::Question;
use crate::subject::Subject;

const SELECTIONS: &[&str] = &[
    // Fields of one key, near and far, through every kind of fragment.
    "{ dog { id } dog { name } ...A ... { dog { owner { id } } } } fragment A on Query { dog { owner { age } id } }",
    "{ cat { ...A ...B ...A } } fragment A on Cat { ...B name } fragment B on Cat { owner { id } ...C } fragment C on Cat { id owner { age } }",
    "{ cat { name ... on Named { id name } ... on Node { id } ... on Cat { meows id } } }",
    // Order is that of the first selection of a key.
    "{ cat { b: name a: id ...A } } fragment A on Cat { a: id c: meows b: name }",
    "{ nodes(ids: [1, 2, 3, 4, 5, 6]) { ... on Dog { b: name a: id } a: id ... on Cat { c: meows a: id } ... on Named { b: name } __typename } }",
    // Objects told apart by type, by interface, within each other.
    "{ found { ... on Dog { barks } ... on Cat { meows } ... on Person { age } ... on Node { id } ... on Named { name } } }",
    "{ found { __typename ... on Named { related { id ... on Dog { friends { ... on Node { id ... on Dog { size } } } } ... on Person { pets { ... on Cat { owner { id } } } } } } } }",
    "{ named { ...N } node(id: 1) { ...N } } fragment N on Named { name related { ...N2 } } fragment N2 on Node { id ... on Named { name(upper: false) } }",
    "{ node(id: 1) { ... on Node { ... on Named { ... on Dog { id } } } } }",
    "{ found { ...on Dog { owner { id } } ...on Cat { owner { age } } ...on Named { name } } }",
    // Nothing is left at some place.
    "{ cat { id @skip(if: true) } dog { name @include(if: false) ...A @skip(if: true) } } fragment A on Dog { id }",
    "{ found { ... on Dog { id @skip(if: true) } } }",
    "{ cat @skip(if: true) { id } }",
    // Arguments that mean the same.
    "{ takes(ints: 1, filter: {ids: 3, nested: {size: SMALL}}, id: 12, float: 3, key: {ids: \"a\"}) }",
    "{ at(stamp: {a: [1, X, 1.5, \"s\", null, true]}, stamps: 7) grid(cells: [1, [2], null]) }",
    // Introspection.
    "{ __schema { queryType { name } types { ...T } } __type(name: \"Dog\") { ...T } } fragment T on __Type { name kind fields { name } interfaces { name } }",
];

/// Which of the two conditions hold, in every combination.
const CONDITIONAL: &[&str] = &[
    "query($a: Boolean!, $b: Boolean!) { cat { id @skip(if: $a) name @include(if: $b) meows @skip(if: $a) @include(if: $b) } }",
    "query($a: Boolean!, $b: Boolean!) { dog @skip(if: $a) { id } dog { name @include(if: $b) } ...A @include(if: $a) } fragment A on Query { dog { size owner { id } } cat { ...B @skip(if: $b) } } fragment B on Cat { id }",
    "query($a: Boolean!, $b: Boolean!) { found { ... on Dog @include(if: $a) { id } ...A @skip(if: $b) } } fragment A on Found { ... on Cat { id name } ... @include(if: $a) { __typename } }",
    // A fragment that was skipped once is still entered where it is spread again.
    "query($a: Boolean!, $b: Boolean!) { cat { ...A @skip(if: $a) ...A @include(if: $b) } } fragment A on Cat { id }",
];

fn question(document: &str, variables: Map<String, Value>) -> Question {
    Question { document: document.to_owned(), variables, ..Question::default() }
}

#[test]
fn flattened_selections_give_the_answer_of_those_sent() {
    let questions = SELECTIONS.iter().map(|document| question(document, Map::new()));
    let answers = Subject::wide().compare(questions.collect());
    assert!(answers.iter().all(|answer| answer.sent.as_ref().is_some_and(|ran| ran.errors.is_empty())));
}

#[test]
fn flattened_conditions_give_the_answer_of_those_sent_for_every_value() {
    let values = [(true, true), (true, false), (false, true), (false, false)];
    let questions = CONDITIONAL.iter().flat_map(|document| {
        values.map(|(a, b)| {
            let variables = [("a".to_owned(), json!(a)), ("b".to_owned(), json!(b))];
            question(document, Map::from_iter(variables))
        })
    });
    let answers = Subject::wide().compare(questions.collect());
    assert!(answers.iter().all(|answer| answer.sent.is_some()));
}
