//! Settings: whatever is wrong with them is said at start, in one sentence that names the setting, with exit code 1.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use harness::stub::Services;
use harness::town::Sizes;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::binary::Program;

const GOOD: &str = r#"
[services]
api_key = "0123456789abcdef"
user.url = "http://127.0.0.1:1"
post.url = "http://127.0.0.1:2"
order.url = "http://127.0.0.1:3"
"#;

/// Runs the program with these words and these variables.
fn tessera(words: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
    command.args(words).envs(variables.iter().copied()).output().unwrap()
}

/// A config file of that text, named after its test.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
    std::fs::write(&path, text).unwrap();
    path
}

fn check(path: &Path, variables: &[(&str, &str)]) -> Output {
    tessera(&["config", "check", "--config", path.to_str().unwrap()], variables)
}

/// Exit code 1 and one sentence with these words in it.
fn assert_refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{words:?}: {said}");
    assert!(said.starts_with("tessera: ") && said.lines().count() == 1, "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

#[test]
fn settings_come_from_the_file_and_the_environment_wins() {
    let path = file("environment_wins", &format!("{GOOD}\n[timeouts]\ncall_ms = 2000\n"));
    let words = ["config", "print", "--config", path.to_str().unwrap()];
    let output = tessera(&words, &[("TESSERA__TIMEOUTS__CALL_MS", "1500"), ("TESSERA__AUTH__ISSUER", "me")]);
    let printed: toml::Table = String::from_utf8(output.stdout).unwrap().parse().unwrap();
    assert_eq!(printed["timeouts"]["call_ms"].as_integer(), Some(1500));
    assert_eq!(printed["auth"]["issuer"].as_str(), Some("me"));
    assert_eq!(printed["timeouts"]["request_ms"].as_integer(), Some(5000), "a default");
    assert_eq!(printed["services"]["user"]["url"].as_str(), Some("http://127.0.0.1:1"));
}

#[test]
fn the_environment_alone_is_enough() {
    let variables = [
        ("TESSERA__SERVICES__API_KEY", "0123456789abcdef"),
        ("TESSERA__SERVICES__USER__URL", "http://user:4001"),
        ("TESSERA__SERVICES__POST__URL", "http://post:4002"),
        ("TESSERA__SERVICES__ORDER__URL", "https://order"),
    ];
    let output = tessera(&["config", "check"], &variables);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_documentation_shows_every_setting_with_its_default() {
    let page = include_str!("../../docs/configuration.md");
    let block = page.split("```").find_map(|part| part.strip_prefix("toml\n")).unwrap();
    let path = file("documented", block);
    let documented: toml::Table = block.parse().unwrap();
    let services = documented["services"].clone();
    let defaults =
        file("defaults", &toml::to_string(&toml::Table::from_iter([("services".into(), services)])).unwrap());
    let printed = |path: &Path| tessera(&["config", "print", "--config", path.to_str().unwrap()], &[]).stdout;
    assert_eq!(printed(&path), printed(&defaults), "a default differs");
    let keys = |table: &toml::Table| {
        let keys = table
            .iter()
            .flat_map(|(section, keys)| keys.as_table().unwrap().keys().map(move |key| format!("{section}.{key}")));
        keys.collect::<BTreeSet<_>>()
    };
    assert_eq!(keys(&documented), keys(&String::from_utf8(printed(&defaults)).unwrap().parse().unwrap()));
}

#[test]
fn secrets_are_not_printed() {
    let path = file("secrets", GOOD);
    let output = tessera(&["config", "print", "--config", path.to_str().unwrap()], &[]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && printed.contains("api_key") && !printed.contains("0123456789abcdef"),
        "{printed}"
    );
}

#[test]
fn what_is_wrong_with_a_setting_is_said_at_start() {
    for (name, addition, words) in [
        ("unknown_section", "[cache]\nsize = 1", &["cache"][..]),
        ("unknown_key", "[timeouts]\ncall_msec = 1", &["call_msec"]),
        ("unknown_service", "[services.review]\nurl = \"http://x\"", &["review", "user, post, order"]),
        ("wrong_type", "[timeouts]\ncall_ms = \"soon\"", &["timeouts.call_ms"]),
        ("negative", "[timeouts]\ncall_ms = -1", &["timeouts.call_ms"]),
        ("no_address", "[http]\nlisten = \"localhost\"", &["http.listen"]),
        ("call_longer_than_request", "[timeouts]\ncall_ms = 6000", &["timeouts.request_ms", "timeouts.call_ms"]),
        ("connect_longer_than_call", "[timeouts]\nconnect_ms = 2000", &["timeouts.call_ms", "timeouts.connect_ms"]),
        ("no_time", "[timeouts]\nconnect_ms = 0", &["timeouts.connect_ms"]),
        ("no_body", "[http]\nmax_body_bytes = 1", &["http.max_body_bytes"]),
        ("no_tokens", "[limits]\nmax_tokens = 0", &["limits.max_tokens"]),
        ("endless_nesting", "[limits]\nmax_nesting = 100000", &["limits.max_nesting"]),
        ("deeper_than_nesting", "[limits]\nmax_depth = 49", &["limits.max_depth"]),
        ("no_cost", "[limits]\nmax_cost = 0", &["limits.max_cost"]),
        ("no_root", "[limits]\nmax_root_fields = 0", &["limits.max_root_fields"]),
        ("small_bucket", "[budgets]\ncapacity = 10", &["budgets.capacity"]),
        ("dry_bucket", "[budgets]\nper_second = 0", &["budgets.per_second"]),
        ("nothing_runs", "[http]\nmax_running = 0", &["http.max_running"]),
        ("no_connections", "[connections]\nmax = 0", &["connections.max"]),
        ("no_patience", "[connections]\nidle_ms = 0", &["connections.idle_ms"]),
        ("anybody_as_you", "[cors]\norigins = [\"*\"]\ncredentials = true", &["cors.credentials", "cors.origins"]),
        ("all_and_one", "[cors]\norigins = [\"*\", \"https://a.example.com\"]", &["cors.origins"]),
        ("origin_with_path", "[cors]\norigins = [\"https://a.example.com/\"]", &["cors.origins"]),
        ("origin_in_capitals", "[cors]\norigins = [\"https://A.example.com\"]", &["cors.origins"]),
        ("origin_with_port", "[cors]\norigins = [\"https://a.example.com:443\"]", &["cors.origins"]),
        ("origin_pattern", "[cors]\norigins = [\"https://*.example.com\"]", &["cors.origins"]),
        ("null_origin", "[cors]\norigins = [\"null\"]", &["cors.origins"]),
        ("development", "[http]\ndevelopment = true", &["development"]),
        ("no_documents", "[documents]\nsources = []", &["documents.sources", "documents.policy"]),
        ("no_unknown", "[documents]\nautomatic = true", &["documents.automatic", "documents.policy"]),
        ("no_policy", "[documents]\npolicy = \"any\"", &["documents.policy"]),
        ("public_metrics", "[metrics]\nlisten = \"0.0.0.0:4000\"", &["metrics.listen"]),
        ("stale_for_ever", "[caching]\nstale_if_error_seconds = 604801", &["caching.stale_if_error_seconds"]),
        ("no_header", "[caching]\ntag_header = \"Surrogate Key\"", &["caching.tag_header"]),
        ("taken_header", "[caching]\ntag_header = \"Vary\"", &["caching.tag_header"]),
        ("unknown_separator", "[caching]\ntag_separator = \";\"", &["caching.tag_separator"]),
        ("no_issuer", "[auth]\nissuer = \"\"", &["auth.issuer"]),
        ("log_level", "[log]\nlevel = \"=,=\"", &["log.level"]),
        ("log_format", "[log]\nformat = \"xml\"", &["log.format"]),
        ("no_toml", "api_key = \"0123456789abcdef", &["no_toml.toml", "line 8"]),
    ] {
        let output = check(&file(name, &format!("{GOOD}\n{addition}\n")), &[]);
        assert_refused(&output, words);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("0123456789abcdef"));
    }
    for (name, from, to, words) in [
        ("no_key", "api_key = \"0123456789abcdef\"", "", &["api_key"][..]),
        ("short_key", "0123456789abcdef", "short", &["services.api_key"]),
        ("key_is_a_number", "\"0123456789abcdef\"", "1234567890123456", &["services.api_key", "quotation marks"]),
        ("no_url", "http://127.0.0.1:2", "127.0.0.1:2", &["services.post.url"]),
        ("url_with_path", "http://127.0.0.1:2", "http://127.0.0.1:2/v1", &["services.post.url"]),
        ("other_scheme", "http://127.0.0.1:3", "ftp://127.0.0.1:3", &["services.order.url"]),
        ("no_host", "http://127.0.0.1:3", "http://:3", &["services.order.url"]),
        ("no_such_port", "http://127.0.0.1:3", "http://127.0.0.1:99999", &["services.order.url"]),
        (
            "no_service",
            "order.url = \"http://127.0.0.1:3\"",
            "",
            &["services.order.url", "TESSERA__SERVICES__ORDER__URL"],
        ),
        ("text_for_a_section", "order.url", "order", &["services.order: must be a section"]),
    ] {
        let output = check(&file(name, &GOOD.replace(from, to)), &[]);
        assert_refused(&output, words);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("123456789"));
    }
    let path = file("environment", GOOD);
    assert_refused(&check(&path, &[("TESSERA__LIMITS__MAX_FEELDS", "1")]), &["max_feelds"]);
    assert_refused(&check(&path, &[("TESSERA__TIMEOUTS__CALL_MS", "soon")]), &["timeouts.call_ms"]);
    for key in ["0123456789abcde ", " 123456789abcdef", "0123456789abcde\t"] {
        let spaced = check(&path, &[("TESSERA__SERVICES__API_KEY", key)]);
        assert_refused(&spaced, &["services.api_key", "visible ASCII"]);
    }
}

