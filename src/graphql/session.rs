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

/// Tokens of somebody signed in.
#[derive(SimpleObject)]
pub struct Session {
    /// Goes into `Authorization: Bearer …`; good for minutes.
    access_token: String,
    /// Gets the next session, once.
    refresh_token: String,
    /// When the access token ends.
    expires_at: DateTime,
    /// Who is signed in.
    user: Option<User>,
}

/// Who signs up.
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
    /// Makes a repeated request take effect once.
    idempotency_key: Option<String>,
}

/// Who signs in.
#[derive(InputObject)]
pub struct LogInInput {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
}

/// Which session goes on.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The last session's refresh token.
    refresh_token: String,
}

/// What came of signing up.
#[derive(SimpleObject)]
pub struct SignUpPayload {
    /// The new session, if there is one.
    session: Option<Session>,
    /// Why not.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// What came of signing in.
#[derive(SimpleObject)]
pub struct LogInPayload {
    /// The new session, if there is one.
    session: Option<Session>,
    /// Why not.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// What came of signing out.
#[derive(SimpleObject)]
pub struct LogOutPayload {
    /// Why not.
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
        #[graphql(desc = "What to do.")] input: SignUpInput,
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
        #[graphql(desc = "What to do.")] input: LogInInput,
    ) -> Option<Result<LogInPayload>> {
        let request = &scope(ctx).forget().request;
        let answer = request.clients.users.log_in(&request.context, &input.email, &input.password).await;
        Some(outcome(answer).map(LogInPayload::from))
    }

    /// Gets the next session for a refresh token, which is spent by it.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: RefreshSessionInput,
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
