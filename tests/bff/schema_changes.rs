//! What is breaking and what is dangerous, by graphql-js (`findBreakingChanges`, `findDangerousChanges`) and by this program:
//! both must name the same places with the same word. Where they do not, the row says so, and why.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use crate::schema_check::Schemas;

/// Old, new, and what only one of the two says: `+` this program, `-` graphql-js.
type Pair = (&'static str, &'static str, &'static [&'static str]);

const PAIRS: &[Pair] = &[
    // Types.
    ("type A { a: Int }", "type A { a: Int }", &[]),
    ("type A { a: Int }", "", &["-breaking Int"]), // Built-in scalars go with what refers to them, which is named itself.
    ("", "type A { a: ID }", &[]),
    ("type A { a: String }", "input A { a: String }", &[]),
    ("type A { a: String }", "interface A { a: String }", &[]),
    ("scalar A", "enum A { B }", &[]),
    ("union A = B type B { b: String }", "type A { b: String } type B { b: String }", &[]),
    ("enum A { B }", "scalar A", &[]),
    ("input A { a: String }", "scalar A", &[]),
    ("scalar A", "", &[]),
    // Fields.
    ("type A { a: String b: String }", "type A { a: String }", &[]),
    ("type A { a: String }", "type A { a: String b: String }", &[]),
    ("interface A { a: String b: String }", "interface A { a: String }", &[]),
    ("type A { a: String }", "type A { a: String! }", &[]),
    ("type A { a: String! }", "type A { a: String }", &[]),
    ("type A { a: String b: ID }", "type A { a: ID b: ID }", &[]),
    ("type A { a: String }", "type A { a: [String] }", &[]),
    ("type A { a: [String] }", "type A { a: String }", &[]),
    ("type A { a: [String] }", "type A { a: [String!]! }", &[]),
    ("type A { a: [String]! }", "type A { a: [String] }", &[]),
    ("type A { a: [String!] }", "type A { a: [String] }", &[]),
    ("type A { a: [[String]] }", "type A { a: [[String!]!]! }", &[]),
    ("type A { a: [String!]! }", "type A { a: String! }", &[]),
    // An object in the place of its interface is what clients of the interface can read, but not by graphql-js, nor here.
    (
        "interface I { a: String } type A implements I { a: String } type B { b: I }",
        "interface I { a: String } type A implements I { a: String } type B { b: A }",
        &[],
    ),
    // Arguments.
    ("type A { a(x: String): String }", "type A { a: String }", &[]),
    ("type A { a: String }", "type A { a(x: String): String }", &[]),
    ("type A { a: String }", "type A { a(x: String!): String }", &[]),
    ("type A { a: String }", "type A { a(x: String! = \"\"): String }", &[]),
    ("type A { a(x: String): String }", "type A { a(x: String!): String }", &[]),
    ("type A { a(x: String!): String }", "type A { a(x: String): String }", &[]),
    ("type A { a(x: [String]): String }", "type A { a(x: String): String }", &[]),
    ("type A { a(x: String): String }", "type A { a(x: [String]): String }", &[]),
    ("type A { a(x: [String!]!): String }", "type A { a(x: [String]): String }", &[]),
    ("type A { a(x: [String]): String }", "type A { a(x: [String!]): String }", &[]),
    ("type A { a(x: Int = 1): Int }", "type A { a(x: Int = 2): Int }", &[]),
    ("type A { a(x: Int = 1): Int }", "type A { a(x: Int): Int }", &[]),
    // Who left the argument out is refused now: graphql-js names only the default value that is gone.
    ("type A { a(x: Int! = 1): Int }", "type A { a(x: Int!): Int }", &["-dangerous A.a(x:)", "+breaking A.a(x:)"]),
    // Who left the argument out gets something else now; graphql-js looks at default values that were there before.
    ("type A { a(x: Int): Int }", "type A { a(x: Int = 1): Int }", &["+dangerous A.a(x:)"]),
    ("type A { a(x: Int!): Int }", "type A { a(x: Int! = 1): Int }", &[]),
    ("type A { a(x: Float = 1): Int }", "type A { a(x: Float = 1.0): Int }", &[]),
    (
        "input I { a: String b: String } type A { a(x: I = {a: \"1\", b: \"2\"}): String }",
        "input I { a: String b: String } type A { a(x: I = {b: \"2\", a: \"1\"}): String }",
        &[],
    ),
    ("type A { a(x: [Int] = [1, 2]): Int }", "type A { a(x: [Int] = [2, 1]): Int }", &[]),
    ("enum E { P Q } type A { a(x: E = P): E }", "enum E { P Q } type A { a(x: E = Q): E }", &[]),
    ("interface A { a(x: Int): Int }", "interface A { a(x: Int y: Int): Int }", &[]),
    // Input objects.
    ("input A { a: String b: String }", "input A { a: String }", &[]),
    ("input A { a: String }", "input A { a: String b: String }", &[]),
    ("input A { a: String }", "input A { a: String b: String! }", &[]),
    ("input A { a: String }", "input A { a: String b: String! = \"\" }", &[]),
    ("input A { a: String }", "input A { a: String! }", &[]),
    ("input A { a: String! }", "input A { a: String }", &[]),
    ("input A { a: String b: ID }", "input A { a: ID b: ID }", &[]),
    ("input A { a: [String] }", "input A { a: String }", &[]),
    ("input A { a: String }", "input A { a: [String] }", &[]),
    // An input field's default value is to those who leave it out what an argument's is; graphql-js does not look at it.
    ("input A { a: Int = 1 }", "input A { a: Int = 2 }", &["+dangerous A.a"]),
    ("input A { a: Int = 1 }", "input A { a: Int }", &["+dangerous A.a"]),
    ("input A { a: Int! = 1 }", "input A { a: Int! }", &["+breaking A.a"]),
    ("input A { a: Int }", "input A { a: Int = 1 }", &["+dangerous A.a"]),
    // Two members cannot be sent any more; graphql-js 16 does not look at `@oneOf`.
    ("input A { a: Int b: Int }", "input A @oneOf { a: Int b: Int }", &["+breaking A"]),
    ("input A @oneOf { a: Int b: Int }", "input A { a: Int b: Int }", &[]),
    // Enums, unions, interfaces.
    ("enum A { B C }", "enum A { B }", &[]),
    ("enum A { B }", "enum A { B C }", &[]),
    ("enum A { B C }", "enum A { C B }", &[]),
    (
        "type B { b: String } type C { c: String } union A = B | C",
        "type B { b: String } type C { c: String } union A = B",
        &[],
    ),
    (
        "type B { b: String } type C { c: String } union A = B",
        "type B { b: String } type C { c: String } union A = B | C",
        &[],
    ),
    (
        "interface I { a: String } type A implements I { a: String }",
        "interface I { a: String } type A { a: String }",
        &[],
    ),
    (
        "interface I { a: String } type A { a: String }",
        "interface I { a: String } type A implements I { a: String }",
        &[],
    ),
    ("interface I { a: String } type A implements I { a: String }", "type A { a: String }", &[]),
    (
        "interface I { a: String } interface J implements I { a: String }",
        "interface I { a: String } interface J { a: String }",
        &[],
    ),
    // Directives that documents can carry.
    ("directive @d on FIELD", "", &[]),
    ("", "directive @d on FIELD", &[]),
    ("directive @d(x: String) on FIELD", "directive @d on FIELD", &[]),
    ("directive @d on FIELD", "directive @d(x: String!) on FIELD", &[]),
    // An argument that may be left out changes what a directive does as little or as much as it does for a field.
    ("directive @d on FIELD", "directive @d(x: String) on FIELD", &["+dangerous @d(x:)"]),
    ("directive @d(x: String) on FIELD", "directive @d(x: String!) on FIELD", &["+breaking @d(x:)"]),
    ("directive @d repeatable on FIELD", "directive @d on FIELD", &[]),
    ("directive @d on FIELD", "directive @d repeatable on FIELD", &[]),
    ("directive @d on FIELD | QUERY", "directive @d on FIELD", &[]),
    ("directive @d on FIELD", "directive @d on FIELD | QUERY", &[]),
    // Directives of schemas alone: no document can carry them.
    ("directive @d on OBJECT", "", &["-breaking @d"]),
    (
        "directive @d(x: String) on OBJECT",
        "directive @d(y: String!) on OBJECT",
        &["-breaking @d(x:)", "-breaking @d(y:)"],
    ),
    ("directive @d on FIELD | OBJECT", "directive @d on FIELD", &["-breaking @d"]),
    // Roots: graphql-js compares types, not what they are for.
    (
        "type M { m: String } schema { query: Query mutation: M }",
        "type M { m: String } schema { query: Query }",
        &["+breaking schema.mutation"],
    ),
    // Removed after its sunset, used by nobody: graphql-js knows no sunsets.
    (
        "type A { a: String b: String @deprecated(reason: \"sunset 2027-06-30\") }",
        "type A { a: String }",
        &["-breaking A.b"],
    ),
    ("type A { a: String b: String @deprecated(reason: \"sunset 2027-07-01\") }", "type A { a: String }", &[]),
    (
        "type A { a: String b: B @deprecated(reason: \"sunset 2027-06-30\") } type B { b: String }",
        "type A { a: String }",
        &["-breaking A.b", "-breaking B"],
    ),
    (
        "type A { a: B b: B @deprecated(reason: \"sunset 2027-06-30\") } type B { b: String }",
        "type A { a: String }",
        &["-breaking A.b"],
    ),
];

