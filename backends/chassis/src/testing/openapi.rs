//! Checks responses against the service's OpenAPI description. In: `/openapi.json` and the responses of a test. Out: a panic
//! for a response that differs from its description; at the end, the described responses that the test has not received.

use std::collections::BTreeSet;

use http::header;
use parking_lot::Mutex;
use serde_json::{Value as Json, json};

use super::Reply;

/// A service's description, and the described responses that were received.
///
/// ```ignore
/// let description = Description::new(town.get("/openapi.json").await.json);
/// let reply = town.get("/v1/users?first=1").await;
/// description.check(&reply);
/// assert_eq!(description.unseen(), [""; 0]);
/// ```
pub struct Description {
    document: Json,
    seen: Mutex<BTreeSet<String>>,
}

impl Description {
    /// A description from the document at `/openapi.json`.
    pub fn new(mut document: Json) -> Self {
        close_objects(&mut document);
        Self { document, seen: Mutex::default() }
    }

    /// Checks a response: its route and status are described, the described headers are
    /// present, the body is of the described media type and schema and has no member that is not described.
    ///
    /// # Panics
    /// The response differs from its description.
    #[expect(
        clippy::panic,
        clippy::unwrap_used,
        reason = "a response that differs from its description fails the test"
    )]
    pub fn check(&self, reply: &Reply) {
        let Reply { method, path, status, headers, json: body } = reply;
        let Some(route) = self.route(path) else { panic!("{path} is not described") };
        let what = format!("{method} {route} {status}");
        let operation = &self.document["paths"][route][method.to_lowercase()];
        let answer = &operation["responses"][status.to_string()];
        assert!(answer.is_object(), "{what} is not described, and answers {body}");
        for name in answer["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(headers.contains_key(name), "{what}: the header {name} is described but was not sent");
        }
        let media_type = headers.get(header::CONTENT_TYPE).map_or("", |value| value.to_str().unwrap());
        match answer["content"].as_object() {
            None => assert!(body.is_null() && media_type.is_empty(), "{what}: described without a body, sent {body}"),
            Some(content) => match content.get(media_type) {
                None => panic!("{what}: a body of media type {media_type:?} is not described"),
                Some(described) => self.check_body(&what, &described["schema"], body),
            },
        }
        self.seen.lock().insert(what);
    }

    /// The described responses that were never checked, as `METHOD /path/{parameter} status`. Not those of the feed, which
    /// is the same in all services and tested with the chassis.
    pub fn unseen(&self) -> Vec<String> {
        let seen = self.seen.lock();
        let paths = self.document["paths"].as_object().into_iter().flatten();
        let paths = paths.filter(|(path, _)| *path != "/v1/events");
        let operations = paths.flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
        });
        let answers = operations.flat_map(|(path, method, operation)| {
            let statuses = operation["responses"].as_object().into_iter().flatten().map(|(status, _)| status);
            // `default` stands for the errors of all routes.
            let statuses = statuses.filter(|status| *status != "default");
            statuses.map(move |status| format!("{} {path} {status}", method.to_uppercase()))
        });
        answers.filter(|answer| !seen.contains(answer)).collect()
    }

    /// The described path that matches `path`; one without parameters is preferred.
    fn route(&self, path: &str) -> Option<&str> {
        let parameters = |template: &str| template.matches('{').count();
        let fits = |template: &str| {
            template.split('/').count() == path.split('/').count()
                && template.split('/').zip(path.split('/')).all(|(part, given)| part.starts_with('{') || part == given)
        };
        let templates = self.document["paths"].as_object()?.keys().map(String::as_str);
        templates.filter(|template| fits(template)).min_by_key(|template| parameters(template))
    }

    #[expect(clippy::panic, reason = "a response that differs from its description fails the test")]
    fn check_body(&self, what: &str, schema: &Json, body: &Json) {
        // References are `#/components/schemas/…`, so the components are part of the schema's document.
        let schema = if schema.is_null() { &Json::Bool(true) } else { schema };
        let whole = json!({"components": self.document["components"], "allOf": [schema]});
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .unwrap_or_else(|error| panic!("{what}: the described schema is no JSON schema: {error}"));
        let wrong: Vec<String> =
            validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{what}: not as described: {}\n{body}", wrong.join("; "));
    }
}

