//! One attempt. In: a request that is being sent, and a deadline. Out: the body of a success, the refusal of a 4xx, or the
//! cause of the failure.

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use hyper::body::Body;
use hyper_util::client::legacy::ResponseFuture;
use tokio::time::{Instant, timeout_at};

use super::cause::Cause;
use crate::{
    clients::{Ledger, Refusal},
    services::Service,
};

/// A larger response is not read: 100 posts of the largest size fit.
const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

/// A service's response.
pub(super) enum Response {
    /// 2xx.
    Success(Bytes),
    /// 4xx with the services' error body.
    Refused(Refusal),
}

/// Waits for the response and reads it within the deadline.
pub(super) async fn attempt(
    sending: ResponseFuture,
    service: Service,
    deadline: Instant,
    ledger: &Ledger,
) -> Result<Response, Cause> {
    let exchange = async {
        let mut response = sending.await.map_err(|error| Cause::of_sending(&error))?;
        let status = response.status();
        ledger.note_position(service, response.headers());
        let expected = response.body().size_hint().exact().unwrap_or_default();
        let mut body = BytesMut::with_capacity(expected.min(MAX_RESPONSE_BYTES as u64) as usize);
        while let Some(frame) = response.body_mut().frame().await {
            let Ok(chunk) = frame.map_err(|error| Cause::of_reading(&error))?.into_data() else { continue };
            if body.len() + chunk.len() > MAX_RESPONSE_BYTES {
                return Err(Cause::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        read(service, status, body.freeze())
    };
    timeout_at(deadline, exchange).await.unwrap_or(Err(Cause::TimedOut))
}

/// 4xx is the service's judgement of the request; 5xx is its own failure, or that of a service it depends on.
fn read(service: Service, status: StatusCode, body: Bytes) -> Result<Response, Cause> {
    if status.is_success() {
        return Ok(Response::Success(body));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE
        && let Some((failed, kind)) = Refusal::failed_dependency(&body)
    {
        return Err(Cause::Dependency(failed, kind));
    }
    if status == StatusCode::TOO_MANY_REQUESTS || !status.is_client_error() {
        return Err(Cause::Status(status));
    }
    Refusal::read(service, status, &body).map(Response::Refused).ok_or(Cause::Status(status))
}
