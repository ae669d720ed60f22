//! The events of the service: their types, whose schemas are in `events/`, and the data of each.
//! In: what a command changed. Out: events for the outbox.

use chassis::{Event, EventType, Viewer, event_types};
use serde_json::json;

use crate::records::{CommentRecord, PostRecord};

/// The types.
pub(crate) const TYPES: &[EventType] =
    event_types!["post.published", "post.updated", "post.deleted", "post.liked", "post.unliked", "comment.added"];

/// `post.published`, `post.updated`, `post.deleted`: a post with the version after the change.
pub(crate) fn of_post(kind: &'static str, post: &PostRecord, version: i64) -> Event {
    let data = json!({"author_id": post.author_id, "version": version});
    Event { kind, subject: post.id.to_string(), keys: vec![post.author_id.to_string()], data }
}

/// `post.liked`, `post.unliked`. Likes are not part of the post's record, so no version changes.
pub(crate) fn of_like(kind: &'static str, post: &PostRecord, viewer: &Viewer, likes: i64) -> Event {
    let data = json!({"user_id": viewer.id(), "likes": likes});
    Event { kind, subject: post.id.to_string(), keys: Vec::new(), data }
}

/// `comment.added`
pub(crate) fn comment_added(comment: &CommentRecord) -> Event {
    let CommentRecord { id, post_id, author_id, version, .. } = comment;
    let data = json!({"post_id": post_id, "author_id": author_id, "version": version});
    Event { kind: "comment.added", subject: id.to_string(), keys: vec![post_id.to_string()], data }
}
