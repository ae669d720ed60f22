//! Documents for every rule of section 5, by hand: some that keep it, some that break it.
//!
//! graphql-js must say of each what the table says, so that a mistake in the table is found as well.

use crate::reference::Question;
use crate::subject::Subject;

/// Rule of graphql-js, documents that keep it, documents that break it.
type Rule = (&'static str, &'static [&'static str], &'static [&'static str]);

const RULES: &[Rule] = &[
    (
        "ExecutableDefinitions",
        &["{ cat { id } }"],
        &[
            "{ cat { id } } type A { id: ID }",
            "{ cat { id } } extend type Cat { x: ID }",
            "schema { query: Query } { cat { id } }",
        ],
    ),
    (
        "UniqueOperationNames",
        &["query A { cat { id } } query B { cat { id } }"],
        &["query A { cat { id } } query A { cat { id } }", "query A { cat { id } } mutation A { tag(id: 1) }"],
    ),
    (
        "LoneAnonymousOperation",
        &["{ cat { id } }", "query { cat { id } }"],
        &["{ cat { id } } query B { cat { id } }", "{ cat { id } } { cat { id } }"],
    ),
    (
        "SingleFieldSubscriptions",
        &[
            "subscription { barked { id } }",
            "subscription { ...A } fragment A on Subscription { barked { id } }",
            "subscription { barked { id } barked { name } }",
        ],
        &[
            "subscription { barked { id } moved(id: 1) { id } }",
            "subscription { ...A } fragment A on Subscription { barked { id } b: barked { id } }",
            "subscription { __typename }",
        ],
    ),
    (
        "KnownTypeNames",
        &["query($v: Size) { dog(size: $v) { id } }"],
        &[
            "query($v: Nope) { dog(size: $v) { id } }",
            "{ node(id: 1) { ... on Nope { id } } }",
            "{ cat { ...A } } fragment A on Nope { id }",
        ],
    ),
    (
        "FragmentsOnCompositeTypes",
        &["{ node(id: 1) { ... on Dog { id } ... on Named { id } ... { id } } }"],
        &[
            "{ node(id: 1) { ... on Size { id } } }",
            "{ node(id: 1) { ... on Filter { id } } }",
            "{ cat { ...A } } fragment A on Int { id }",
        ],
    ),
    (
        "VariablesAreInputTypes",
        &["query($a: [ID!]!, $b: Key!) { nodes(ids: $a) { id } by(key: $b) { __typename } }"],
        &["query($a: Dog) { dog(id: $a) { id } }", "query($a: [Found!]) { dog(id: $a) { id } }"],
    ),
    (
        "ScalarLeafs",
        &["{ cat { id } }"],
        &["{ cat }", "{ cat { id { x } } }", "{ dog { size { x } } }", "{ node(id: 1) }"],
    ),
    (
        "FieldsOnCorrectType",
        &["{ found { __typename } node(id: 1) { __typename id } }"],
        &[
            "{ nothing }",
            "{ found { name } }",
            "{ node(id: 1) { name } }",
            "{ cat { __schema { types { name } } } }",
            "{ cat { ... on Node { name } } }",
        ],
    ),
    (
        "UniqueFragmentNames",
        &["{ cat { ...A ...B } } fragment A on Cat { id } fragment B on Cat { id }"],
        &["{ cat { ...A } } fragment A on Cat { id } fragment A on Cat { name }"],
    ),
    ("KnownFragmentNames", &[], &["{ cat { ...A } }", "{ cat { ... on Node { ...A } } }"]),
    (
        "NoUnusedFragments",
        &[],
        &[
            "{ cat { id } } fragment A on Cat { id }",
            "{ cat { id } } fragment A on Cat { ...B } fragment B on Cat { id }",
        ],
    ),
    (
        "PossibleFragmentSpreads",
        &["{ found { ... on Named { name } ... on Node { id } } named { ... on Node { id } } }"],
        &[
            "{ cat { ... on Dog { id } } }",
            "{ named { ... on Person { id } } }",
            "{ cat { ...A } } fragment A on Person { id }",
            "{ dog { ... on Query { __typename } } }",
        ],
    ),
    (
        "NoFragmentCycles",
        &["{ dog { ...A ...B } } fragment A on Dog { ...B } fragment B on Dog { id }"],
        &[
            "{ dog { ...A } } fragment A on Dog { ...A }",
            "{ dog { ...A } } fragment A on Dog { friends { ...B } } fragment B on Dog { ... { ...A } }",
        ],
    ),
    (
        "UniqueVariableNames",
        &["query($a: ID, $b: ID) { dog(id: $a) { id } d: dog(id: $b) { id } }"],
        &["query($a: ID, $a: ID) { dog(id: $a) { id } }"],
    ),
    (
        "NoUndefinedVariables",
        &["query($a: Boolean!) { cat { ...A } } fragment A on Cat { id @skip(if: $a) }"],
        &[
            "{ dog(id: $a) { id } }",
            "{ cat { ...A } } fragment A on Cat { id @skip(if: $a) }",
            "query A($a: Boolean!) { cat { ...A } } query B { cat { ...A } } fragment A on Cat { id @skip(if: $a) }",
            "{ nodes(ids: [$a]) { id } }",
            "{ found(filter: { ids: $a }) { __typename } }",
        ],
    ),
    (
        "NoUnusedVariables",
        &["query($a: Boolean!) @mark(name: \"q\") { cat @skip(if: $a) { id } }"],
        &[
            "query($a: Boolean!) { cat { id } }",
            "query A($a: ID) { dog(id: $a) { id } } query B($a: ID) { cat { id } }",
        ],
    ),
    (
        "KnownDirectives",
        &[
            "query @mark { cat @mark { ... @mark { id } ...A @mark } } fragment A on Cat { id }",
            "query($a: ID @mark) { dog(id: $a) { id } }",
        ],
        &[
            "{ cat @nope { id } }",
            "query @skip(if: true) { cat { id } }",
            "{ cat { ...A } } fragment A on Cat @include(if: true) { id }",
            "{ cat @deprecated { id } }",
            "query($a: ID @skip(if: true)) { dog(id: $a) { id } }",
        ],
    ),
    (
        "UniqueDirectivesPerLocation",
        &["{ cat @mark @mark { id @skip(if: true) @include(if: true) } }"],
        &[
            "{ cat { id @skip(if: true) @skip(if: true) } }",
            "{ cat { ... @include(if: true) @include(if: true) { id } } }",
        ],
    ),
    (
        "KnownArgumentNames",
        &["{ dog(id: 1, size: SMALL) { id } }"],
        &[
            "{ dog(nope: 1) { id } }",
            "{ cat { id(nope: 1) } }",
            "{ cat { id @skip(if: true, nope: 1) } }",
            "{ cat { id @mark(nope: 1) } }",
        ],
    ),
    ("UniqueArgumentNames", &[], &["{ dog(id: 1, id: 1) { id } }", "{ cat { id @skip(if: true, if: true) } }"]),
    (
        "ValuesOfCorrectType",
        &[
            "{ dog(id: 1) { id } d: dog(id: \"1\", size: LARGE) { id } }",
            "{ nodes(ids: \"one\") { id } grid(cells: 1, ratio: 1, flag: null) }",
            "{ grid(cells: [1, [2, 3], null]) at(stamp: {a: [1, X]}, stamps: [1]) }",
            "{ grid(ratio: 1e3) g: grid(cells: [[2147483647, -2147483648]]) }",
            "{ dog(id: 99999999999999999999999999) { id } }",
            "{ by(key: {ids: \"a\"}) { __typename } b: by(key: {range: {from: 1}}) { __typename } }",
        ],
        &[
            "{ dog(id: 1.5) { id } }",
            "{ dog(id: true) { id } }",
            "{ dog(size: \"LARGE\") { id } }",
            "{ dog(size: NOPE) { id } }",
            "{ nodes(ids: [1, null]) { id } }",
            "{ nodes(ids: null) { id } }",
            "{ named(first: 2147483648) { id } }",
            "{ named(first: 1.0) { id } }",
            "{ named(first: null) { id } }",
            "{ cat { name(upper: \"true\") } }",
            "{ found(text: 1) { __typename } }",
            "{ found(filter: {nope: 1}) { __typename } }",
            "{ found(filter: {range: {to: 1}}) { __typename } }",
            "{ found(filter: [{}]) { __typename } }",
            "{ grid(ratio: \"1\") }",
            "{ grid(cells: [[[1]]]) }",
            "{ by(key: {}) { __typename } }",
            "{ by(key: {id: 1, name: \"a\"}) { __typename } }",
            "{ by(key: {id: null}) { __typename } }",
            "query($a: Int = \"x\") { named(first: $a) { id } }",
            "query($a: Filter = {nope: 1}) { found(filter: $a) { __typename } }",
            "query($a: Int! = null) { named(first: $a) { id } }",
            "{ cat { id @skip(if: 1) } }",
        ],
    ),
    (
        "ProvidedRequiredArguments",
        &["{ named { id } grid }"],
        &["{ node { id } }", "{ node(id: null) { id } }", "{ cat { id @skip } }"],
    ),
    (
        "VariablesInAllowedPosition",
        &[
            "query($a: ID!) { dog(id: $a) { id } }",
            "query($a: Int) { named(first: $a) { id } }",
            "query($a: ID = 1) { node(id: $a) { id } }",
            "query($a: [ID!]!) { nodes(ids: $a) { id } }",
            "query($a: ID!) { nodes(ids: [$a]) { id } }",
            "query($a: ID = 1) { nodes(ids: [$a]) { id } }",
            "query($a: ID!) { by(key: {id: $a}) { __typename } }",
            "query($a: Boolean = true) { cat { id @skip(if: $a) } }",
            "query($a: Range) { found(filter: {range: $a}) { __typename } }",
            "query($a: Stamp) { at(stamp: {nested: [$a]}) }",
        ],
        &[
            "query($a: ID) { node(id: $a) { id } }",
            "query($a: ID = null) { node(id: $a) { id } }",
            "query($a: Int) { dog(id: $a) { id } }",
            "query($a: Int!) { cat { name(upper: $a) } }",
            "query($a: [ID]!) { nodes(ids: $a) { id } }",
            "query($a: ID!) { nodes(ids: $a) { id } }",
            "query($a: ID) { nodes(ids: [$a]) { id } }",
            "query($a: ID = null) { nodes(ids: [$a]) { id } }",
            "query($a: ID) { by(key: {id: $a}) { __typename } }",
            "query($a: ID = 1) { by(key: {id: $a}) { __typename } }",
            "query($a: Boolean) { cat { id @skip(if: $a) } }",
            "query($a: Boolean = null) { cat { id @skip(if: $a) } }",
            "query($a: Int) { found(filter: {range: {from: $a}}) { __typename } }",
            "query($a: [Int]) { grid(cells: [$a]) }",
            "query($a: Boolean) { cat { ...A } } fragment A on Cat { id @include(if: $a) }",
            "query($a: String = null) { found(filter: {ids: [$a]}) { __typename } }",
        ],
    ),
    (
        "OverlappingFieldsCanBeMerged",
        &[
            "{ cat { id id a: name a: name } }",
            "{ dog(id: 1) { id } dog(id: 1) { name } }",
            "{ found { ... on Dog { x: name } ... on Cat { x: name(upper: true) } } }",
            "{ dog(id: 1, size: SMALL) { id } dog(size: SMALL, id: 1) { id } }",
            "{ found(filter: {size: SMALL, ids: 1}) { __typename } found(filter: {ids: 1, size: SMALL}) { __typename } }",
        ],
        &[
            "{ cat { id id: name } }",
            "{ dog(id: 1) { id } dog(id: 2) { id } }",
            "{ dog { id } dog(id: 2) { id } }",
            "{ cat { ...A ...B } } fragment A on Cat { x: id } fragment B on Cat { x: name }",
            "{ found { ... on Dog { x: barks } ... on Cat { x: meows } } }",
            "{ found { ... on Dog { size } ... on Cat { size } } }",
            "{ dog { friends { x: id } } dog { friends { x: name } } }",
            "{ found { ... on Dog { x: owner { y: id } } ... on Cat { x: owner { y: age } } } }",
            "query($a: ID, $b: ID) { dog(id: $a) { id } dog(id: $b) { id } }",
            "{ found { ... on Dog { x: friends { id } } ... on Person { x: pets { __typename } } ... on Cat { x: related { id } } ... on Cat { y: owner { id } } ... on Dog { y: related { id } } } }",
        ],
    ),
    (
        "UniqueInputFieldNames",
        &["{ found(filter: {nested: {size: SMALL}, size: SMALL}) { __typename } }"],
        &[
            "{ found(filter: {size: SMALL, size: SMALL}) { __typename } }",
            "query($a: Filter = {size: SMALL, size: LARGE}) { found(filter: $a) { __typename } }",
            "{ at(stamp: [{a: 1, a: 2}]) }",
        ],
    ),
    (
        "MaxIntrospectionDepth",
        &[
            "{ __schema { types { fields { type { fields { name } } } } } }",
            "{ a: __schema { types { ...T } } b: __schema { types { ...T } } } fragment T on __Type { fields { name } }",
        ],
        &[
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "{ __type(name: \"Dog\") { ...T } } fragment T on __Type { interfaces { possibleTypes { ...U } } } fragment U on __Type { interfaces { name } }",
        ],
    ),
    (
        "descriptions",
        &[
            "\"An operation.\" query A(\"A variable.\" $a: ID) { dog(id: $a) { ...F } } \"\"\"A fragment.\"\"\" fragment F on Dog { id }",
        ],
        &[],
    ),
    (
        "escapes",
        &[
            "{ found(text: \"\\u{1F600} \\u00e9 \\uD83D\\uDE00 \\n \\\\\") { __typename } }",
            "{ found(text: \"\"\"\n  block \\\"\"\" text\n\"\"\") { __typename } }",
        ],
        &[],
    ),
];

const BROKEN_SYNTAX: &[&str] = &[
    "",
    " ",
    "# nothing",
    "{",
    "}",
    "{ }",
    "{ cat { } }",
    "{ cat { ... { } } }",
    "query {",
    "query A() { cat { id } }",
    "{ dog() { id } }",
    "{ cat { id }",
    "{ cat { id } } }",
    "{ dog(id: ) { id } }",
    "{ dog(id 1) { id } }",
    "{ dog(id: \"x) { id } }",
    "{ dog(id: \"\\q\") { id } }",
    "{ dog(id: \"\\uD800\") { id } }",
    "{ dog(id: \"\\u{110000}\") { id } }",
    "{ dog(id: 01) { id } }",
    "{ dog(id: 1.) { id } }",
    "{ dog(id: .5) { id } }",
    "{ dog(id: 1e) { id } }",
    "{ dog(id: -) { id } }",
    "{ dog(id: 1x) { id } }",
    "{ cat { id }; }",
    "fragment on on Cat { id } { cat { ...on } }",
    "{ cat { ...A } } fragment A Cat { id }",
    "query($a) { dog(id: $a) { id } }",
    "query($a: [ID) { dog(id: $a) { id } }",
    "query($a: ID = $b) { dog(id: $a) { id } }",
    "{ cat { id } } nonsense",
    "\u{0}",
    "{ cat \u{b} { id } }",
    "{ a: }",
    "{ 1 }",
    "{ cat { id @ } }",
    "\"a description\" { cat { id } }",
    "{ cat { .. on Cat { id } } }",
    "{ cat { ..id } }",
    "subscription",
    "mutation A",
    "query A query B { cat { id } }",
    "{ dog(id: {a 1}) { id } }",
    "{ dog(id: [1) { id } }",
    "{ dog(size: true, id: $) { id } }",
];

/// Where we keep to the specification and graphql-js 16.15 does not: doubles are finite (section 3.5.2), and a
/// subscription has no condition at its root (section 5.2.4.1).
const STRICTER: &[&str] = &[
    "{ grid(ratio: 1e999) }",
    "subscription { barked @include(if: true) { id } }",
    "subscription { ... @skip(if: false) { barked { id } } }",
];

fn questions(documents: impl IntoIterator<Item = &'static str>) -> Vec<Question> {
    documents.into_iter().map(|document| Question { document: document.to_owned(), ..Question::default() }).collect()
}

/// Compares, and holds graphql-js to the table too.
fn all_are(verdict: &str, documents: impl IntoIterator<Item = &'static str>) {
    let questions = questions(documents);
    let texts: Vec<_> = questions.iter().map(|question| question.document.clone()).collect();
    for (text, answer) in texts.iter().zip(Subject::wide().compare(questions)) {
        assert_eq!(answer.verdict, verdict, "{text}: {:?}", answer.errors);
    }
}

#[test]
fn documents_that_keep_every_rule_are_valid_for_both() {
    all_are("valid", RULES.iter().flat_map(|(_, valid, _)| *valid).copied());
}

#[test]
fn documents_that_break_a_rule_are_invalid_for_both() {
    all_are("invalid", RULES.iter().flat_map(|(_, _, invalid)| *invalid).copied());
}

#[test]
fn what_is_no_document_is_a_syntax_error_for_both() {
    all_are("syntax", BROKEN_SYNTAX.iter().copied());
}

#[test]
fn what_the_specification_refuses_is_refused_where_the_reference_takes_it() {
    let subject = Subject::wide();
    for question in questions(STRICTER.iter().copied()) {
        let code = subject.prepare(&question).unwrap_err().code();
        assert_eq!(code.as_str(), "GRAPHQL_VALIDATION_FAILED", "{}", question.document);
    }
}
