//! Documents stay true: each path and each command in backticks or in a code block of a document exists.

use std::{collections::BTreeSet, process::Command};

use crate::files::{all, text};

/// A word with a slash is a path if it ends with one of these.
const ENDINGS: [&str; 12] =
    ["/", ".rs", ".md", ".toml", ".graphql", ".sql", ".conf", ".vcl", ".json", ".js", ".mjs", ".yaml"];

/// Programs of the workspace whose verbs are checked against their own help.
const PROGRAM: &str = "tessera";

fn documents(files: &BTreeSet<String>) -> Vec<&String> {
    // The changelog speaks of earlier versions.
    files.iter().filter(|path| path.ends_with(".md") && *path != "CHANGELOG.md").collect()
}

/// The texts between backticks of a line, and whole lines of code blocks.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            block = !block;
        } else if block {
            found.push(line.split("  #").next().unwrap_or(line).trim().to_owned());
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// Whether a file or folder has this path, counted from the root or from any folder; `*` and `<name>` are any name.
fn exists(path: &str, files: &BTreeSet<String>) -> bool {
    let wanted: Vec<&str> = path.split('/').collect();
    let is_any = |part: &str| part == "*" || part.contains('<');
    files.iter().any(|file| {
        let parts: Vec<&str> = file.split('/').collect();
        parts.len() >= wanted.len()
            && parts[parts.len() - wanted.len()..].iter().zip(&wanted).all(|(part, wanted)| {
                is_any(wanted) || part == wanted || (wanted.starts_with('*') && part.ends_with(&wanted[1..]))
            })
    })
}

#[test]
fn every_path_that_a_document_names_exists() {
    let files = all();
    let mut missing = Vec::new();
    for document in documents(&files) {
        for code in code(&text(document)) {
            let words = code.split_whitespace().map(|word| word.trim_matches(|c| ",;()'\"".contains(c)));
            for word in words {
                let is_path = word.contains('/') && ENDINGS.iter().any(|ending| word.ends_with(ending));
                let is_ours = !word.contains("://") && !word.starts_with(['/', '-', '.', '@']) && !word.contains("…");
                if is_path && is_ours && !word.contains(['{', '=', '$', ':']) && !exists(word, &files) {
                    missing.push(format!("{document}: {word}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "named, but not there:\n{}", missing.join("\n"));
}

#[test]
fn every_command_that_a_document_names_exists() {
    let files = all();
    let manifests: String = files.iter().filter(|path| path.ends_with("Cargo.toml")).map(|path| text(path)).collect();
    let mut missing = Vec::new();
    for document in documents(&files) {
        for code in code(&text(document)) {
            let words: Vec<&str> = code.split_whitespace().collect();
            for pair in words.windows(2) {
                let target = match pair[0] {
                    "--bench" | "--test" | "--bin" | "-p" => pair[1],
                    _ => continue,
                };
                if !manifests.contains(&format!("name = \"{target}\"")) && !target.starts_with(['N', '*', '…']) {
                    missing.push(format!("{document}: {} {target}", pair[0]));
                }
            }
            if words.first().is_some_and(|word| word.starts_with("scripts/") && !files.contains(*word)) {
                missing.push(format!("{document}: {}", words[0]));
            }
            if words.first() == Some(&PROGRAM) {
                let verbs = words[1..]
                    .iter()
                    .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || "|-".contains(c)));
                let verbs: Vec<&str> = verbs.copied().take_while(|word| !word.starts_with('-')).take(2).collect();
                if !is_a_verb(&verbs) {
                    missing.push(format!("{document}: {PROGRAM} {}", verbs.join(" ")));
                }
            }
        }
    }
    assert!(missing.is_empty(), "named, but not there:\n{}", missing.join("\n"));
}

/// Whether the program has help for these verbs; `check|print` names two.
fn is_a_verb(verbs: &[&str]) -> bool {
    let last = verbs.last().copied().unwrap_or_default();
    last.split('|').all(|last| {
        let before = &verbs[..verbs.len().saturating_sub(1)];
        let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
        command.args(before).args((!last.is_empty()).then_some(last)).arg("--help");
        command.output().unwrap().status.success()
    })
}

#[test]
fn a_path_or_a_verb_that_is_not_there_is_noticed() {
    let files = all();
    assert!(exists("tests/house/documents.rs", &files) && exists("house/*.rs", &files) && exists("docs/", &files));
    assert!(!exists("tests/house/nothing.rs", &files) && !exists("ests/house/documents.rs", &files));
    assert!(
        is_a_verb(&["config", "check|print"]) && !is_a_verb(&["config", "check|nothing"]) && !is_a_verb(&["nothing"])
    );
    assert_eq!(code("a `b c` d\n```\ne f  # g\n```\n"), ["b c", "e f"]);
}
