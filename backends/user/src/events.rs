//! The events of the service: their types, whose schemas are in `events/`, and the data of each.
//! In: what a command changed. Out: events for the outbox.

use chassis::{Event, EventType, event_types};
use contract::UserId;
use serde_json::json;

use crate::records::UserRecord;

/// The types.
pub(crate) const TYPES: &[EventType] =
    event_types!["user.created", "user.updated", "user.followed", "user.unfollowed", "session.ended"];

/// Why a session ended.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EndReason {
    LogOut,
    ReusedToken,
    TooManySessions,
}

impl EndReason {
    const fn word(self) -> &'static str {
        match self {
            Self::LogOut => "log_out",
            Self::ReusedToken => "reused_token",
            Self::TooManySessions => "too_many_sessions",
        }
    }
}

/// `user.created`, `user.updated`: a user with the version after the change.
pub(crate) fn of_user(kind: &'static str, user: &UserRecord) -> Event {
    Event { kind, subject: user.id.to_string(), keys: Vec::new(), data: json!({"version": user.version}) }
}

/// `user.followed`, `user.unfollowed`. Follows are not part of the record, so no version changes.
pub(crate) fn of_follow(kind: &'static str, follower: UserId, followed: UserId) -> Event {
    let data = json!({"follower_id": follower, "followed_id": followed});
    Event { kind, subject: follower.to_string(), keys: vec![followed.to_string()], data }
}

/// `session.ended`
pub(crate) fn session_ended(session: String, user: UserId, reason: EndReason) -> Event {
    let data = json!({"user_id": user, "reason": reason.word()});
    Event { kind: "session.ended", subject: session, keys: vec![user.to_string()], data }
}
