//! Sign-up: a new user and the first session. Repeated with the same idempotency key, it is a log-in of the user that the
//! first request created: docs/decisions/0010-signing-up-again.md.

use std::fmt::Display;

use axum::{extract::State, http::StatusCode};
use chassis::{Answer, ApiError, Caller, Command, Event, IdempotencyKey, Outcome, database::Connection};
use contract::UserId;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::check_all;
use crate::{
    Handle,
    email::Email,
    events, profile,
    records::SessionRecord,
    sessions::{IdentityProvider, LogIn, Opened},
    store::{
        accounts::{self, NewAccount},
        users,
    },
};

/// The input of a sign-up.
#[derive(Deserialize, ToSchema)]
pub(super) struct SignUpInput {
    /// Unique without letter case.
    #[schema(pattern = "^[A-Za-z0-9_]{3,30}$")]
    handle: String,
    /// Display name: one line, not blank.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Unique without letter case.
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// Password.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
}

/// The validated input.
struct Newcomer {
    handle: Handle,
    name: String,
    email: Email,
    password: String,
}

/// Creates a user and opens their first session.
#[utoipa::path(
    post, path = "/v1/users", request_body = SignUpInput, tag = "users", params(IdempotencyKey),
    responses((status = 201, body = SessionRecord, headers(("location" = String))), (status = 409)),
)]
pub(super) async fn sign_up(
    State(provider): State<IdentityProvider>,
    caller: Caller,
    Command { input, envelope }: Command<SignUpInput>,
) -> Result<Answer, ApiError> {
    let newcomer = check(input)?;
    let deadline = envelope.deadline();
    let content = json!([newcomer.handle.to_string(), newcomer.name, newcomer.email.to_string()]).to_string();
    let password_hash = provider.passwords.turn(caller.network(), deadline).await?;
    let password_hash = password_hash.hash(newcomer.password.clone()).await?;
    let mut opened = None;
    let effect = async |connection: &mut Connection| {
        let (id, event) = create(connection, &provider, &newcomer, &password_hash).await?;
        let Opened { session, ended } = provider.open(connection, id).await?;
        opened = Some(session);
        // The stored answer has the user's id, no tokens.
        let answer = Answer::created(&json!({"id": id}), format!("/v1/users/{id}"))?;
        Ok(Outcome::with_events(answer, [event].into_iter().chain(ended).collect()))
    };
    let envelope = envelope.identified_by(&content);
    let answer = provider.ledger.write(&envelope, effect).await?;
    if opened.is_none() {
        let shown =
            LogIn { email: &newcomer.email.to_string(), password: &newcomer.password, network: caller.network() };
        let user = provider.authenticate(shown, deadline).await?.ok_or_else(|| {
            let message = "this idempotency key was used with another password";
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED", message)
        })?;
        let effect = async |connection: &mut Connection| {
            let Opened { session, ended } = provider.open(connection, user).await?;
            opened = Some(session);
            Ok(Outcome::with_events(Answer::no_content(), ended))
        };
        provider.ledger.write(&envelope.without_key(), effect).await?;
    }
    answer.telling(&opened)
}

fn check(input: SignUpInput) -> Result<Newcomer, ApiError> {
    let SignUpInput { handle, name, email, password } = input;
    let (handle, email) = (handle.parse::<Handle>(), email.parse::<Email>());
    let (handle_issue, email_issue) = (issue(&handle), issue(&email));
    check_all([
        ("handle", handle_issue.as_deref().map_or(Ok(()), Err)),
        ("name", profile::check_name(&name)),
        ("email", email_issue.as_deref().map_or(Ok(()), Err)),
        ("password", profile::check_password(&password)),
    ])?;
    match (handle, email) {
        (Ok(handle), Ok(email)) => Ok(Newcomer { handle, name, email, password }),
        _ => Err(ApiError::internal("an invalid handle or e-mail address passed validation")),
    }
}

fn issue<T, E: Display>(parsed: &Result<T, E>) -> Option<String> {
    parsed.as_ref().err().map(ToString::to_string)
}

/// Creates the user; returns the id and the event.
async fn create(
    connection: &mut Connection,
    provider: &IdentityProvider,
    newcomer: &Newcomer,
    password_hash: &str,
) -> Result<(UserId, Event), ApiError> {
    let now = provider.ledger.clock().now();
    let Newcomer { handle, name, email, .. } = newcomer;
    let account = NewAccount { id: UserId::new(now), handle, name, email, password_hash, now };
    if !accounts::insert(connection, &account).await? {
        let (handle_taken, email_taken) = accounts::taken(connection, handle, email).await?;
        let mut error = ApiError::conflict("TAKEN", "is already in use");
        if handle_taken {
            error = error.field("handle");
        }
        if email_taken {
            error = error.field("email");
        }
        return Err(error);
    }
    let user = users::by_id(connection, account.id).await?.ok_or_else(users::unknown)?;
    Ok((user.id, events::of_user("user.created", &user)))
}
