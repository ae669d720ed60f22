//! Rules on operations, fragments and fields.

use super::Rule;

/// Sections 5.2, 5.3 and 5.5.
pub(crate) const STRUCTURE: &[Rule] = &[
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
];
