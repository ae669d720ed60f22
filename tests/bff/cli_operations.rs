//! `tessera operations`: trusted documents looked at and written down as a manifest before anything is deployed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use tessera::graphql::Schema;
use tessera::operations::Limits;
use tessera::operations::documents::{Documents, Policy, sha256};

fn tessera(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tessera")).arg("operations").args(words).current_dir(folder).output().unwrap()
}

/// A folder with these files in `persisted-queries`.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join("persisted-queries").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What `check` prints for these files, if the exit code is that one.
fn checked(files: &[(&str, &str)], code: i32) -> String {
    let output = tessera(folder(files).path(), &["check"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(code), "{shown}{}", String::from_utf8_lossy(&output.stderr));
    shown
}

fn manifest(folder: &Path, words: &[&str]) -> Value {
    let output = tessera(folder, &[&["manifest"], words].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("tessera: ") && said.lines().count() == 1, "{said}");
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

#[test]
fn the_documents_of_the_repository_are_good() {
    let output = tessera(Path::new(env!("CARGO_MANIFEST_DIR")), &["check"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{shown}");
    let expected = "mobile CompactFeed  persisted-queries/mobile/CompactFeed.graphql
  cost    1312 at worst, 142 by default, of 2000 allowed
  depth   4 of 12 allowed
  calls   post 1, user 1 at most
  cache   public, 60 s
";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(shown.contains("cache   not cacheable: User.viewerFollows (private)"), "{shown}");
    assert!(shown.contains("cache   not cacheable: a mutation"), "{shown}");
    assert!(shown.contains("cache   not cacheable: a subscription"), "{shown}");
    assert!(shown.contains("9 of 9 documents are good"), "{shown}");
}

#[test]
fn each_document_that_is_no_good_is_named_with_its_reason() {
    let shown = checked(
        &[
            ("web/broken.graphql", "query A {"),
            ("web/good.graphql", "query Good { viewer { id } }"),
            ("web/unknown.graphql", "query B {\n  nothing\n}"),
            ("web/two.graphql", "query C { viewer { id } } query D { viewer { id } }"),
            ("web/manifest.json", "{\"sha256:abc\": \"query E { viewer { id } }\"}"),
        ],
        1,
    );
    for (file, reason) in [
        ("broken.graphql", "GRAPHQL_PARSE_FAILED"),
        ("unknown.graphql", "(line 2, column 3)"),
        ("two.graphql", "several operations"),
        ("manifest.json", "is not the SHA-256 of its document"),
    ] {
        let line = shown.lines().skip_while(|line| !line.ends_with(file)).nth(1).unwrap();
        assert!(line.starts_with("  error   ") && line.contains(reason), "{line}");
    }
    assert!(shown.contains("1 of 5 documents are good, 0 of them with a warning"), "{shown}");
}

#[test]
fn a_limit_passed_at_worst_is_a_warning_and_by_default_an_error() {
    let posts = |first: &str| {
        format!(
            "query A{first} {{ posts(first: $n) {{ nodes {{ author {{ posts(first: 9) {{ nodes {{ id }} }} }} }} }} }}"
        )
    };
    let warned = checked(&[("web/A.graphql", &posts("($n: Int! = 2)"))], 0);
    // A call and a connection; of each post itself, its author, a connection, nine posts.
    let each = 1 + 11 + 11 + 9;
    assert!(
        warned.contains(&format!("cost    {} at worst, {} by default", 11 + 100 * each, 11 + 2 * each)),
        "{warned}"
    );
    assert!(warned.contains("warning at its worst: QUERY_TOO_COSTLY: The operation may cost 3211"), "{warned}");
    let required = checked(&[("web/A.graphql", &posts("($n: Int!)"))], 0);
    assert!(required.contains(&format!("at worst, {} by default", 11 + each)), "{required}");
    let refused = checked(&[("web/A.graphql", &posts("($n: Int! = 90)"))], 1);
    assert!(refused.contains("error   with default values: QUERY_TOO_COSTLY"), "{refused}");
}

#[test]
fn ids_in_a_variable_are_a_hundred_at_worst_and_each_condition_is_looked_at() {
    let nodes = "query A($ids: [ID!]!, $with: Boolean! = false) {
        nodes(ids: $ids) { id ... on Post @include(if: $with) { author { id } } }
    }";
    let shown = checked(&[("web/A.graphql", nodes)], 0);
    // The field; of a hundred posts each itself, a call and its author.
    let (worst, usual) = (10 + 100 * (1 + 10 + 1), 10 + 1);
    assert!(shown.contains(&format!("cost    {worst} at worst, {usual} by default")), "{shown}");
    let deep = "query A($deep: Boolean!) { viewer { id ...F @include(if: $deep) } }
        fragment F on User { posts { nodes { author { posts { nodes { author { posts { nodes { author { posts { nodes { id } } } } } } } } } } } }";
    let shown = checked(&[("web/A.graphql", deep)], 0);
    assert!(shown.contains("warning at its worst: QUERY_TOO_DEEP"), "{shown}");
}

#[test]
fn calls_are_counted_for_the_keys_that_there_can_be() {
    let shown = checked(
        &[(
            "web/A.graphql",
            "query A($n: Int! = 1) { posts(first: $n) { nodes { comments(first: 3) { nodes { author { id } } } } } }",
        )],
        0,
    );
    // 300 authors in three calls; the posts in one, their comments in one.
    assert!(shown.contains("calls   post 2, user 3 at most"), "{shown}");
}

#[test]
fn other_limits_come_from_a_config_file() {
    let folder = folder(&[("web/A.graphql", "query A { viewer { id } }")]);
    let settings =
        "[limits]\nmax_cost = 5\n[services]\napi_key = \"0123456789abcdef\"\nuser.url = \"http://127.0.0.1:1\"
post.url = \"http://127.0.0.1:2\"\norder.url = \"http://127.0.0.1:3\"\n[budgets]\ncapacity = 100\n";
    fs::write(folder.path().join("tessera.toml"), settings).unwrap();
    let output = tessera(folder.path(), &["check", "--config", "tessera.toml"]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("may cost 11; at most 5 is allowed"), "{shown}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test]
async fn the_ids_of_a_manifest_are_trusted_where_the_same_files_are_loaded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = manifest(root, &[]);
    assert_eq!(manifest["format"], "apollo-persisted-query-manifest");
    assert_eq!(manifest["version"], 1);
    let operations = tessera::server::operations(&Schema::new(), Limits::default()).unwrap();
    let documents = Documents::new(Policy::IdOnly, vec![root.join("persisted-queries")], None, &operations).unwrap();
    let trusted = documents.trusted();
    let listed = manifest["operations"].as_array().unwrap();
    let names: Vec<_> = listed.iter().map(|it| it["name"].as_str().unwrap()).collect();
    let queries = ["CompactFeed", "HomeFeed", "MyOrders", "PostPage", "Profile"];
    let subscriptions = ["NewComments", "NewPosts", "OrderUpdates"];
    let mut expected = [&["Checkout"], &queries[..], &subscriptions[..]].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for operation in listed {
        let (id, body) = (operation["id"].as_str().unwrap(), operation["body"].as_str().unwrap());
        assert_eq!(id, sha256(body));
        assert_eq!(&*trusted.by_id(id).unwrap().text, body);
        let name = operation["name"].as_str().unwrap();
        let kind = match name {
            "Checkout" => "mutation",
            _ if subscriptions.contains(&name) => "subscription",
            _ => "query",
        };
        assert_eq!(operation["type"], kind);
    }
}

#[test]
fn a_manifest_is_the_same_each_time_and_that_of_one_client_where_asked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = || tessera(root, &["manifest"]).stdout;
    assert_eq!(text(), text());
    let mobile = manifest(root, &["--client", "mobile"]);
    assert_eq!(mobile["operations"].as_array().unwrap().len(), 1);
    assert_eq!(mobile["operations"][0]["name"], "CompactFeed");
}

#[test]
fn a_manifest_read_again_is_the_same_manifest() {
    let folder = folder(&[]);
    let written = tessera(Path::new(env!("CARGO_MANIFEST_DIR")), &["manifest"]).stdout;
    fs::write(folder.path().join("web.json"), &written).unwrap();
    assert_eq!(tessera(folder.path(), &["manifest", "--sources", "web.json"]).stdout, written);
}

#[cfg(feature = "client-tests")]
#[test]
fn bodies_are_those_that_apollo_client_sends() {
    let shapes = [
        "{ viewer { id } }",
        "query A($n: Int! = 3, $ids: [ID!]!) { p: posts(first: $n) { ...F nodes { id } } nodes(ids: $ids) { ... on User { id } ... { id } } } fragment F on PostConnection { nodes { __typename title } }",
        "query B($n: Int!, $cursor: Cursor, $tag: String = \"a \\\"b\\\"\") { posts(first: $n, after: $cursor, filter: {tag: $tag, forSale: true}, orderBy: NEWEST) { nodes { title @skip(if: false) } } }",
        "mutation C { likePost(input: {postId: \"pst_1\"}) { post { id } } }",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts: Vec<String> = shapes.map(str::to_owned).into();
    let web = ["HomeFeed", "Checkout", "MyOrders", "PostPage", "Profile", "NewPosts", "NewComments", "OrderUpdates"];
    for name in web.map(|name| format!("web/{name}")).iter().map(String::as_str).chain(["mobile/CompactFeed"]) {
        texts.push(fs::read_to_string(root.join(format!("persisted-queries/{name}.graphql"))).unwrap());
    }
    let lines = texts.iter().map(|text| serde_json::to_string(text).unwrap() + "\n").collect();
    let sent = crate::schema_changes::run("printed.mjs", lines);
    for (text, sent) in texts.iter().zip(sent.lines()) {
        let text = if text.starts_with('{') { format!("query Named {text}") } else { text.clone() };
        let sent = serde_json::from_str::<String>(sent).unwrap();
        let sent = if sent.starts_with('{') { format!("query Named {sent}") } else { sent };
        let folder = folder(&[("web/A.graphql", &text)]);
        assert_eq!(manifest(folder.path(), &[])["operations"][0]["body"], sent);
    }
}

#[test]
fn what_is_wrong_is_one_sentence() {
    let nowhere = folder(&[]);
    refused(&tessera(nowhere.path(), &["check"]), &["persisted-queries", "No such file"]);
    refused(&tessera(nowhere.path(), &["manifest", "--sources", "a.graphql"]), &["a.graphql", "No such file"]);
    let broken = folder(&[("web/A.graphql", "not GraphQL")]);
    refused(&tessera(broken.path(), &["manifest"]), &["A.graphql", "GRAPHQL_PARSE_FAILED"]);
    let anonymous = folder(&[("web/A.graphql", "{ viewer { id } }")]);
    refused(&tessera(anonymous.path(), &["manifest"]), &["A.graphql", "no name"]);
    refused(&tessera(anonymous.path(), &["manifest", "--client", "ios"]), &["ios", "web"]);
    let same =
        folder(&[("web/A.graphql", "query A { viewer { id } }"), ("ios/A.graphql", "query A { viewer { name } }")]);
    refused(&tessera(same.path(), &["manifest"]), &["is named `A` too", "--client"]);
    assert_eq!(manifest(same.path(), &["--client", "web"])["operations"].as_array().unwrap().len(), 1);
}
