//! Writes responses. In: the engine's response, or a [`Failure`]. Out: status, headers and body. Every error has `code` and
//! `requestId`; an internal error is logged, and its text replaced.

use async_graphql::{PathSegment, Pos, ServerError, Value};
use axum::{body::Body, response::Response};
use contract::{RequestId, rate_limit::seconds};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use serde::Serialize;

use super::{failure::Failure, media::MediaType, status};
use crate::{
    operations::Location,
    requests::{Code, CostReport, FieldError, Refused},
    services::Service,
};

/// Initial capacity of a response's buffer, in bytes.
const INITIAL_CAPACITY: usize = 8 * 1024;

/// `X-Request-Id`.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static(contract::headers::X_REQUEST_ID);

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

/// The response of an executed operation.
pub(super) fn executed(
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

/// The body of an executed operation without errors, for caches: nothing of the request or the viewer is in it.
///
/// # Errors
/// The response cannot be serialized.
pub(super) fn public_body(response: &async_graphql::Response) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::with_capacity(INITIAL_CAPACITY);
    let body = ResponseBody { errors: Vec::new(), data: Some(&response.data), extensions: None };
    serde_json::to_writer(&mut text, &body).map(|()| text)
}

/// The response of a request that was not executed.
pub(super) fn failed(failure: &Failure, media_type: MediaType, request_id: &RequestId) -> Response {
    let message = failure.to_string();
    let refused = match failure {
        Failure::Refused(refused) => Some(refused),
        _ => None,
    };
    let service = refused.and_then(Refused::service).map(Service::name);
    let extensions = || ExtensionsBody {
        code: failure.code().as_str(),
        request_id: request_id.as_str(),
        service,
        retryable: service.map(|_| true),
    };
    let error = |message, locations| ErrorBody { message, locations, path: &[], extensions: extensions() };
    let errors = match refused {
        Some(Refused::Rejected(rejection)) => {
            let violations = rejection.violations().iter();
            violations.map(|it| error(&it.message, it.locations.iter().map(LocationBody::from).collect())).collect()
        }
        _ => vec![error(&message, Vec::new())],
    };
    let mut response = written(
        status::of(failure, media_type),
        media_type,
        request_id,
        &ResponseBody { errors, data: None, extensions: None },
    );
    if let Some(Refused::BudgetExhausted(exhausted)) = refused {
        exhausted.allowance.write(response.headers_mut());
        response.headers_mut().insert(RETRY_AFTER, seconds(exhausted.retry_after).into());
    }
    if let Some((name, value)) = status::header(failure) {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn execution_error<'a>(error: &'a ServerError, request_id: &'a RequestId) -> ErrorBody<'a> {
    let FieldError { message, code, service } = error.into();
    if code == Code::InternalServerError {
        let request_id = request_id.as_str();
        tracing::error!(request_id, message = error.message, path = ?error.path, "internal error of a field");
    }
    ErrorBody {
        message,
        locations: error.locations.iter().map(LocationBody::from).collect(),
        path: &error.path,
        extensions: ExtensionsBody {
            code: code.as_str(),
            request_id: request_id.as_str(),
            service: service.map(|(service, _)| service.name()),
            retryable: service.map(|(_, retryable)| retryable),
        },
    }
}

fn written(status: StatusCode, media_type: MediaType, request_id: &RequestId, body: &impl Serialize) -> Response {
    let mut text = Vec::with_capacity(INITIAL_CAPACITY);
    let (status, body) = match serde_json::to_writer(&mut text, body) {
        Ok(()) => (status, text),
        Err(error) => {
            tracing::error!(request_id = request_id.as_str(), %error, "the response could not be serialized");
            (StatusCode::INTERNAL_SERVER_ERROR, br#"{"errors":[{"message":"internal server error"}]}"#.to_vec())
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