#[derive(Deserialize)]
struct Named {
    severity: String,
    coordinate: String,
}

#[test]
fn graphql_js_finds_the_same_changes_breaking_and_dangerous() {
    let lines: Vec<_> = PAIRS.iter().map(|(old, new, _)| json!({"old": whole(old), "new": whole(new)})).collect();
    let reference = ask(&lines);
    let mut wrong = Vec::new();
    for ((old, new, deviations), theirs) in PAIRS.iter().zip(reference) {
        let output = Schemas::new("pairs", &whole(old), &whole(new)).check(&["--today", "2027-07-01"]);
        let shown = String::from_utf8(output.stdout).unwrap();
        let ours = shown.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let severity = words.next().filter(|word| matches!(*word, "breaking" | "dangerous"))?;
            Some(format!("{severity} {}", words.next()?))
        });
        let mut ours: Vec<_> = ours.collect();
        let mut theirs: Vec<_> = theirs.iter().map(|it| format!("{} {}", it.severity, it.coordinate)).collect();
        for deviation in *deviations {
            let (side, named) = deviation.split_at(1);
            let list = if side == "+" { &mut ours } else { &mut theirs };
            match list.iter().position(|it| it == named) {
                Some(place) => drop(list.remove(place)),
                None => wrong.push(format!("{old} → {new}: nobody says {deviation}")),
            }
        }
        ours.sort();
        theirs.sort();
        if ours != theirs {
            wrong.push(format!(
                "{old} → {new}\n  here {ours:?}\n  there {theirs:?}\n{shown}{}",
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(PAIRS.len() >= 40);
}

fn whole(text: &str) -> String {
    format!("type Query {{ q: String }} {text}")
}

fn ask(questions: &[serde_json::Value]) -> Vec<Vec<Named>> {
    let text: String = questions.iter().map(|question| format!("{question}\n")).collect();
    run("schema-changes.mjs", text).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a script of tests/clients answers to these lines.
pub fn run(script: &str, lines: String) -> String {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let installed = clients.join("node_modules/graphql/package.json");
    assert!(installed.exists(), "graphql-js is not installed: run `scripts/test`, which installs it with `npm ci`");
    let mut node = Command::new("node");
    let mut node = node.arg(clients.join(script)).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = node.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{script} ended with {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
