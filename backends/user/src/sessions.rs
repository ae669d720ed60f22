//! The identity provider: authentication, new sessions, refreshes. In: credentials or a refresh token. Out: a session
//! with its tokens, which are in the response only.

use std::{net::IpAddr, sync::Arc, time::Duration};

use chassis::{ApiError, Deadline, Event, Ledger, database::Connection};
use contract::{Time, UserId};

use crate::{
    email::Email,
    events::{self, EndReason},
    guesses::{Guesses, Pair},
    passwords::Passwords,
    records::SessionRecord,
    refresh_token::{RefreshToken, random_text},
    store::{
        accounts,
        sessions::{self, Session, SpentToken},
        users,
    },
    tokens::{Grant, TokenIssuer},
};

/// The state of authentication. Cheap to clone.
#[derive(Clone)]
pub(crate) struct IdentityProvider {
    pub(crate) ledger: Ledger,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) guesses: Arc<Guesses>,
    pub(crate) issuer: Arc<TokenIssuer>,
    /// The time in which a spent token gets the same answer again, because the first response may be lost.
    pub(crate) refresh_grace: Duration,
}

/// The credentials of a log-in.
pub(crate) struct LogIn<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: &'a str,
    /// The network of the client.
    pub(crate) network: IpAddr,
}

/// A new session, and the events of older ones that it ended.
pub(crate) struct Opened {
    pub(crate) session: SessionRecord,
    pub(crate) ended: Vec<Event>,
}

/// The outcome of a refresh.
pub(crate) enum Refresh {
    /// The session with its new tokens.
    Granted(SessionRecord),
    /// The token is invalid.
    Refused,
    /// The token was spent before: the session has ended.
    Ended(Event),
}

/// The tokens of one answer.
struct Issue<'a> {
    /// The refresh token.
    token: &'a RefreshToken,
    /// When the access token is issued.
    at: Time,
}

impl IdentityProvider {
    /// The user with these credentials; `None` for a wrong password or an unknown account, after the same work. 429 after
    /// too many failures of this account from this network.
    pub(crate) async fn authenticate(&self, log_in: LogIn<'_>, deadline: Deadline) -> Result<Option<UserId>, ApiError> {
        // Text that is not an address matches no account, and needs no query.
        let email: Option<Email> = log_in.email.parse().ok();
        let account = email.as_ref().map_or_else(|| log_in.email.to_lowercase(), Email::key);
        let pair = Pair::new(&account, log_in.network);
        self.guesses.check(pair)?;
        let credentials = match &email {
            Some(email) => accounts::credentials(&mut self.ledger.database().read(deadline).await?, email).await?,
            None => None,
        };
        let (id, hash) = credentials.map(|known| (known.id, known.password_hash)).unzip();
        let turn = self.passwords.turn(log_in.network, deadline).await?;
        // Checked again, because other requests may have failed during the wait.
        self.guesses.check(pair)?;
        let guesses = Arc::clone(&self.guesses);
        let count = move |matches| if matches { guesses.succeeded(pair) } else { guesses.failed(pair) };
        let matches = turn.verify(log_in.password.to_owned(), hash, count).await?;
        Ok(id.filter(|_| matches))
    }

    /// A new session of that user.
    pub(crate) async fn open(&self, connection: &mut Connection, user_id: UserId) -> Result<Opened, ApiError> {
        let (session, token) = (Session { id: random_text(), user_id }, RefreshToken::random());
        let now = self.ledger.clock().now();
        let ended = sessions::insert(connection, &session, now).await?;
        let ended =
            ended.into_iter().map(|id| events::session_ended(id, user_id, EndReason::TooManySessions)).collect();
        sessions::insert_token(connection, &session.id, &token.hash(), 0).await?;
        let session = self.answer(connection, &session, Issue { token: &token, at: now }).await?;
        Ok(Opened { session, ended })
    }

    /// Exchanges a refresh token for its successor. A spent token gets the same answer again
    /// within the grace time while its successor was not used; later it counts as stolen and ends the session.
    pub(crate) async fn refresh(&self, connection: &mut Connection, token: &RefreshToken) -> Result<Refresh, ApiError> {
        let (hash, now) = (token.hash(), self.ledger.clock().now());
        let Some(session) = sessions::prolong(connection, &hash, now).await? else {
            return Ok(Refresh::Refused);
        };
        let Some(state) = sessions::token(connection, &hash).await? else { return Ok(Refresh::Refused) };
        let (spent_at, salt) = match state.spent {
            Some((spent_at, salt))
                if now.since(spent_at) <= self.refresh_grace
                    && self.is_unused(connection, &token.successor(&salt)).await? =>
            {
                (spent_at, salt)
            }
            Some(_) => {
                sessions::end(connection, &session.id, session.user_id).await?;
                tracing::warn!(user.id = %session.user_id, "a spent refresh token was used again: the session has ended");
                return Ok(Refresh::Ended(events::session_ended(session.id, session.user_id, EndReason::ReusedToken)));
            }
            None => {
                let salt = random_text();
                let successor = token.successor(&salt).hash();
                let spent = SpentToken { hash: &hash, number: state.number, at: now, salt: &salt };
                sessions::spend_token(connection, &session.id, spent).await?;
                sessions::insert_token(connection, &session.id, &successor, state.number + 1).await?;
                (now, salt)
            }
        };
        self.answer(connection, &session, Issue { token: &token.successor(&salt), at: spent_at })
            .await
            .map(Refresh::Granted)
    }

    async fn is_unused(&self, connection: &mut Connection, token: &RefreshToken) -> Result<bool, ApiError> {
        Ok(sessions::token(connection, &token.hash()).await?.is_some_and(|state| state.spent.is_none()))
    }

    /// The session for the response. The same time gives the same tokens.
    async fn answer(
        &self,
        connection: &mut Connection,
        session: &Session,
        issue: Issue<'_>,
    ) -> Result<SessionRecord, ApiError> {
        let id = session.user_id;
        let user = users::by_id(connection, id).await?;
        let account = accounts::by_ids(connection, &[id]).await?.pop();
        let (Some(user), Some(account)) = (user, account) else {
            return Err(ApiError::internal("a session of a user who does not exist"));
        };
        let grant = Grant { user: id, role: account.role, session: &session.id, at: issue.at };
        let access_token = self.issuer.issue(connection, grant).await?;
        Ok(SessionRecord {
            access_token: access_token.text,
            refresh_token: issue.token.text(),
            expires_at: access_token.expires_at,
            user,
        })
    }
}
