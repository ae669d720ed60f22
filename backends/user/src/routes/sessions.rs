//! Routes of sessions: log-in, refresh, log-out. No answer is stored under an idempotency
//! key, because answers contain secrets.

use axum::{extract::State, http::StatusCode};
use chassis::{Answer, ApiError, Caller, Command, Envelope, Outcome, Viewer, database::Connection};
use serde::Deserialize;
use utoipa::ToSchema;

use super::check_all;
use crate::{
    email,
    events::{self, EndReason},
    passwords, profile,
    records::SessionRecord,
    refresh_token::RefreshToken,
    sessions::{IdentityProvider, LogIn, Opened, Refresh},
    store,
};

/// The path of a token's session.
const LOCATION: &str = "/v1/sessions/current";

/// The credentials of a log-in.
#[derive(Deserialize, ToSchema)]
pub(super) struct LogInInput {
    /// The account's e-mail address, in any letter case.
    #[schema(max_length = 254)]
    email: String,
    /// Its password.
    #[schema(max_length = 256)]
    password: String,
}

/// The refresh token of a session.
#[derive(Deserialize, ToSchema)]
pub(super) struct RefreshInput {
    /// The refresh token of the last answer.
    refresh_token: String,
}

/// 401: invalid credentials, without the reason.
fn wrong_credentials(message: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "WRONG_CREDENTIALS", message)
}

/// Opens a session. Failures are counted per account and client address.
#[utoipa::path(
    post, path = "/v1/sessions", request_body = LogInInput, tag = "sessions",
    responses(
        (status = 201, body = SessionRecord, headers(("location" = String))),
        (status = 401),
        (status = 429, headers(("retry-after" = u32))),
    ),
)]
pub(super) async fn log_in(
    State(provider): State<IdentityProvider>,
    caller: Caller,
    Command { input, envelope }: Command<LogInInput>,
) -> Result<Answer, ApiError> {
    let LogInInput { email, password } = &input;
    let short = |text: &str, most: usize, issue| if text.chars().count() > most { Err(issue) } else { Ok(()) };
    check_all([
        ("email", short(email, email::MAX_LENGTH, "must be at most 254 characters")),
        (
            "password",
            short(&passwords::normalized(password), *profile::PASSWORD.end(), "must be at most 256 characters"),
        ),
    ])?;
    let shown = LogIn { email, password, network: caller.network() };
    let user = provider.authenticate(shown, envelope.deadline()).await?;
    let user = user.ok_or_else(|| wrong_credentials("there is no account with this e-mail address and password"))?;
    let effect = async |connection: &mut Connection| {
        let Opened { session, ended } = provider.open(connection, user).await?;
        Ok(Outcome::with_events(Answer::created(&session, LOCATION.to_owned())?, ended))
    };
    provider.ledger.write(&envelope.without_key(), effect).await
}

/// Exchanges a refresh token for new tokens. Repeating it gives the same answer within the grace time (60 seconds by
/// default) while the new token was not used; later it ends the session.
#[utoipa::path(
    post, path = "/v1/sessions/refresh", request_body = RefreshInput, tag = "sessions",
    responses((status = 200, body = SessionRecord), (status = 401)),
)]
pub(super) async fn refresh(
    State(provider): State<IdentityProvider>,
    Command { input, envelope }: Command<RefreshInput>,
) -> Result<Answer, ApiError> {
    let refused = || wrong_credentials("the refresh token is invalid or expired");
    let token: RefreshToken = input.refresh_token.parse().map_err(|_| refused())?;
    let mut refreshed = None;
    let effect = async |connection: &mut Connection| {
        // A refusal is committed too: it may have ended the session.
        let refresh = provider.refresh(connection, &token).await?;
        let ended = match refresh {
            Refresh::Refused => Vec::new(),
            Refresh::Ended(event) => vec![event],
            Refresh::Granted(session) => {
                refreshed = Some(session);
                Vec::new()
            }
        };
        Ok(Outcome::with_events(Answer::no_content(), ended))
    };
    provider.ledger.write(&envelope.without_key(), effect).await?;
    Answer::ok(&refreshed.ok_or_else(refused)?)
}

/// Ends the session of the viewer's token: its refresh token becomes invalid. Access tokens expire by themselves.
#[utoipa::path(
    delete, path = "/v1/sessions/current", tag = "sessions", security(("bearer" = [])),
    responses((status = 204, description = "The session has ended")),
)]
pub(super) async fn log_out(
    State(provider): State<IdentityProvider>,
    viewer: Viewer,
    envelope: Envelope,
) -> Result<Answer, ApiError> {
    let effect = async |connection: &mut Connection| {
        let (session, user) = (viewer.claims().sid.clone(), viewer.id());
        let ended = store::sessions::end(connection, &session, user).await?;
        let event = ended.then(|| events::session_ended(session, user, EndReason::LogOut));
        Ok(Outcome::with_events(Answer::no_content(), event.into_iter().collect()))
    };
    provider.ledger.write(&envelope.without_key(), effect).await
}
