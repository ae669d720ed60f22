//! A client of the BFF that hides nothing: status, headers, and the body as it came.

use reqwest::{Method, RequestBuilder, Version, header::HeaderMap};
use serde_json::{Value, json};

/// `application/graphql-response+json`
pub const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// Sends requests to one BFF.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    token: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// HTTP/1.1 or HTTP/2.
    pub version: Version,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

/// What came back when it may be packed.
pub struct Packed {
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Packed {
    /// The answer to a request.
    pub async fn of(request: RequestBuilder) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
        let response = request.send().await.unwrap();
        Self { headers: response.headers().clone(), body: response.bytes().await.unwrap().to_vec() }
    }
}

impl Client {
    /// A client of the BFF at that address, anonymous.
    pub fn new(base_url: String) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { http: reqwest::Client::builder().no_proxy().build().unwrap(), base_url, token: None }
    }

    /// The same client, signed in.
    #[must_use]
    pub fn signed_in(&self, token: String) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// A request to a path of the BFF, with the token if there is one.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A GET of `/graphql` with those parameters.
    pub fn get(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", percent_encoded(value));
        let query: Vec<String> = parameters.iter().map(pair).collect();
        self.request(Method::GET, &format!("/graphql?{}", query.join("&")))
    }

    /// A POST of that JSON to `/graphql`, accepting the current media type.
    pub fn post(&self, body: &Value) -> RequestBuilder {
        let request = self.request(Method::POST, "/graphql").header("accept", GRAPHQL_RESPONSE);
        request.header("content-type", "application/json").body(body.to_string())
    }

    /// The answer to an operation without variables.
    pub async fn run(&self, query: &str) -> Answer {
        Answer::of(self.post(&json!({ "query": query }))).await
    }

    /// The answer to an operation with variables.
    pub async fn run_with(&self, query: &str, variables: Value) -> Answer {
        Answer::of(self.post(&json!({"query": query, "variables": variables}))).await
    }
}

impl Answer {
    /// The answer to a request.
    pub async fn of(request: RequestBuilder) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a client of the BFF, not of a service")]
        let response = request.send().await.unwrap();
        let (status, version, headers) = (response.status().as_u16(), response.version(), response.headers().clone());
        Self { status, version, headers, text: response.text().await.unwrap() }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// `data`; nothing may have gone wrong.
    pub fn data(&self) -> Value {
        let mut body = self.json();
        assert!(self.status == 200 && body.get("errors").is_none(), "{} {}", self.status, self.text);
        body["data"].take()
    }

    /// Code and path of each error: `SERVICE_TIMEOUT user.posts`, sorted.
    pub fn errors(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let path = |error: &Value| {
            let segments = error["path"].as_array().map(Vec::as_slice).unwrap_or_default();
            let text = |segment: &Value| segment.as_str().map_or_else(|| segment.to_string(), str::to_owned);
            segments.iter().map(text).collect::<Vec<_>>().join(".")
        };
        let line = |error| format!("{} {}", code(error), path(error)).trim_end().to_owned();
        let mut lines: Vec<String> = errors.iter().map(line).collect();
        lines.sort();
        lines
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// `extensions.code` of an error.
fn code(error: &Value) -> &str {
    error["extensions"]["code"].as_str().unwrap_or("no code")
}

fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).into() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}