/// Texts that a reader of values would take for something else, or trim.
const TEXTS: [&str; 14] = [
    "1234567890123456",
    "0012345678901234",
    "1.50",
    "-1",
    "1e5",
    "true",
    "null",
    "[a]",
    "{a = 1}",
    "\"quoted\"",
    "'quoted'",
    " spaced ",
    "a,b",
    "#a=b",
];

#[test]
fn a_text_setting_from_the_environment_is_its_value_byte_for_byte() {
    let path = file("text_settings", GOOD);
    let words = ["config", "print", "--config", path.to_str().unwrap()];
    for text in TEXTS {
        let output = tessera(&words, &[("TESSERA__AUTH__ISSUER", text), ("TESSERA__AUTH__AUDIENCE", text)]);
        assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
        let printed: toml::Table = String::from_utf8(output.stdout).unwrap().parse().unwrap();
        let auth = ["issuer", "audience"].map(|name| printed["auth"][name].as_str());
        assert_eq!(auth, [Some(text), Some(text)]);
    }
    // Numbers, switches and lists are still read as such.
    let variables = [
        ("TESSERA__TIMEOUTS__CALL_MS", "1500"),
        ("TESSERA__CORS__CREDENTIALS", "true"),
        ("TESSERA__CORS__ORIGINS", "[\"https://a.example\", \"https://b.example\"]"),
        ("TESSERA__DOCUMENTS__AUTOMATIC", "false"),
        ("TESSERA__METRICS__LISTEN", "127.0.0.1:9"),
    ];
    let output = tessera(&words, &variables);
    let printed: toml::Table = String::from_utf8(output.stdout).unwrap().parse().unwrap();
    assert_eq!(printed["timeouts"]["call_ms"].as_integer(), Some(1500));
    assert_eq!(printed["cors"]["origins"].as_array().unwrap().len(), 2);
    assert_eq!(printed["documents"]["automatic"].as_bool(), Some(false));
    assert_eq!(printed["metrics"]["listen"].as_str(), Some("127.0.0.1:9"));
}

