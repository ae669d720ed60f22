//! The deadline of a request: made from `X-Request-Timeout-Ms`, an extension of the request, passed to the store and to
//! calls of other services. After the deadline no statement and no call starts.

use std::time::Duration;

use axum::extract::FromRequestParts;
use http::request::Parts;
use tokio::time::Instant;

use crate::ApiError;

/// The instant at which the caller's timeout ends.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// A deadline after that time.
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// The instant itself.
    pub const fn instant(self) -> Instant {
        self.0
    }

    /// The time left; `None` when it has passed.
    pub fn remaining(self) -> Option<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

impl<S: Sync> FromRequestParts<S> for Deadline {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get().copied().ok_or_else(|| ApiError::internal("a request without a deadline"))
    }
}
