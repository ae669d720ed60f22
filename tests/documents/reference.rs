//! graphql-js, asked about many documents in one run of Node.
//!
//! In: a schema file and questions. Out: its answers in the same order, or one sentence on how to get it installed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A document to be judged, and its flattened form to be run beside it.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The text as a client would send it.
    pub document: String,
    /// Which operation, where there are several.
    pub operation_name: Option<String>,
    /// The variables as a client would send them.
    pub variables: Map<String, Value>,
    /// The text as flattened, if both are to be run.
    pub flattened: Option<String>,
    /// The coerced variables for it.
    pub flattened_variables: Map<String, Value>,
}

/// What graphql-js says of a document.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// `syntax`, `invalid` or `valid`.
    pub verdict: String,
    /// Its messages, for documents that are not valid.
    pub errors: Vec<String>,
    /// The coerced variables, if they could be coerced.
    pub variables: Option<Map<String, Value>>,
    /// Why they could not.
    pub variable_errors: Option<Vec<String>>,
    /// The answer to the text as sent; none for subscriptions.
    pub sent: Option<Ran>,
    /// The answer to the text as flattened.
    pub flattened: Option<Ran>,
}

/// An answer over the mock data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Ran {
    /// `data` as JSON text, so that the order of keys is compared too.
    pub data: String,
    /// Paths of errors, in their order.
    pub errors: Vec<Vec<Value>>,
}

/// Asks all questions over one schema.
pub fn ask(schema: &Path, questions: &[Question]) -> Vec<Answer> {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let installed = clients.join("node_modules/graphql/package.json");
    assert!(installed.exists(), "graphql-js is not installed: run `scripts/test`, which installs it with `npm ci`");
    let script: PathBuf = clients.join("reference.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .arg(schema)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("Node.js cannot be started ({error}): run `scripts/test`, which says what to install")
        });
    let mut stdin = node.stdin.take().unwrap();
    let lines: Vec<_> = questions.iter().map(|question| serde_json::to_string(question).unwrap()).collect();
    let writer = std::thread::spawn(move || {
        for line in lines {
            writeln!(stdin, "{line}").unwrap();
        }
    });
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "graphql-js ended with {}", output.status);
    let answers: Vec<_> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), questions.len());
    answers
}
