//! Who a WebSocket belongs to, and until when: the viewer of its token, which the client renews before it ends. In: tokens. Out:
//! the credentials of its operations, and when to warn and to end.

use std::time::Duration;

use contract::Clock;
use http::HeaderValue;
use tokio::time::{Instant, timeout_at};

use super::close::Close;
use crate::{
    auth::{AuthenticationError, Credentials, Viewer},
    events::Seat,
    http::App,
};

/// How long before the end of the token the client is told.
pub(super) const WARNING: Duration = Duration::from_secs(30);

/// The viewer of a connection; anonymous without one.
pub(super) struct Session {
    /// The viewer.
    pub(super) viewer: Option<Viewer>,
    /// What its operations are sent with.
    pub(super) credentials: Credentials,
    /// When the token ends.
    pub(super) expires: Option<Instant>,
    /// Whether the client was told of the end.
    pub(super) is_warned: bool,
    _seat: Option<Seat>,
}

impl Session {
    /// The session of a token; without one, anonymous.
    pub(super) async fn begin(app: &App, token: Option<&str>) -> Result<Self, Close> {
        let (viewer, credentials) = authenticate(app, token).await?;
        let seat = viewer.as_ref().map(|viewer| app.caps.sign_in(viewer.id())).transpose();
        let seat = seat.map_err(|_| Close::try_again("the viewer has too many connections"))?;
        let expires = viewer.as_ref().map(expiry);
        Ok(Self { viewer, credentials, expires, is_warned: false, _seat: seat })
    }

    /// Goes on with a new token of the same user; returns how long it lasts.
    pub(super) async fn renew(&mut self, app: &App, token: &str) -> Result<Duration, Close> {
        let Some(known) = &self.viewer else { return Err(Close::forbidden("the connection has no viewer")) };
        let (viewer, credentials) = authenticate(app, Some(token)).await?;
        let Some(viewer) = viewer.filter(|viewer| viewer.id() == known.id()) else {
            return Err(Close::forbidden("the token is of another user"));
        };
        let expires = expiry(&viewer);
        (self.viewer, self.credentials, self.is_warned) = (Some(viewer), credentials, false);
        self.expires = Some(expires);
        Ok(expires.saturating_duration_since(Instant::now()))
    }
}

async fn authenticate(app: &App, token: Option<&str>) -> Result<(Option<Viewer>, Credentials), Close> {
    let credentials = match token {
        None => Credentials::None,
        Some(token) => HeaderValue::from_str(token).map_or(Credentials::Malformed, Credentials::Authorization),
    };
    let verified = app.pipeline.authenticator.authenticate(&credentials);
    match timeout_at(Instant::now() + app.request_timeout, verified).await {
        Ok(Ok(viewer)) => Ok((viewer, credentials)),
        Ok(Err(AuthenticationError::Unavailable)) | Err(_) => Err(Close::try_again("tokens cannot be verified yet")),
        Ok(Err(error)) => Err(Close::forbidden(error.to_string())),
    }
}

fn expiry(viewer: &Viewer) -> Instant {
    Instant::now() + viewer.expires_at().since(Clock::system().now())
}
