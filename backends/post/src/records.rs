//! The records of the service's responses, as JSON with these names. The BFF has its own types for them; tests check both
//! against the OpenAPI description.

use std::collections::BTreeMap;

use chassis::Object;
use contract::{CommentId, Currency, PostId, Time, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{limits, tags};

/// A post.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PostRecord {
    /// `pst_…`
    #[schema(value_type = String, pattern = "^pst_[0-9a-f]{32}$")]
    pub id: PostId,
    /// The author: `usr_…`
    #[schema(value_type = String, pattern = "^usr_[0-9a-f]{32}$")]
    pub author_id: UserId,
    /// Title: one line.
    #[schema(schema_with = limits::title)]
    pub title: String,
    /// Text.
    #[schema(schema_with = limits::body)]
    pub body: String,
    /// Tags, in the author's order.
    #[schema(schema_with = tags::schema)]
    pub tags: Vec<String>,
    /// Its offer, or null.
    #[schema(required)]
    pub offer: Option<Offer>,
    /// The time of publication.
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Time,
    /// The time of the last change; likes and comments do not count.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
    /// Incremented with each change.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// The offer of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// The price of one.
    #[serde(deserialize_with = "Object::read")]
    pub price: Price,
    /// Items in stock.
    #[schema(schema_with = limits::stock)]
    pub stock: i64,
}

/// Exact money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// Minor units of the currency (JPY has none).
    #[schema(schema_with = limits::amount)]
    pub amount: i64,
    /// ISO 4217 code.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    pub currency: Currency,
}

/// A comment on a post.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentRecord {
    /// `cmt_…`
    #[schema(value_type = String, pattern = "^cmt_[0-9a-f]{32}$")]
    pub id: CommentId,
    /// The post: `pst_…`
    #[schema(value_type = String, pattern = "^pst_[0-9a-f]{32}$")]
    pub post_id: PostId,
    /// The author: `usr_…`
    #[schema(value_type = String, pattern = "^usr_[0-9a-f]{32}$")]
    pub author_id: UserId,
    /// Text.
    #[schema(schema_with = limits::comment)]
    pub body: String,
    /// The time of the comment.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// Incremented with each change.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// Records by ids: those that exist, in no order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// The records.
    pub items: Vec<T>,
}

/// The number of an author's posts.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PostCountRecord {
    /// Posts.
    #[schema(minimum = 0)]
    pub posts: i64,
}

/// The number of a post's comments.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CommentCountRecord {
    /// Comments.
    #[schema(minimum = 0)]
    pub comments: i64,
}

/// The number of users who like a post.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct LikeCountRecord {
    /// Likes.
    #[schema(minimum = 0)]
    pub likes: i64,
}

/// Posts by author; every requested author is present; authors without posts have 0.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostCounts {
    /// `usr_…` → count
    #[schema(value_type = BTreeMap<String, PostCountRecord>)]
    pub counts: BTreeMap<UserId, PostCountRecord>,
}

/// Comments by post; unknown posts are omitted.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentCounts {
    /// `pst_…` → count
    #[schema(value_type = BTreeMap<String, CommentCountRecord>)]
    pub counts: BTreeMap<PostId, CommentCountRecord>,
}

/// Likes by post; unknown posts are omitted.
#[derive(Debug, Serialize, ToSchema)]
pub struct LikeCounts {
    /// `pst_…` → count
    #[schema(value_type = BTreeMap<String, LikeCountRecord>)]
    pub counts: BTreeMap<PostId, LikeCountRecord>,
}

/// The requested posts for which the condition holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Flags {
    /// Ids, in no order.
    #[schema(value_type = Vec<String>)]
    pub ids: Vec<PostId>,
}
