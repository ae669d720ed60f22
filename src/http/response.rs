//! Writes responses. In: the engine's response, or a [`Failure`]. Out: status, headers and body, whose JSON
//! is `requests/body.rs`.

use axum::{body::Body as HttpBody, response::Response};
use contract::{RequestId, rate_limit::seconds};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};

use super::{failure::Failure, media::MediaType, status};
use crate::requests::{
    Executed, Refused,
    body::{self, Body, ErrorBody, Extensions},
};

/// `X-Request-Id`.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static(contract::headers::X_REQUEST_ID);

/// The response of an executed operation.
pub(super) fn executed(executed: &Executed, media_type: MediaType, request_id: &RequestId) -> Response {
    written(StatusCode::OK, media_type, request_id, &body_of(executed, request_id))
}

/// The body of an executed operation.
pub(super) fn body_of<'a>(executed: &'a Executed, request_id: &'a RequestId) -> Body<'a> {
    let extensions = Extensions { cost: executed.cost, position: executed.position.as_deref(), cursor: None };
    Body::executed(&executed.response, extensions, request_id)
}

/// The body of an executed operation without errors, for caches: nothing of the request or the viewer is in it.
///
/// # Errors
/// The response cannot be serialized.
pub(super) fn public_body(response: &crate::execution::Response) -> Result<Vec<u8>, serde_json::Error> {
    Body::public(response).to_json()
}

/// The response of a request that was not executed.
pub(super) fn failed(failure: &Failure, media_type: MediaType, request_id: &RequestId) -> Response {
    let message = failure.to_string();
    let body = Body::failed(errors(failure, &message, request_id));
    let mut response = written(status::of(failure, media_type), media_type, request_id, &body);
    if let Failure::Refused(Refused::BudgetExhausted(exhausted)) = failure {
        exhausted.allowance.write(response.headers_mut());
        response.headers_mut().insert(RETRY_AFTER, seconds(exhausted.retry_after).into());
    }
    if let Some((name, value)) = status::header(failure) {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The JSON of the errors of a request that was not executed.
pub(super) fn failed_body(failure: &Failure, request_id: &RequestId) -> Vec<u8> {
    let message = failure.to_string();
    Body::failed(errors(failure, &message, request_id)).to_json().unwrap_or_default()
}

fn errors<'a>(failure: &'a Failure, message: &'a str, request_id: &'a RequestId) -> Vec<ErrorBody<'a>> {
    match failure {
        Failure::Refused(refused) => body::refused(refused, message, request_id),
        _ => vec![ErrorBody::new(failure.code(), message, request_id)],
    }
}

fn written(status: StatusCode, media_type: MediaType, request_id: &RequestId, body: &Body<'_>) -> Response {
    let (status, body) = match body.to_json() {
        Ok(text) => (status, text),
        Err(error) => {
            tracing::error!(request_id = request_id.as_str(), %error, "the response could not be serialized");
            (StatusCode::INTERNAL_SERVER_ERROR, br#"{"errors":[{"message":"internal server error"}]}"#.to_vec())
        }
    };
    let mut response = Response::new(HttpBody::from(body));
    *response.status_mut() = status;
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type.content_type());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(id) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