#[tokio::test]
async fn an_api_key_from_the_environment_reaches_the_services_as_it_is() {
    for key in ["1234567890123456", "\"123456789abcdef\"", "[1234567890abcd]"] {
        let services = Services::start(Sizes::default()).await;
        let program = Program::serve(&services, &[("TESSERA__SERVICES__API_KEY", key)]).await;
        program.client().run("{ users(first: 1) { nodes { id } } }").await.data();
        assert_eq!(services.calls_of("GET /v1/users")[0].header("x-api-key"), Some(key));
    }
}

#[tokio::test]
async fn the_default_folder_of_documents_may_be_missing_where_other_documents_are_executed() {
    let empty = tempfile::tempdir().unwrap();
    let elsewhere = empty.path().join("elsewhere").to_str().unwrap().to_owned();
    for (policy, sources, starts) in [
        ("allow_any", None, true),
        ("log_unknown", None, true),
        ("id_only", None, false),
        ("trusted_only", None, false),
        ("allow_any", Some(elsewhere.as_str()), false),
    ] {
        let mut config = format!("{GOOD}\n[http]\nlisten = \"127.0.0.1:0\"\n[documents]\npolicy = \"{policy}\"\n");
        config += &sources.map(|folder| format!("sources = [{folder:?}]\n")).unwrap_or_default();
        let path = file(&format!("missing_folder_{policy}_{}", sources.is_some()), &config);
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_tessera"));
        command.args(["serve", "--config", path.to_str().unwrap()]).current_dir(&empty).kill_on_drop(true);
        let mut program = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(program.stderr.take().unwrap()).lines();
        let line = said.next_line().await.unwrap().unwrap();
        assert_eq!(line.contains("\"listening\""), starts, "{policy} {sources:?}: {line}");
        assert!(starts || line.contains("persisted-queries") || line.contains("elsewhere"), "{line}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let output = tessera(&["serve", "--config", "no/such/file.toml"], &[]);
    assert_refused(&output, &["no/such/file.toml"]);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let path = file("port_in_use", GOOD);
    let words = ["serve", "--config", path.to_str().unwrap()];
    assert_refused(&tessera(&words, &[("TESSERA__HTTP__LISTEN", &address)]), &["http.listen", &address, "in use"]);
}
