//! Signing up, in and out. In: credentials, which go to the user service and nowhere else. Out: a session.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use super::{
    access::{self, AccessRule},
    directives,
    errors::failed_call,
    outcome::{UserError, outcome},
    resolve::scope,
    scalars::DateTime,
    user::User,
};
use crate::clients::user::{SessionRecord, SignUp};

/// A password's hash takes the user service ten times as long as anything else.
const PASSWORD_COST: i32 = 100;

/// Mutations of sessions.
#[derive(Default)]
pub struct SessionMutation;

/// The tokens of a session.
#[derive(SimpleObject)]
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
#[derive(InputObject)]
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
    idempotency_key: Option<String>,
}

/// Input of `logIn`.
#[derive(InputObject)]
pub struct LogInInput {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
}

/// Input of `refreshSession`.
#[derive(InputObject)]
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

impl From<SessionRecord> for Session {
    fn from(record: SessionRecord) -> Self {
        let SessionRecord { access_token, refresh_token, expires_at, user } = record;
        Self { access_token, refresh_token, expires_at: DateTime(expires_at), user: Some(User::from(user)) }
    }
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
        let request = &scope(ctx).forget().request;
        let SignUpInput { handle, name, email, password, idempotency_key } = input;
        let user = SignUp { handle, name, email, password };
        let answer = request.clients.users.sign_up(&request.context, (user, idempotency_key)).await;
        Some(
            outcome(answer)
                .map(|(session, user_errors)| SignUpPayload { session: session.map(Session::from), user_errors }),
        )
    }

    /// Signs in.
    #[graphql(directive = directives::cost::apply(PASSWORD_COST))]
    async fn log_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: LogInInput,
    ) -> Option<Result<LogInPayload>> {
        let request = &scope(ctx).forget().request;
        let answer = request.clients.users.log_in(&request.context, &input.email, &input.password).await;
        Some(outcome(answer).map(LogInPayload::from))
    }

    /// Gets the next session for a refresh token, which is spent by it.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: RefreshSessionInput,
    ) -> Option<Result<LogInPayload>> {
        let request = &scope(ctx).forget().request;
        let answer = request.clients.users.refresh_session(&request.context, &input.refresh_token).await;
        Some(outcome(answer).map(LogInPayload::from))
    }

    /// Ends the session of the access token.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn log_out(&self, ctx: &Context<'_>) -> Option<Result<LogOutPayload>> {
        let request = &scope(ctx).forget().request;
        let ended = async {
            let viewer = access::signed_in(request.viewer.as_ref())?;
            request.clients.users.log_out(&request.context, viewer).await.map_err(failed_call)
        };
        Some(ended.await.map(|()| LogOutPayload { user_errors: Vec::new() }))
    }
}

impl From<(Option<SessionRecord>, Vec<UserError>)> for LogInPayload {
    fn from((session, user_errors): (Option<SessionRecord>, Vec<UserError>)) -> Self {
        Self { session: session.map(Session::from), user_errors }
    }
}
