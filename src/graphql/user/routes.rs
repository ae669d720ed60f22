//! The read routes of the user service.

use contract::UserId;
use serde::Deserialize;

use super::{Role, User};
use crate::{
    cache::Tag,
    clients::{Everybody, Keyed, PageArguments, PageRecord, Route, Shown, TheViewer},
    services::Service,
};

/// A user's private data.
#[derive(Clone, Deserialize)]
pub struct Account {
    id: UserId,
    pub(super) email: String,
    pub(super) role: Role,
}

/// Numbers of followers and followed users.
#[derive(Clone, Copy, Deserialize)]
pub struct FollowCounts {
    pub(super) followers: i32,
    pub(super) following: i32,
}

/// Users by id.
pub static USERS: Route<Everybody, (), UserId, User> =
    Route::records(Service::User, "/v1/users", "ids").shared(|id| Tag::object("User", id));

/// Users by handle in lower case. A user who takes a free handle later joins the list of all users.
pub static USERS_BY_HANDLE: Route<Everybody, (), String, User> =
    Route::records(Service::User, "/v1/users", "handles").shared_where_missing(|_| ALL);

/// All users, newest first.
pub static ALL_USERS: Route<Everybody, PageArguments, (), PageRecord<User>> =
    Route::list(Service::User, "/v1/users").shared(|()| ALL);

/// The followers of each user, latest first.
pub static FOLLOWERS: Route<Everybody, PageArguments, UserId, PageRecord<User>> =
    Route::pages(Service::User, "/v1/followers/by-user", "user_ids").shared(|id| Tag::list_of(id, "User", "followers"));

/// The users that each user follows, latest first.
pub static FOLLOWING: Route<Everybody, PageArguments, UserId, PageRecord<User>> =
    Route::pages(Service::User, "/v1/following/by-user", "user_ids").shared(|id| Tag::list_of(id, "User", "following"));

/// Numbers of followers and followed users.
pub static FOLLOW_COUNTS: Route<Everybody, (), UserId, FollowCounts> =
    Route::counts(Service::User, "/v1/users/counts", "ids").shared(|id| Tag::object("User", id));

/// E-mail addresses and roles.
pub static ACCOUNTS: Route<TheViewer, (), UserId, Account> = Route::records(Service::User, "/v1/accounts", "ids");

/// Whether the viewer follows each user.
pub static FOLLOWED_BY_VIEWER: Route<TheViewer, (), UserId, bool> = Route::flags(Service::User, "/v1/follows", "ids");

const ALL: Tag = Tag::list("User", "users");

/// By handle, in lower case: handles differ in more than their letters' case.
impl Keyed<String> for User {
    const MEMBER: &'static str = "handle";

    fn key(&self) -> String {
        self.handle.0.to_lowercase()
    }
}

impl Keyed<UserId> for Account {
    fn key(&self) -> UserId {
        self.id
    }
}

impl Shown for FollowCounts {}
