//! The records of the service's responses, as JSON with these names. The BFF has its own types for them; tests check both
//! against the OpenAPI description.

use std::collections::BTreeMap;

use chassis::Page;
use contract::{Time, UserId, token::Role};
use serde::Serialize;
use utoipa::ToSchema;

/// The public data of a user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserRecord {
    /// `usr_…`
    #[schema(value_type = String, pattern = "^usr_[0-9a-f]{32}$")]
    pub id: UserId,
    /// Unique, as its owner wrote it; compared without letter case.
    #[schema(pattern = "^[A-Za-z0-9_]{3,30}$")]
    pub handle: String,
    /// Display name.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Absolute URL of a picture.
    #[schema(required, max_length = 2048)]
    pub avatar_url: Option<String>,
    /// A few words about themselves.
    #[schema(required, max_length = 500)]
    pub bio: Option<String>,
    /// When they signed up.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When the record last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
    /// Incremented with each change.
    pub version: i64,
}

/// The private data of a user, for the user and admins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountRecord {
    /// The user's id.
    #[schema(value_type = String, pattern = "^usr_[0-9a-f]{32}$")]
    pub id: UserId,
    /// E-mail address.
    #[schema(format = Email)]
    pub email: String,
    /// `member` or `admin`.
    #[schema(value_type = String, example = "member")]
    pub role: Role,
}

/// Records by ids: those that exist, in no order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// The records.
    pub items: Vec<T>,
}

/// Users by ids or handles, or a page of all.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Users {
    /// A page of all.
    Page(Page<UserRecord>),
    /// Those of the ids or handles that exist.
    Items(Items<UserRecord>),
}

/// How many follow a user, and how many the user follows.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct FollowCountsRecord {
    /// Followers.
    #[schema(minimum = 0)]
    pub followers: i64,
    /// Followed.
    #[schema(minimum = 0)]
    pub following: i64,
}

/// Counts by user id; unknown ids are omitted.
#[derive(Debug, Serialize, ToSchema)]
pub struct FollowCounts {
    /// `usr_…` → counts
    #[schema(value_type = BTreeMap<String, FollowCountsRecord>)]
    pub counts: BTreeMap<UserId, FollowCountsRecord>,
}

/// The requested ids for which the condition holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Flags {
    /// Ids, in no order.
    #[schema(value_type = Vec<String>)]
    pub ids: Vec<UserId>,
}

/// A new or refreshed session. Not `Debug`, because it contains tokens.
#[derive(Serialize, ToSchema)]
pub struct SessionRecord {
    /// A JWT (EdDSA) for `Authorization: Bearer`, valid until `expires_at`.
    pub access_token: String,
    /// Good for one refresh.
    #[schema(pattern = "^[A-Za-z0-9_-]{43}$")]
    pub refresh_token: String,
    /// When the access token ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Time,
    /// The signed-in user.
    pub user: UserRecord,
}

/// A JSON Web Key Set (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct KeySetRecord {
    /// The next, the current and the previous key, as far as there are.
    #[schema(max_items = 3)]
    pub keys: Vec<KeyRecord>,
}

/// The public half of an Ed25519 key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyRecord {
    /// `OKP`
    pub kty: &'static str,
    /// `Ed25519`
    pub crv: &'static str,
    /// `sig`
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// `EdDSA`
    pub alg: &'static str,
    /// Which key: a token names it in its header.
    pub kid: String,
    /// 32 bytes, base64url without padding.
    #[schema(min_length = 43, max_length = 43)]
    pub x: String,
}

impl KeyRecord {
    pub(crate) const fn new(kid: String, x: String) -> Self {
        Self { kty: "OKP", crv: "Ed25519", usage: "sig", alg: "EdDSA", kid, x }
    }
}