/// Closes all objects, so that members that are not described fail the check.
pub(super) fn close_objects(schema: &mut Json) {
    if let Json::Array(entries) = schema {
        entries.iter_mut().for_each(close_objects);
    }
    let Json::Object(members) = schema else { return };
    for (name, member) in members.iter_mut() {
        // The schemas of an `allOf` each describe some members of one object.
        if name != "allOf" {
            close_objects(member);
        }
    }
    if members.contains_key("properties") && !members.contains_key("additionalProperties") {
        members.insert("additionalProperties".to_owned(), Json::Bool(false));
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use http::{HeaderMap, HeaderValue};

    use super::*;

    fn description() -> Description {
        let note = json!({"type": "object", "required": ["id"], "properties":
            {"id": {"type": "string", "pattern": "^n[0-9]$"}, "at": {"type": "string", "format": "date-time"}}});
        let body = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}});
        Description::new(json!({"components": {"schemas": {"Note": note}}, "paths": {
            "/notes/{id}": {
                "get": {"responses": {"200": {"content": body, "headers": {"etag": {}}}, "default": {}}},
                "delete": {"responses": {"204": {}, "404": {}}},
            },
            "/notes/all": {"get": {"responses": {"200": {"content": {"application/json": {}}}}}},
        }}))
    }

    fn headers(names: &[(&'static str, &'static str)]) -> HeaderMap {
        names.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    /// A reply of that method, path and status.
    fn reply(line: &str, headers: HeaderMap, json: Json) -> Reply {
        let mut words = line.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        Reply { method, path, status: words.next().unwrap().parse().unwrap(), headers, json }
    }

    #[test]
    fn described_responses_pass_and_missing_ones_are_listed() {
        let description = description();
        let sent = headers(&[("content-type", "application/json"), ("etag", "\"v1\"")]);
        description.check(&reply("GET /notes/n1 200", sent.clone(), json!({"id": "n1"})));
        description.check(&reply("GET /notes/all 200", sent, json!([])));
        description.check(&reply("DELETE /notes/n1 204", headers(&[]), Json::Null));
        assert_eq!(description.unseen(), ["DELETE /notes/{id} 404"]);
    }

    #[test]
    fn responses_that_differ_from_the_description_fail() {
        let description = description();
        let good = headers(&[("content-type", "application/json"), ("etag", "\"v1\"")]);
        let no_etag = headers(&[("content-type", "application/json")]);
        let text = headers(&[("content-type", "text/plain"), ("etag", "")]);
        for (what, line, sent, body) in [
            ("a path", "GET /other 200", good.clone(), json!({"id": "n1"})),
            ("a method", "PUT /notes/n1 200", good.clone(), json!({"id": "n1"})),
            ("a status", "GET /notes/n1 404", good.clone(), json!({"id": "n1"})),
            ("a missing header", "GET /notes/n1 200", no_etag, json!({"id": "n1"})),
            ("a media type", "GET /notes/n1 200", text, json!({"id": "n1"})),
            ("a body", "DELETE /notes/n1 204", good.clone(), json!({"id": "n1"})),
            ("a missing member", "GET /notes/n1 200", good.clone(), json!({})),
            ("a value", "GET /notes/n1 200", good.clone(), json!({"id": "m1"})),
            ("a format", "GET /notes/n1 200", good.clone(), json!({"id": "n1", "at": "today"})),
            ("one more member", "GET /notes/n1 200", good.clone(), json!({"id": "n1", "more": 1})),
        ] {
            let checked = AssertUnwindSafe(|| description.check(&reply(line, sent, body)));
            assert!(catch_unwind(checked).is_err(), "{what}");
        }
        assert_eq!(description.unseen().len(), 4);
    }
}
