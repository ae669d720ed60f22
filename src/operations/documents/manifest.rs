//! Manifests that client tools write. In: the text of a JSON file. Out: ids with their documents' texts, or a problem.
//! Apollo: `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}]}`; Relay and
//! GraphQL Code Generator: `{"<id>": "<text>"}`.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

/// The `format` of Apollo's manifests.
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
    let Members(members) = serde_json::from_str(text).map_err(|error| format!("is no manifest: {}", brief(error)))?;
    let format = members.iter().find(|(name, _)| name == "format");
    match format {
        Some((_, format)) if *format == APOLLO_FORMAT => apollo(text),
        Some((_, format)) => Err(format!("has the format {}, which is unknown", brief(format))),
        None => relay(members),
    }
}

fn relay(members: Vec<(String, Value)>) -> Result<Vec<(String, String)>, String> {
    let mut ids = HashSet::new();
    let twice = members.iter().find(|(id, _)| !ids.insert(id.as_str()));
    match twice {
        Some((id, _)) => Err(format!("has the id `{}` twice", brief(id))),
        None => {
            let pairs = members.into_iter().map(|(id, text)| match text {
                Value::String(text) => Ok((id, text)),
                _ => Err(format!("has no text under the id `{}`", brief(id))),
            });
            pairs.collect()
        }
    }
}

/// The members of an object as they stand there, also those of one name.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = object.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        reader.deserialize_map(Read)
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

/// The first 60 characters of a text, in one line.
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
            (r#"{"1": "{ a }", "1": "{ b }"}"#, "has the id `1` twice"),
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
