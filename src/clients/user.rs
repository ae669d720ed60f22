//! The user service: people, accounts, follows, sessions. In: ids and commands. Out: records as the service sends them.

use std::collections::HashMap;

use contract::{Time, UserId, key_set::JwkSet, token::Role};
use http::Method;
use serde::{Deserialize, Serialize};

use super::{
    CallContext, CallError, Command, PageArguments, PageRecord, PublicRead, ServiceClient, Tag, ViewerRead,
    batch::{Counts, Flags, Items, Keyed, Pages, ids_query, pages_query, push_page},
    tag::Tagged,
};
use crate::auth::Viewer;

/// Calls the user service.
#[derive(Clone)]
pub struct UserClient {
    service: ServiceClient,
}

/// What everybody may see of a user.
#[derive(Clone, Debug, Deserialize)]
pub struct UserRecord {
    /// Id.
    pub id: UserId,
    /// Unique name without spaces.
    pub handle: String,
    /// Display name.
    pub name: String,
    /// Absolute URL of a picture.
    pub avatar_url: Option<String>,
    /// A few words about themselves.
    pub bio: Option<String>,
    /// When they signed up.
    pub created_at: Time,
}

/// What a user and admins see of the user.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountRecord {
    /// Whose account.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// What they may do.
    pub role: Role,
}

/// How many follow a user, and how many the user follows.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct FollowCountsRecord {
    /// Followers.
    pub followers: i32,
    /// Followed.
    pub following: i32,
}

/// A session just opened or refreshed.
#[derive(Clone, Debug, Deserialize)]
pub struct SessionRecord {
    /// A JWT, good for minutes.
    pub access_token: String,
    /// Good for one refresh.
    pub refresh_token: String,
    /// When the access token ends.
    pub expires_at: Time,
    /// Who is signed in.
    pub user: UserRecord,
}

/// A new user and the first session.
#[derive(Serialize)]
pub struct SignUp {
    /// Unique name without spaces.
    pub handle: String,
    /// Display name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// What changes of a profile: absent is unchanged, `null` is cleared.
#[derive(Default, Serialize)]
pub struct ProfilePatch {
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Option<String>>,
    /// A few words about themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<Option<String>>,
    /// Absolute URL of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<Option<String>>,
}

impl Tagged for UserRecord {
    fn tag(&self) -> Tag {
        Tag::User(self.id)
    }
}

impl Keyed<UserId> for UserRecord {
    fn key(&self) -> UserId {
        self.id
    }
}

/// By handle, in lower case: handles differ in more than their letters' case.
impl Keyed<String> for UserRecord {
    fn key(&self) -> String {
        self.handle.to_lowercase()
    }
}

impl Keyed<UserId> for AccountRecord {
    fn key(&self) -> UserId {
        self.id
    }
}

impl UserClient {
    /// A client that calls through `service`.
    pub fn new(service: ServiceClient) -> Self {
        Self { service }
    }

    /// The public keys that sign tokens.
    pub async fn key_set(&self, context: &CallContext) -> Result<JwkSet, CallError> {
        self.service.public(context, PublicRead::new("/.well-known/jwks.json".into(), []), Ok).await
    }

