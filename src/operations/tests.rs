//! What preparing an operation promises, on a small schema.

use harness::printer::print_document;
use serde_json::{Map, Value, json};

use super::{Limits, Location, OperationKind, Operations, Prepared, Rejection, RejectionCode, ScalarCheck, Scalars};

const SDL: &str = r#"
    directive @access(rule: String!) on FIELD_DEFINITION
    scalar Time
    interface Node { id: ID! }
    type Query { me: User node(id: ID!): Node users(first: Int! = 20, after: Time, filter: Filter): [User!]! }
    type User implements Node { id: ID! name: String! friends(first: Int! = 10): [User!]! posts(tag: String): [Post!]! }
    type Post implements Node { id: ID! title: String! author: User! }
    input Filter { ids: [ID!] size: Size = BIG since: Time nested: Filter }
    enum Size { BIG SMALL }
    type Mutation { add(name: String!): User @access(rule: "SIGNED_IN") logIn(name: String!): User }
    type Subscription { added: User }
"#;

fn operations_within(limits: Limits) -> Operations {
    let time: ScalarCheck = |value| match value.as_str() {
        Some(text) if text.ends_with('Z') => Ok(()),
        _ => Err("is not a time".to_owned()),
    };
    Operations::new(SDL, limits, Scalars::from_iter([("Time", time)])).unwrap()
}

fn operations() -> Operations {
    operations_within(Limits::default())
}

