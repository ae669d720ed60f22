//! Manifests that client tools write. In: the text of a JSON file. Out: ids with their documents' texts, or what is wrong.
//! Apollo: `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}]}`; Relay and
//! GraphQL Code Generator: `{"<id>": "<text>"}`.

use serde::Deserialize;
use serde_json::{Map, Value};

/// What Apollo's manifests say of themselves.
pub const APOLLO_FORMAT: &str = "apollo-persisted-query-manifest";

#[derive(Deserialize)]
struct Apollo {
    version: u32,
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

/// Ids and texts, in the order of the file.
///
/// # Errors
/// The end of a sentence that begins with the file's name.
pub fn read(text: &str) -> Result<Vec<(String, String)>, String> {
    let manifest: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("is no manifest: {}", brief(error)))?;
    match manifest.get("format") {
        Some(format) if format == APOLLO_FORMAT => apollo(text),
        Some(format) => Err(format!("has the format {}, which is unknown", brief(format))),
        None => manifest.into_iter().map(pair).collect(),
    }
}

fn apollo(text: &str) -> Result<Vec<(String, String)>, String> {
    let manifest: Apollo =
        serde_json::from_str(text).map_err(|error| format!("is no manifest of Apollo's: {}", brief(error)))?;
    if manifest.version != 1 {
        return Err(format!("has version {} of Apollo's format; known is 1", manifest.version));
    }
    Ok(manifest.operations.into_iter().map(|operation| (operation.id, operation.body)).collect())
}

fn pair((id, text): (String, Value)) -> Result<(String, String), String> {
    match text {
        Value::String(text) => Ok((id, text)),
        _ => Err(format!("has no text under the id `{}`", brief(id))),
    }
}

/// The beginning of what a file says, in one line.
fn brief(text: impl ToString) -> String {
    let line = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.to_string().chars().take(60).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn three_formats_are_read() {
        let apollo = r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations":
            [{"id": "1", "name": "A", "type": "query", "body": "query A { a }"}]}"#;
        assert_eq!(read(apollo), Ok(pairs(&[("1", "query A { a }")])));
        assert_eq!(read(r#"{"1": "{ a }", "2": "{ b }"}"#), Ok(pairs(&[("1", "{ a }"), ("2", "{ b }")])));
        assert_eq!(read("{}"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, problem) in [
            ("", "is no manifest"),
            ("[]", "is no manifest"),
            (r#"{"1": 2}"#, "has no text under the id `1`"),
            (r#"{"format": "other", "operations": []}"#, "unknown"),
            (r#"{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}"#, "version 2"),
            (r#"{"format": "apollo-persisted-query-manifest", "version": 1}"#, "operations"),
            (r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "1"}]}"#, "body"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(problem), "{text}: {said}");
        }
    }
}
