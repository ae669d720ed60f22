//! Signing up, in and out. In: credentials, which go to the user service and nowhere else. Out: a session.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    access, directives,
    edge::scope,
    errors::failed_call,
    outcome::{Outcome, UserError, send},
    rule::AccessRule,
    scalars::DateTime,
    user::User,
};
use crate::{clients::Command, services::Service};

/// A password's hash takes the user service ten times as long as anything else.
const PASSWORD_COST: i32 = 100;

/// Mutations of sessions.
#[derive(Default)]
pub struct SessionMutation;

/// The tokens of a session.
#[derive(Deserialize, SimpleObject)]
pub struct Session {
    /// A short-lived token for `Authorization: Bearer …`.
    access_token: String,
    /// Exchanged once for the next session.
    refresh_token: String,
    /// The time at which the access token expires.
    expires_at: DateTime,
    /// The signed-in user.
    #[serde(deserialize_with = "present")]
    user: Option<User>,
}

/// Input of `signUp`.
#[derive(InputObject, Serialize)]
pub struct SignUpInput {
    /// Unique name: 3 to 30 letters, digits and `_`.
    handle: String,
    /// Display name.
    name: String,
    /// E-mail address.
    email: String,
    /// Password: at least 8 characters.
    password: String,
    /// Requests repeated with the same idempotency key take effect once.
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// Input of `logIn`.
#[derive(InputObject, Serialize)]
pub struct LogInInput {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
}

/// Input of `refreshSession`.
#[derive(InputObject, Serialize)]
pub struct RefreshSessionInput {
    /// The refresh token issued last.
    refresh_token: String,
}

/// Payload of `signUp`.
#[derive(SimpleObject)]
pub struct SignUpPayload {
    /// The new session, if there is one.
    session: Option<Session>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `logIn` and `refreshSession`.
#[derive(SimpleObject)]
pub struct LogInPayload {
    /// The new session, if there is one.
    session: Option<Session>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `logOut`.
#[derive(SimpleObject)]
pub struct LogOutPayload {
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

#[Object]
impl SessionMutation {
    /// Creates a user and signs them in.
    #[graphql(directive = directives::cost::apply(PASSWORD_COST))]
    async fn sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: SignUpInput,
    ) -> Option<Result<SignUpPayload>> {
        let command = Command::post(Service::User, "/v1/users", &[]).json(&input).once(input.idempotency_key);
        let outcome = send(ctx, command.answered()).await;
        Some(outcome.map(|Outcome { effect, user_errors }| SignUpPayload { session: effect, user_errors }))
    }

    /// Signs in.
    #[graphql(directive = directives::cost::apply(PASSWORD_COST))]
    async fn log_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: LogInInput,
    ) -> Option<Result<LogInPayload>> {
        let command = Command::post(Service::User, "/v1/sessions", &[]).json(&input);
        Some(send(ctx, command.answered()).await.map(LogInPayload::from))
    }

    /// Exchanges a refresh token for the next session; the token can be used once.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: RefreshSessionInput,
    ) -> Option<Result<LogInPayload>> {
        let command = Command::post(Service::User, "/v1/sessions/refresh", &[]).json(&input);
        Some(send(ctx, command.answered()).await.map(LogInPayload::from))
    }

    /// Ends the session of the access token.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn log_out(&self, ctx: &Context<'_>) -> Option<Result<LogOutPayload>> {
        let request = &scope(ctx).forget().request;
        let ended = async {
            let viewer = access::signed_in(ctx)?;
            let command = Command::delete(Service::User, "/v1/sessions/current", &[]).by(viewer);
            request.clients.call(&request.context, command).await.map_err(failed_call)
        };
        Some(ended.await.map(|()| LogOutPayload { user_errors: Vec::new() }))
    }
}

impl From<Outcome<Session>> for LogInPayload {
    fn from(Outcome { effect, user_errors }: Outcome<Session>) -> Self {
        Self { session: effect, user_errors }
    }
}

/// A member that the schema shows as nullable and the service always sends.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
