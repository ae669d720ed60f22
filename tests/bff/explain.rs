//! `tessera explain`: what an operation will take, said without running it, in any process that has the program.

use std::path::PathBuf;
use std::process::{Command, Output};

fn explain(name: &str, document: &str, arguments: &[&str]) -> Output {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{name}.graphql"));
    std::fs::write(&file, document).unwrap();
    Command::new(env!("CARGO_BIN_EXE_tessera")).arg("explain").arg(&file).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn cost_depth_audience_and_waves_are_printed() {
    let document = "query Feed($n: Int!) { posts(first: $n) { nodes { title author { handle } } } }";
    let output = explain("feed", document, &["--variables", r#"{"n": 2}"#]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = "query Feed
cost    35 at most, of 2000 allowed
depth   4 of 12 allowed
answer  public: nothing in it depends on the viewer
cache   public, 60 s
wave 1
  post /v1/posts: posts
wave 2
  user /v1/users, one call per 100 keys: posts.nodes.author
";
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn what_depends_on_the_viewer_and_what_costs_too_much_is_named() {
    let output = explain(
        "mine",
        "{ viewer { email } posts(first: 100) { nodes { comments(first: 100) { nodes { id } } } } }",
        &[],
    );
    let shown = text(&output.stdout);
    assert!(shown.contains("answer  the viewer's: Query.viewer (VIEWER), User.email (SELF_OR_ADMIN)"), "{shown}");
    assert!(shown.contains("cache   not cacheable: Query.viewer (private)"), "{shown}");
    assert!(shown.contains("of 2000 allowed: refused"), "{shown}");
}

#[test]
fn a_response_with_a_null_where_a_value_is_needed_is_not_cacheable() {
    let document = "query($n: Int) { posts(first: $n) { nodes { title } } users(first: 1) { nodes { handle } } }";
    let output = explain("null", document, &["--variables", r#"{"n": null}"#]);
    let shown = text(&output.stdout);
    assert!(shown.contains("cache   not cacheable: a variable is null where a value is needed"), "{shown}");
}

#[test]
fn what_is_wrong_is_one_sentence() {
    let refused = |output: &Output| {
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr).to_owned()
    };
    let unknown = refused(&explain("unknown", "{ nothing }", &[]));
    assert!(unknown.contains("GRAPHQL_VALIDATION_FAILED") && unknown.lines().count() == 1, "{unknown}");
    let missing = Command::new(env!("CARGO_BIN_EXE_tessera")).args(["explain", "/nowhere.graphql"]).output().unwrap();
    assert!(refused(&missing).contains("/nowhere.graphql"));
    let variables = explain("variables", "{ __typename }", &["--variables", "[1]"]);
    assert!(text(&variables.stderr).contains("not a JSON object"), "{}", text(&variables.stderr));
}
