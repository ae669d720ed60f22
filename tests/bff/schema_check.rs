//! `tessera schema check`: what a change of the schema does to whom, said before it is deployed.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Two schemas and trusted documents in a folder of their own.
pub struct Schemas(TempDir);

impl Schemas {
    pub fn new(name: &str, old: &str, new: &str) -> Self {
        let folder = tempfile::Builder::new().prefix(name).tempdir().unwrap();
        fs::write(folder.path().join("old.graphql"), old).unwrap();
        fs::write(folder.path().join("new.graphql"), new).unwrap();
        fs::create_dir(folder.path().join("documents")).unwrap();
        Self(folder)
    }

    fn document(self, client: &str, name: &str, text: &str) -> Self {
        let folder = self.0.path().join("documents").join(client);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
        self
    }

    pub fn check(&self, arguments: &[&str]) -> Output {
        let words = "schema check --against old.graphql --schema new.graphql --sources documents".split(' ');
        Command::new(env!("CARGO_BIN_EXE_tessera"))
            .args(words)
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// What is printed, if the exit code is that one.
    fn shown(&self, arguments: &[&str], code: i32) -> String {
        let output = self.check(arguments);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{shown}{}", String::from_utf8_lossy(&output.stderr));
        shown
    }
}

fn has_line(shown: &str, line: &str) {
    assert!(shown.lines().any(|shown| shown == line), "`{line}` is not in\n{shown}");
}

const TWO_FIELDS: &str = "type Query { a: Int legacy: Int @deprecated(reason: \"Use a. sunset 2027-06-30\") }";
const ONE_FIELD: &str = "type Query { a: Int }";

#[test]
fn nothing_changed_is_good() {
    let shown = Schemas::new("same", ONE_FIELD, ONE_FIELD).shown(&[], 0);
    assert_eq!(shown, "0 breaking, 0 dangerous, 0 safe changes; 0 of 0 trusted documents break\n");
}

#[test]
fn a_field_may_go_after_its_sunset_and_not_on_it() {
    let schemas = Schemas::new("sunset", TWO_FIELDS, ONE_FIELD).document("web", "A.graphql", "query A { a }");
    let shown = schemas.shown(&["--today", "2027-06-30"], 1);
    let line = "breaking   Query.legacy was removed: it may go after 2027-06-30; no trusted document uses it";
    has_line(&shown, line);
    let shown = schemas.shown(&["--today", "2027-07-01"], 0);
    has_line(&shown, "safe       Query.legacy was removed: its sunset is over, and no trusted document uses it");
    has_line(&shown, "0 breaking, 0 dangerous, 1 safe changes; 0 of 1 trusted documents break");
}

#[test]
fn a_trusted_document_keeps_what_its_sunset_gave_up() {
    let schemas = Schemas::new("kept", TWO_FIELDS, ONE_FIELD).document("web", "A.graphql", "query A { a }").document(
        "ios",
        "Old.graphql",
        "query Old { legacy }",
    );
    let shown = schemas.shown(&["--today", "2030-01-01"], 1);
    has_line(&shown, "breaking   Query.legacy was removed: its sunset is over, but it is still used by ios Old");
    has_line(&shown, "breaks     ios Old (documents/ios/Old.graphql)");
    assert!(!shown.contains("web A ("), "{shown}");
}

#[test]
fn what_was_not_deprecated_breaks_though_no_document_uses_it() {
    let old = "type Query { a: Int b: Int c: Int @deprecated(reason: \"Use a\") }";
    let shown = Schemas::new("undeprecated", old, ONE_FIELD).shown(&["--today", "2027-07-01"], 1);
    has_line(&shown, "breaking   Query.b was removed: it was not deprecated; no trusted document uses it");
    has_line(&shown, "breaking   Query.c was removed: it was deprecated without a sunset; no trusted document uses it");
}

#[test]
fn arguments_enum_values_and_input_fields_have_sunsets_too() {
    let sunset = "@deprecated(reason: \"sunset 2027-06-30\")";
    let old = format!(
        "type Query {{ a(x: Int y: Int {sunset}): Int b(i: I e: E): Int }}
         input I {{ x: Int y: Int {sunset} }} enum E {{ X Y {sunset} }}"
    );
    let new = "type Query { a(x: Int): Int b(i: I e: E): Int } input I { x: Int } enum E { X }";
    let today = ["--today", "2027-07-01"];
    let shown = Schemas::new("unused", &old, new).shown(&today, 0);
    for removed in ["Query.a(y:)", "I.y", "E.Y"] {
        has_line(
            &shown,
            &format!("safe       {removed} was removed: its sunset is over, and no trusted document uses it"),
        );
    }
    for (text, removed) in [
        ("query A { a(y: 1) }", "Query.a(y:)"),
        ("query A { b(i: {y: 1}) }", "I.y"),
        ("query A { b(e: Y) }", "E.Y"),
        ("query A($e: E = Y) { b(e: $e) }", "E.Y"),
    ] {
        let shown = Schemas::new("used", &old, new).document("web", "A.graphql", text).shown(&today, 1);
        let line = format!("breaking   {removed} was removed: its sunset is over, but it is still used by web A");
        has_line(&shown, &line);
        has_line(&shown, "breaks     web A (documents/web/A.graphql)");
    }
    // What a variable holds stands nowhere: it can surprise, and does not hold the removal up for ever.
    let taken = "query A($i: I, $e: E) { b(i: $i, e: $e) }";
    let shown = Schemas::new("taken", &old, new).document("web", "A.graphql", taken).shown(&today, 0);
    has_line(&shown, "dangerous  E.Y was removed: its sunset is over, but variables of web A can still hold it");
    has_line(&shown, "dangerous  I.y was removed: its sunset is over, but variables of web A can still hold it");
}

#[test]
fn documents_break_by_what_they_use_also_where_they_stay_valid() {
    let old = "type Query { a: A! b(i: I): B } type A { x: Int! } type B { y: Int } input I { p: Int }";
    let rows = [
        ("type Query { a: A! b(i: I): B } type A { x: Int } type B { y: Int } input I { p: Int }", &["Reads"][..]),
        (
            "type Query { a: A! b(i: I): B } type A { x: Int! } type B { y: String } input I { p: Int }",
            &["Sends", "Writes"],
        ),
        (
            "type Query { a: A! b(i: I): B } type A { x: Int! } type B { y: Int } input I { p: Int q: Int! }",
            &["Sends", "Writes"],
        ),
        (
            "type Query { a: A! b(i: I): B } type A { x: Int! } type B { y: Int } input I { p: String }",
            &["Sends", "Writes"],
        ),
        (
            "type Query { a: A! b(i: I!): B } type A { x: Int! } type B { y: Int } input I { p: Int }",
            &["Sends", "Writes"],
        ),
        ("type Query { a: A! } type A { x: Int! }", &["Sends", "Writes"]),
        ("type Query { a: A! b(i: I): B } type A { x: Int! } type B { y: Int! } input I { p: Int r: Int }", &[]),
    ];
    for (new, expected) in rows {
        let schemas = Schemas::new("used", old, new)
            .document("web", "Reads.graphql", "query Reads { a { ...F } } fragment F on A { x }")
            .document("web", "Sends.graphql", "query Sends($i: I) { b(i: $i) { y } }")
            .document("ios", "manifest.json", r#"{"1": "query Writes { b(i: {p: 1}) { y } }"}"#);
        let shown = schemas.shown(&[], i32::from(!expected.is_empty()));
        let broken = shown.lines().filter_map(|line| line.strip_prefix("breaks     ")?.split(' ').nth(1));
        let mut broken: Vec<_> = broken.collect();
        broken.sort_unstable();
        assert_eq!(broken, expected, "{new}\n{shown}");
    }
}

#[test]
fn a_document_that_was_not_valid_before_is_noted_and_cannot_break() {
    let schemas = Schemas::new("unknown", ONE_FIELD, "type Query { a: Int b: Int }").document(
        "web",
        "B.graphql",
        "query B { b }",
    );
    let shown = schemas.shown(&[], 0);
    assert!(shown.contains("web/B.graphql) is not valid for the old schema: not looked at"), "{shown}");
}

#[test]
fn a_sunset_that_is_no_date_is_one_warning() {
    let text = "type Query { a: Int b: Int @deprecated(reason: \"sunset 2027-13-01\") }";
    let shown = Schemas::new("malformed", text, text).shown(&[], 0);
    let warnings: Vec<_> = shown.lines().filter(|line| line.starts_with("warning")).collect();
    let expected = "warning    Query.b has a sunset that is no date: `2027-13-01` (2027-06-30 is one)";
    assert_eq!(warnings, [expected]);
}

#[test]
fn a_sunset_that_comes_earlier_is_dangerous() {
    let shown = Schemas::new("earlier", TWO_FIELDS, &TWO_FIELDS.replace("06-30", "01-31")).shown(&[], 0);
    has_line(&shown, "dangerous  Query.legacy has its sunset on 2027-01-31, no longer on 2027-06-30");
}

#[test]
fn the_program_s_own_schema_is_compared_without_another() {
    let root = env!("CARGO_MANIFEST_DIR");
    let check = |against: &str| {
        let words = ["schema", "check", "--against", against];
        Command::new(env!("CARGO_BIN_EXE_tessera")).args(words).current_dir(root).output().unwrap()
    };
    let output = check("schema.graphql");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && shown.starts_with("0 breaking, 0 dangerous, 0 safe"), "{shown}");
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.graphql");
    let text = fs::read_to_string(format!("{root}/schema.graphql")).unwrap();
    fs::write(&old, text.replacen("\tsoldOut: Boolean!", "\tsoldOut: Boolean!\n\tcolour: String", 1)).unwrap();
    let output = check(old.to_str().unwrap());
    assert_eq!(output.status.code(), Some(1));
    has_line(
        std::str::from_utf8(&output.stdout).unwrap(),
        "breaking   Offer.colour was removed: it was not deprecated; no trusted document uses it",
    );
}

#[test]
fn what_is_wrong_is_one_sentence() {
    let schemas = Schemas::new("wrong", "query { a }", ONE_FIELD);
    let refused = |schemas: &Schemas, arguments: &[&str], word: &str| {
        let output = schemas.check(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("tessera: ") && said.lines().count() == 1 && said.contains(word), "{said}");
    };
    refused(&schemas, &[], "old.graphql: is no valid schema");
    refused(&Schemas::new("wrong", ONE_FIELD, "type Query {"), &[], "new.graphql: is no valid schema");
    refused(&Schemas::new("wrong", ONE_FIELD, ""), &[], "new.graphql: is no valid schema");
    let good = Schemas::new("right", ONE_FIELD, ONE_FIELD);
    for day in ["tomorrow", "2027-02-30", "2027-2-1"] {
        refused(&good, &["--today", day], "--today");
    }
    refused(&good.document("web", "x.json", "["), &[], "x.json: is no manifest");
    fs::remove_file(schemas.0.path().join("old.graphql")).unwrap();
    refused(&schemas, &[], "old.graphql: No such file");
}