    /// Users by id; unknown ids are absent.
    pub async fn users_by_ids(
        &self,
        context: &CallContext,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, UserRecord>, CallError> {
        let read = PublicRead::new(ids_query(("/v1/users", "ids"), ids), ids.iter().copied().map(Tag::User));
        self.service.public(context, read, |answer: Items<_>| answer.among(ids)).await
    }

    /// Users by handle in lower case; unknown handles are absent. The handles hold letters, digits and `_` only.
    pub async fn users_by_handles(
        &self,
        context: &CallContext,
        handles: &[String],
    ) -> Result<HashMap<String, UserRecord>, CallError> {
        let read = PublicRead::new(ids_query(("/v1/users", "handles"), handles), []);
        let found: HashMap<_, _> = self.service.public(context, read, |answer: Items<_>| answer.among(handles)).await?;
        if found.len() < handles.len() {
            // A user who takes the handle later joins the list of all users.
            context.ledger().note_tags(|tags| tags.extend([Tag::Users]));
        }
        Ok(found)
    }

    /// A page of all users.
    pub async fn users(
        &self,
        context: &CallContext,
        page: &PageArguments,
    ) -> Result<PageRecord<UserRecord>, CallError> {
        let mut query = String::from("/v1/users?");
        push_page(&mut query, page);
        let read = PublicRead::new(query, [Tag::Users]);
        self.service.public(context, read, |answer: PageRecord<_>| answer.checked(page)).await
    }

    /// The followers of each user, one page each.
    pub async fn followers_by_user(
        &self,
        context: &CallContext,
        (users, page): (&[UserId], &PageArguments),
    ) -> Result<HashMap<UserId, PageRecord<UserRecord>>, CallError> {
        let read = PublicRead::new(
            pages_query(("/v1/followers/by-user", "user_ids"), users, page),
            users.iter().copied().map(Tag::Followers),
        );
        self.service.public(context, read, |answer: Pages<_, _>| answer.of(users, page)).await
    }

    /// Whom each user follows, one page each.
    pub async fn following_by_user(
        &self,
        context: &CallContext,
        (users, page): (&[UserId], &PageArguments),
    ) -> Result<HashMap<UserId, PageRecord<UserRecord>>, CallError> {
        let read = PublicRead::new(
            pages_query(("/v1/following/by-user", "user_ids"), users, page),
            users.iter().copied().map(Tag::Following),
        );
        self.service.public(context, read, |answer: Pages<_, _>| answer.of(users, page)).await
    }

    /// How many follow and are followed, by user; unknown ids are absent.
    pub async fn follow_counts(
        &self,
        context: &CallContext,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, FollowCountsRecord>, CallError> {
        let read = PublicRead::new(ids_query(("/v1/users/counts", "ids"), ids), ids.iter().copied().map(Tag::User));
        self.service.public(context, read, |answer: Counts<_, _>| answer.among(ids)).await
    }

    /// E-mail and role of those users whose account the viewer may see.
    pub async fn accounts_by_ids(
        &self,
        context: &CallContext,
        (viewer, ids): (&Viewer, &[UserId]),
    ) -> Result<HashMap<UserId, AccountRecord>, CallError> {
        let read = ViewerRead::new(viewer, ids_query(("/v1/accounts", "ids"), ids));
        self.service.viewer(context, read, |answer: Items<_>| answer.among(ids)).await
    }

    /// Which of these users the viewer follows.
    pub async fn followed_by_viewer(
        &self,
        context: &CallContext,
        (viewer, ids): (&Viewer, &[UserId]),
    ) -> Result<HashMap<UserId, bool>, CallError> {
        let read = ViewerRead::new(viewer, ids_query(("/v1/follows", "ids"), ids));
        self.service.viewer(context, read, |answer: Flags<_>| answer.among(ids)).await
    }

    /// Creates a user and signs them in.
    pub async fn sign_up(
        &self,
        context: &CallContext,
        (user, idempotency_key): (SignUp, Option<String>),
    ) -> Result<SessionRecord, CallError> {
        let command = Command::new(Method::POST, "/v1/users", &[]).json(&user).once(idempotency_key);
        self.service.command(context, command).await
    }

    /// Opens a session.
    pub async fn log_in(&self, context: &CallContext, email: &str, password: &str) -> Result<SessionRecord, CallError> {
        #[derive(Serialize)]
        struct Body<'a> {
            email: &'a str,
            password: &'a str,
        }
        let command = Command::new(Method::POST, "/v1/sessions", &[]).json(&Body { email, password });
        self.service.command(context, command).await
    }

    /// Spends a refresh token for a new pair.
    pub async fn refresh_session(
        &self,
        context: &CallContext,
        refresh_token: &str,
    ) -> Result<SessionRecord, CallError> {
        #[derive(Serialize)]
        struct Body<'a> {
            refresh_token: &'a str,
        }
        let command = Command::new(Method::POST, "/v1/sessions/refresh", &[]).json(&Body { refresh_token });
        self.service.command(context, command).await
    }

    /// Ends the session of the viewer's token.
    pub async fn log_out(&self, context: &CallContext, viewer: &Viewer) -> Result<(), CallError> {
        let command = Command::new(Method::DELETE, "/v1/sessions/current", &[]).by(viewer);
        self.service.perform(context, command).await
    }

    /// Changes the viewer's own profile.
    pub async fn update_profile(
        &self,
        context: &CallContext,
        (viewer, patch, idempotency_key): (&Viewer, ProfilePatch, Option<String>),
    ) -> Result<UserRecord, CallError> {
        let command = Command::new(Method::PATCH, "/v1/users/{id}", &[&viewer.id()]);
        let command = command.by(viewer).json(&patch).once(idempotency_key);
        self.service.command(context, command).await
    }

    /// Makes the viewer follow `other`, or no longer.
    pub async fn set_following(
        &self,
        context: &CallContext,
        (viewer, other, follow): (&Viewer, UserId, bool),
    ) -> Result<(), CallError> {
        let method = if follow { Method::PUT } else { Method::DELETE };
        let command = Command::new(method, "/v1/users/{id}/following/{id}", &[&viewer.id(), &other]).by(viewer);
        self.service.perform(context, command).await
    }
}
