//! Writes answers. In: what the engine returned, or a [`Failure`]. Out: a response with status, headers and body. Every
//! error gets `code` and `requestId`; an error that carries no code of ours is logged and replaced.

use async_graphql::{PathSegment, Pos, ServerError, Value};
use axum::{body::Body, response::Response};
use contract::{RequestId, rate_limit::seconds};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use serde::Serialize;

use super::{failure::Failure, media::MediaType};
use crate::{clients::Service, operations::Location};

/// Where an answer's buffer begins, so that it seldom has to grow.
const USUAL_ANSWER_BYTES: usize = 8 * 1024;

/// `X-Request-Id`.
pub const REQUEST_ID: HeaderName = HeaderName::from_static(contract::headers::X_REQUEST_ID);

#[derive(Serialize)]
struct ResponseBody<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorBody<'a>>,
    /// Absent when nothing was executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<ResponseExtensions>,
}

#[derive(Serialize)]
struct ResponseExtensions {
    cost: CostReport,
}

/// What an operation cost, for whoever asks.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostReport {
    /// The most that it could cost.
    pub estimated: u64,
    /// What it did cost.
    pub actual: u64,
    /// What the caller may still spend now.
    pub budget_remaining: u64,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<LocationBody>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    path: &'a [PathSegment],
    extensions: ExtensionsBody<'a>,
}

#[derive(Serialize)]
struct LocationBody {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExtensionsBody<'a> {
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
}

impl From<&Location> for LocationBody {
    fn from(&Location { line, column }: &Location) -> Self {
        Self { line, column }
    }
}

impl From<&Pos> for LocationBody {
    fn from(&Pos { line, column }: &Pos) -> Self {
        Self { line, column }
    }
}

/// The answer of an executed operation.
pub fn executed(
    response: &async_graphql::Response,
    cost: Option<CostReport>,
    media_type: MediaType,
    request_id: &RequestId,
) -> Response {
    let errors = response.errors.iter().map(|error| execution_error(error, request_id)).collect();
    let extensions = cost.map(|cost| ResponseExtensions { cost });
    let body = ResponseBody { errors, data: Some(&response.data), extensions };
    written(StatusCode::OK, media_type, request_id, &body)
}

/// The body of an executed operation without errors, with nothing in it of the request or the viewer.
///
/// # Errors
/// It cannot be written.
pub fn body_for_everybody(response: &async_graphql::Response) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(USUAL_ANSWER_BYTES);
    let body = ResponseBody { errors: Vec::new(), data: Some(&response.data), extensions: None };
    serde_json::to_writer(&mut text, &body).map(|()| text)
}

/// The answer of a request that was not executed.
pub fn failed(failure: &Failure, media_type: MediaType, request_id: &RequestId) -> Response {
    let message = failure.to_string();
    let service = failure.service().map(Service::name);
    let extensions = || ExtensionsBody {
        code: failure.code(),
        request_id: request_id.as_str(),
        service,
        retryable: service.map(|_| true),
    };
    let error = |message, locations| ErrorBody { message, locations, path: &[], extensions: extensions() };
    let errors = match failure {
        Failure::Rejected(rejection) => {
            let violations = rejection.violations().iter();
            violations.map(|it| error(&it.message, it.locations.iter().map(LocationBody::from).collect())).collect()
        }
        _ => vec![error(&message, Vec::new())],
    };
    let mut response = written(
        failure.status(media_type),
        media_type,
        request_id,
        &ResponseBody { errors, data: None, extensions: None },
    );
    if let Failure::BudgetExhausted(exhausted) = failure {
        exhausted.allowance.write(response.headers_mut());
        response.headers_mut().insert(RETRY_AFTER, seconds(exhausted.retry_after).into());
    }
    if let Some((name, value)) = failure.header() {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a service is to blame for an error.
pub fn is_of_a_service(error: &ServerError) -> bool {
    error.extensions.as_ref().is_some_and(|extensions| extensions.get("service").is_some())
}

fn execution_error<'a>(error: &'a ServerError, request_id: &'a RequestId) -> ErrorBody<'a> {
    let extension = |name| error.extensions.as_ref().and_then(|extensions| extensions.get(name));
    let request_id = request_id.as_str();
    let (message, code) = match extension("code") {
        Some(Value::String(code)) => (error.message.as_str(), code.as_str()),
        _ => {
            tracing::error!(request_id, message = error.message, path = ?error.path, "an error without a code of ours");
            ("something went wrong on our side", "INTERNAL_SERVER_ERROR")
        }
    };
    let service = match extension("service") {
        Some(Value::String(service)) => Some(service.as_str()),
        _ => None,
    };
    let retryable = match extension("retryable") {
        Some(Value::Boolean(retryable)) => Some(*retryable),
        _ => None,
    };
    let extensions = ExtensionsBody { code, request_id, service, retryable };
    ErrorBody {
        message,
        locations: error.locations.iter().map(LocationBody::from).collect(),
        path: &error.path,
        extensions,
    }
}

fn written(status: StatusCode, media_type: MediaType, request_id: &RequestId, body: &impl Serialize) -> Response {
    let mut text = Vec::with_capacity(USUAL_ANSWER_BYTES);
    let (status, body) = match serde_json::to_writer(&mut text, body) {
        Ok(()) => (status, text),
        Err(error) => {
            tracing::error!(request_id = request_id.as_str(), %error, "an answer could not be written");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                br#"{"errors":[{"message":"something went wrong on our side"}]}"#.to_vec(),
            )
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type.content_type());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(id) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