fn members(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn prepare(document: &str, variables: Value) -> Result<Prepared, Rejection> {
    operations().prepare(document, None, members(variables))
}

fn rejected(document: &str, variables: Value) -> Rejection {
    prepare(document, variables).unwrap_err()
}

fn flattened(document: &str, variables: Value) -> String {
    print_document(prepare(document, variables).unwrap().operation.document())
}

#[test]
fn a_field_selected_many_times_is_one_field() {
    let document = "mutation { add(name: \"a\") { id } ...A ... { add(name: \"a\") { id name } } }
        fragment A on Mutation { add(name: \"a\") { friends { id } } }";
    assert_eq!(flattened(document, json!({})), "mutation { add(name: \"a\") { id friends { id } name } }");
}

#[test]
fn conditions_are_decided_and_gone() {
    let document = "query($no: Boolean!) { me { id @skip(if: $no) name @include(if: $no) ...A @skip(if: true) } }
        fragment A on User { posts { id } }";
    assert_eq!(flattened(document, json!({"no": true})), "query { me { name } }");
    assert_eq!(flattened(document, json!({"no": false})), "query { me { id } }");
}

#[test]
fn type_conditions_stay_only_where_the_object_is_not_known() {
    let document = "{ node(id: 1) { id ... on User { name } ... on Post { title author { ... on Node { id } } } } }";
    assert_eq!(
        flattened(document, json!({})),
        "query { node(id: \"1\") { ... on User { id name } ... on Post { id title author { id } } } }"
    );
    assert_eq!(flattened("{ node(id: 1) { ... on Node { id } } }", json!({})), "query { node(id: \"1\") { id } }");
}

#[test]
fn arguments_of_absent_variables_fall_away() {
    let document = "query($n: Int, $f: [ID!]) { users(first: $n, filter: {ids: $f}) { id } }";
    let absent = prepare(document, json!({})).unwrap();
    assert_eq!(print_document(absent.operation.document()), "query { users(filter: {size: BIG}) { id } }");
    assert!(absent.variables.is_empty());
    let given = prepare(document, json!({"n": 3, "f": "a"})).unwrap();
    assert_eq!(serde_json::to_value(&given.variables).unwrap(), json!({"n": 3, "f": ["a"]}));
}

#[test]
fn variables_that_are_left_out_of_the_operation_are_not_passed_on() {
    let document = "query($a: Boolean!, $n: Int = 4) { me @skip(if: $a) { friends(first: $n) { id } } }";
    let skipped = prepare(document, json!({"a": true})).unwrap();
    assert!(skipped.variables.is_empty());
    let kept = prepare(document, json!({"a": false})).unwrap();
    assert_eq!(serde_json::to_value(&kept.variables).unwrap(), json!({"n": 4}));
}

#[test]
fn root_fields_come_with_their_rule_of_access() {
    let prepared = prepare("mutation M { a: add(name: \"a\") { id } logIn(name: \"b\") { id } }", json!({})).unwrap();
    let operation = &prepared.operation;
    assert_eq!((operation.kind(), operation.name()), (OperationKind::Mutation, Some("M")));
    let roots: Vec<_> = operation.root_fields().iter().collect();
    assert_eq!((roots[0].name.as_str(), roots[0].response_key.as_str()), ("add", "a"));
    assert_eq!(roots[0].access.as_deref(), Some("SIGNED_IN"));
    assert_eq!(roots[1].access, None);
}

#[test]
fn an_operation_is_chosen_by_name() {
    let operations = operations();
    let document = "query A { me { id } } mutation B { logIn(name: \"a\") { id } }";
    assert_eq!(operations.select(document, Some("B")).unwrap().kind(), OperationKind::Mutation);
    for name in [None, Some("C"), Some("")] {
        let rejection = operations.select(document, name).unwrap_err();
        assert_eq!(rejection.code(), RejectionCode::OperationResolutionFailed);
    }
    let rejection = operations.select("{ me { id } }", Some("A")).unwrap_err();
    assert_eq!(rejection.code().as_str(), "OPERATION_RESOLUTION_FAILED");
}

#[test]
fn rejections_say_what_and_where() {
    let rejection = rejected("{\n  me { nothing }\n}", json!({}));
    assert_eq!(rejection.code().as_str(), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(rejection.violations()[0].locations, [Location { line: 2, column: 8 }]);
    let rejection = rejected("{ me { id }", json!({}));
    assert_eq!(rejection.to_string(), "GRAPHQL_PARSE_FAILED: syntax error: expected `}`, got EOF");
}

#[test]
fn a_literal_of_a_custom_scalar_is_checked_with_the_document() {
    for document in ["{ users(after: \"soon\") { id } }", "{ users(filter: {nested: {since: 3}}) { id } }"] {
        let rejection = rejected(document, json!({}));
        assert_eq!(rejection.code(), RejectionCode::ValidationFailed);
        assert!(rejection.to_string().ends_with("this literal of type `Time` is not a time"), "{rejection}");
    }
    assert!(prepare("{ users(after: \"2026Z\") { id } }", json!({})).is_ok());
}

#[test]
fn a_wrong_variable_is_named_with_the_way_to_it_and_without_its_value() {
    let document = "query($f: Filter, $n: Int!) { users(first: $n, filter: $f) { id } }";
    let rejection = rejected(document, json!({"f": {"nested": {"ids": ["a", false]}}, "n": "secret"}));
    let messages: Vec<_> = rejection.violations().iter().map(|violation| violation.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "variable `$f.nested.ids[1]` must be a string or an integer (`ID`)",
            "variable `$n` must be an integer of 32 bits (`Int`)"
        ]
    );
    let rejection = rejected("query($t: Time!) { users(after: $t) { id } }", json!({"t": "secret"}));
    assert_eq!(rejection.to_string(), "VARIABLE_COERCION_FAILED: variable `$t` of type `Time` is not a time");
}

/// The engine's response with the failures written into it: data, and the path of each error.
fn with_failures(prepared: &Prepared, data: &str) -> (String, Vec<Value>) {
    let mut response = async_graphql::Response::new(serde_json::from_str::<async_graphql::Value>(data).unwrap());
    prepared.operation.write_failures(&mut response);
    let path = |error: &async_graphql::ServerError| serde_json::to_value(&error.path).unwrap();
    (serde_json::to_string(&response.data).unwrap(), response.errors.iter().map(path).collect())
}

#[test]
fn a_field_whose_variable_is_null_fails_alone_and_in_its_place() {
    let document = "query($n: Int, $id: ID = 1) {
        users(first: 1) { id } node(id: $id) { id } me { name friends(first: $n) { id } id } }";
    let prepared = prepare(document, json!({"n": null, "id": null})).unwrap();
    let text = "query { users(first: 1) { id } me { name } }";
    assert_eq!(print_document(prepared.operation.document()), text);
    assert_eq!((prepared.operation.root_fields().len(), prepared.variables.len()), (2, 0));
    // `friends` is non-null, so `me` is null, and its last field is not run.
    let (data, errors) = with_failures(&prepared, r#"{"users":[],"me":{"name":"a"}}"#);
    assert_eq!(data, r#"{"users":[],"node":null,"me":null}"#);
    assert_eq!(errors, [json!(["node"]), json!(["me", "friends"])]);
}

#[test]
fn a_condition_that_is_null_fails_each_object_whose_fields_it_decides() {
    let document = "query($b: Boolean = true) {
        users { id @include(if: $b) } node(id: 1) { id ... on Post { title @skip(if: $b) } } }";
    let prepared = prepare(document, json!({"b": null})).unwrap();
    let text = "query { users node(id: \"1\") { ... on User { id } ... on Post { __object: __typename } } }";
    assert_eq!(print_document(prepared.operation.document()), text);
    for (engine, data, errors) in [
        (r#"{"users":[],"node":{"__object":"Post"}}"#, r#"{"users":[],"node":null}"#, vec![json!(["node"])]),
        (r#"{"users":[],"node":{"id":"1"}}"#, r#"{"users":[],"node":{"id":"1"}}"#, vec![]),
        (r#"{"users":[{},{}],"node":null}"#, "null", vec![json!(["users", 0])]),
    ] {
        assert_eq!(with_failures(&prepared, engine), (data.to_owned(), errors));
    }
}

#[test]
fn conditions_that_the_chosen_operation_does_not_reach_do_not_concern_its_variables() {
    let document = "query A($v: Time) { users(after: $v) { id } }
        query B($v: Boolean = true) { me { id @include(if: $v) } }
        query C($v: Boolean = true) { me { ...F @skip(if: true) friends @include(if: false) { ...F } } }
        query D($v: Boolean = true) { me { ...F } }
        fragment F on User { name @include(if: $v) }";
    let prepare = |name| operations().prepare(document, Some(name), members(json!({"v": null})));
    assert_eq!(serde_json::to_value(prepare("A").unwrap().variables).unwrap(), json!({"v": null}));
    assert_eq!(print_document(prepare("C").unwrap().operation.document()), "query { me }");
    let fails = |prepared: Result<Prepared, Rejection>| prepared.unwrap().operation.has_failures();
    assert_eq!(["A", "B", "C", "D"].map(|name| fails(prepare(name))), [false, true, false, true]);
    // Nor do those below what another variable leaves out.
    let document = "query($out: Boolean!, $v: Boolean = true) { me @skip(if: $out) { id @include(if: $v) } }";
    let prepare = |out: bool| self::prepare(document, json!({"out": out, "v": null}));
    assert_eq!([true, false].map(|out| fails(prepare(out))), [false, true]);
}

#[test]
fn json_nested_deeper_than_the_limit_is_refused() {
    let deep = (0..200).fold(json!({}), |inside, _| json!({ "nested": inside }));
    let rejection = rejected("query($f: Filter) { users(filter: $f) { id } }", json!({ "f": deep }));
    assert_eq!(rejection.code(), RejectionCode::VariableCoercionFailed);
    let operations = Operations::new(SDL, Limits::default(), Scalars::default()).unwrap();
    let deep = (0..200).fold(json!(1), |inside, _| json!([inside]));
    let document = "query($t: Time) { users(after: $t) { id } }";
    let rejection = operations.prepare(document, None, members(json!({ "t": deep }))).unwrap_err();
    assert_eq!(rejection.code(), RejectionCode::VariableCoercionFailed);
}

#[test]
fn doubling_fragments_cost_nothing() {
    let levels: String = (0..60)
        .map(|level| format!("fragment F{level} on User {{ ...F{next} ...F{next} }} ", next = level + 1))
        .collect();
    let document = format!("{{ me {{ ...F0 }} }} {levels} fragment F60 on User {{ id }}");
    assert_eq!(flattened(&document, json!({})), "query { me { id } }");
}

#[test]
fn fragments_that_multiply_the_answer_stop_at_the_limit() {
    let levels: String = (0..12)
        .map(|level| {
            format!("fragment F{level} on User {{ a: friends {{ ...F{n} }} b: friends {{ ...F{n} }} }} ", n = level + 1)
        })
        .collect();
    let document = format!("{{ me {{ ...F0 }} }} {levels} fragment F12 on User {{ id }}");
    let rejection = rejected(&document, json!({}));
    assert_eq!(
        rejection.to_string(),
        "TOO_MANY_FIELDS: With its fragments inlined, the operation has more than 2000 fields."
    );
}

/// Why a document is refused where aliases do not matter.
fn rejected_with_many_aliases(document: &str) -> RejectionCode {
    let operations = operations_within(Limits { aliases: 100, ..Limits::default() });
    operations.prepare(document, None, Map::new()).unwrap_err().code()
}

#[test]
fn many_selections_that_merge_into_few_fields_stop_at_the_limit_of_steps() {
    let repeated = "id ".repeat(1_000);
    let aliases: String = (0..100).map(|number| format!("a{number}: friends {{ ...F }} ")).collect();
    let document = format!("{{ me {{ {aliases} }} }} fragment F on User {{ {repeated} }}");
    assert_eq!(rejected_with_many_aliases(&document), RejectionCode::TooManyFields);
}

#[test]
fn a_long_literal_is_not_repeated_without_end() {
    let long = "x".repeat(100_000);
    let document = |times: usize| {
        let aliases: String = (0..times).map(|number| format!("a{number}: me {{ ...F }} ")).collect();
        format!("{{ {aliases} }} fragment F on User {{ posts(tag: \"{long}\") {{ id }} }}")
    };
    assert!(prepare(&document(1), json!({})).is_ok());
    assert_eq!(rejected_with_many_aliases(&document(100)), RejectionCode::TooManyFields);
}

#[test]
fn fragments_that_nest_deeper_than_the_limit_are_refused() {
    let levels: String = (0..40)
        .map(|level| format!("fragment F{level} on User {{ friends {{ friends {{ ...F{n} }} }} }} ", n = level + 1))
        .collect();
    let document = format!("{{ me {{ ...F0 }} }} {levels} fragment F40 on User {{ id }}");
    assert_eq!(rejected(&document, json!({})).code(), RejectionCode::TooDeep);
}

#[test]
fn a_known_operation_is_shared_and_a_new_form_of_it_is_not() {
    let operations = operations();
    let document = "query($a: Boolean!) { me { id @skip(if: $a) } }";
    let form = |skip: bool| operations.prepare(document, None, members(json!({ "a": skip }))).unwrap().operation;
    let (first, again, other) = (form(true), form(true), form(false));
    assert!(std::sync::Arc::ptr_eq(&first, &again));
    assert!(!std::sync::Arc::ptr_eq(&first, &other));
    assert!(std::sync::Arc::ptr_eq(&other, &form(false)));
}

#[test]
fn a_schema_that_cannot_be_used_is_refused_at_start() {
    let broken = Operations::new("type Query { a: Nowhere }", Limits::default(), Scalars::default());
    assert!(broken.unwrap_err().to_string().starts_with("the schema is not valid"));
    let check: ScalarCheck = |_| Ok(());
    let unknown = Operations::new(SDL, Limits::default(), Scalars::from_iter([("Tyme", check)]));
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "a check is given for the scalar `Tyme`, which the schema does not define"
    );
}
