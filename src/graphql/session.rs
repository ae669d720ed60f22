//! Signing up, in and out. In: credentials, which go to the user service and nowhere else. Out: a session.

use async_graphql::{Context, InputObject, Object, Result};
use macros::object;
use serde::Serialize;

use super::{
    access, directives,
    outcome::UserError,
    payload::{Effect, Payload, send},
    rule::AccessRule,
    scalars::DateTime,
    user::User,
};
use crate::{clients::Command, services::Service};

/// A password's hash takes the user service ten times as long as anything else.
pub(super) const PASSWORD_COST: u16 = 100;

/// The command is answered with a session.
const SESSION: Effect<'_> = Effect::answered("session");

/// Mutations of sessions.
#[derive(Default)]
pub struct SessionMutation;

/// The tokens of a session.
#[object]
pub struct Session {
    /// A short-lived token for `Authorization: Bearer …`.
    access_token: String,
    /// Exchanged once for the next session.
    refresh_token: String,
    /// The time at which the access token expires.
    expires_at: DateTime,
    /// The signed-in user.
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
#[object]
pub struct SignUpPayload {
    /// The new session, if there is one.
    session: Option<Session>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `logIn` and `refreshSession`.
#[object]
pub struct LogInPayload {
    /// The new session, if there is one.
    session: Option<Session>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `logOut`.
#[object]
pub struct LogOutPayload {
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

#[Object]
impl SessionMutation {
    /// Creates a user and signs them in.
    #[graphql(directive = directives::cost::apply(i32::from(PASSWORD_COST)))]
    async fn sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: SignUpInput,
    ) -> Option<Result<Payload<SignUpPayload>>> {
        let command = Command::post(Service::User, "/v1/users", &[]).json(&input).once(input.idempotency_key);
        Some(send(ctx, command, SESSION).await)
    }

    /// Signs in.
    #[graphql(directive = directives::cost::apply(i32::from(PASSWORD_COST)))]
    async fn log_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: LogInInput,
    ) -> Option<Result<Payload<LogInPayload>>> {
        let command = Command::post(Service::User, "/v1/sessions", &[]).json(&input);
        Some(send(ctx, command, SESSION).await)
    }

    /// Exchanges a refresh token for the next session; the token can be used once.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: RefreshSessionInput,
    ) -> Option<Result<Payload<LogInPayload>>> {
        let command = Command::post(Service::User, "/v1/sessions/refresh", &[]).json(&input);
        Some(send(ctx, command, SESSION).await)
    }

    /// Ends the session of the access token.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn log_out(&self, ctx: &Context<'_>) -> Option<Result<Payload<LogOutPayload>>> {
        let ended = async {
            let viewer = access::signed_in(ctx)?;
            let command = Command::delete(Service::User, "/v1/sessions/current", &[]).by(viewer);
            send(ctx, command, Effect::default()).await
        };
        Some(ended.await)
    }
}
