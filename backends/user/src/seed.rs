//! Demo users and follows for an empty database, in bulk. In: rows as plain values, counts included. Out: the rows
//! that sign-ups and follows would have written. Only with the feature `seed`.

use std::time::Duration;

use chassis::{
    Deadline,
    database::{Database, DatabaseError, Value},
};
use contract::{Time, UserId, token::Role};

use crate::{passwords, store};

/// The timeout of all rows of one table.
const WITHIN: Duration = Duration::from_secs(600);
const INSERT_USER: &str = "INSERT INTO users (id, handle, handle_key, name, email, email_key, password_hash, role, \
                           avatar_url, bio, created_at, updated_at, version, follower_count, following_count) VALUES ";
const INSERT_FOLLOW: &str = "INSERT INTO follows (follower_id, followed_id, created_at) VALUES ";

/// A password that could not be hashed: the system has no random numbers or no memory.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(argon2::password_hash::Error);

/// A user who signed up at `created_at` and has not changed since.
#[derive(Clone, Debug)]
pub struct UserSeed {
    /// Id.
    pub id: UserId,
    /// Handle; unique without letter case.
    pub handle: String,
    /// Display name.
    pub name: String,
    /// E-mail address; unique without letter case.
    pub email: String,
    /// The user's role.
    pub role: Role,
    /// Absolute URL of a picture.
    pub avatar_url: Option<String>,
    /// The biography.
    pub bio: Option<String>,
    /// The time of the sign-up.
    pub created_at: Time,
    /// The number of followers.
    pub follower_count: i64,
    /// The number of followed users.
    pub following_count: i64,
}

/// A follow.
#[derive(Clone, Copy, Debug)]
pub struct FollowSeed {
    /// The user who follows.
    pub follower_id: UserId,
    /// The followed user.
    pub followed_id: UserId,
    /// The time of the follow.
    pub created_at: Time,
}

/// The hash of a password, argon2id in PHC string format: takes a few tens of milliseconds.
pub fn hash_password(password: &str) -> Result<String, HashError> {
    passwords::hash(password).map_err(HashError)
}

/// Writes all users, or none. All have the password of `hash`.
pub async fn seed_users(
    database: &Database,
    hash: &str,
    users: impl Iterator<Item = UserSeed>,
) -> Result<(), DatabaseError> {
    let row = |user: UserSeed| -> Vec<Value> {
        vec![
            user.id.into(),
            user.handle.as_str().into(),
            user.handle.to_ascii_lowercase().into(),
            user.name.into(),
            user.email.as_str().into(),
            user.email.to_ascii_lowercase().into(),
            hash.into(),
            store::accounts::role_text(user.role).into(),
            user.avatar_url.into(),
            user.bio.into(),
            user.created_at.into(),
            user.created_at.into(),
            1.into(),
            user.follower_count.into(),
            user.following_count.into(),
        ]
    };
    database.insert_bulk(INSERT_USER, users.map(row), Deadline::after(WITHIN)).await
}

/// Writes all follows, or none; the users exist, with their counts.
pub async fn seed_follows(database: &Database, follows: impl Iterator<Item = FollowSeed>) -> Result<(), DatabaseError> {
    let row = |follow: FollowSeed| -> Vec<Value> {
        vec![follow.follower_id.into(), follow.followed_id.into(), follow.created_at.into()]
    };
    database.insert_bulk(INSERT_FOLLOW, follows.map(row), Deadline::after(WITHIN)).await
}
