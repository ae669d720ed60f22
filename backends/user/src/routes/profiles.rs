//! Changing profiles: users their own, admins any. In: a patch and a version. Out: the user after the change, and its
//! event.

use axum::extract::State;
use chassis::{
    Answer, ApiError, Command, Envelope, IdempotencyKey, IfMatch, Ledger, Outcome, Path, Viewer, database::Connection,
    text::Verdict,
};
use contract::{Time, UserId};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::check_all;
use crate::{
    events,
    profile::{check_avatar_url, check_bio, check_name},
    records::UserRecord,
    store::users::{self, ProfileChange},
};

/// A change of a profile: absent members stay, null clears.
#[derive(Deserialize, ToSchema)]
pub(super) struct ProfilePatch {
    /// Display name: one line, not blank; cannot be cleared.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 80, nullable = false)]
    name: Option<Option<String>>,
    /// A few words about themselves.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 500)]
    bio: Option<Option<String>>,
    /// Absolute URL (http or https) of a picture.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = "uri", max_length = 2048)]
    avatar_url: Option<Option<String>>,
}

/// A member that is present, even if it is null.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes a profile: the viewer's own, or any profile as an admin.
#[utoipa::path(
    patch, path = "/v1/users/{id}", request_body = ProfilePatch, tag = "users", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch, IdempotencyKey),
    responses((status = 200, body = UserRecord, headers(("etag" = String))), (status = 403)),
)]
pub(super) async fn update(
    State(ledger): State<Ledger>,
    viewer: Viewer,
    Path(id): Path<UserId>,
    Command { input, envelope }: Command<ProfilePatch>,
) -> Result<Answer, ApiError> {
    let change = check(input, ledger.clock().now())?;
    let effect = async |connection: &mut Connection| {
        let before = users::by_id(connection, id).await?.ok_or_else(users::unknown)?;
        if id != viewer.id() && !viewer.is_admin() {
            return Err(ApiError::forbidden("only its owner or an admin may change a profile"));
        }
        if change.is_empty() {
            envelope.check_version(before.version)?;
            return Ok(Outcome::silent(Answer::ok(&before)?.version(before.version)));
        }
        changed(connection, id, &change, &envelope).await
    };
    ledger.write(&envelope, effect).await
}

/// Updates first and compares the version then, because another request may have changed it since the read.
async fn changed(
    connection: &mut Connection,
    id: UserId,
    change: &ProfileChange,
    envelope: &Envelope,
) -> Result<Outcome, ApiError> {
    let user = users::update(connection, id, change).await?.ok_or_else(users::unknown)?;
    envelope.check_version(user.version - 1)?;
    let event = events::of_user("user.updated", &user);
    Ok(Outcome::with_event(Answer::ok(&user)?.version(user.version), event))
}

fn check(patch: ProfilePatch, at: Time) -> Result<ProfileChange, ApiError> {
    let ProfilePatch { name, bio, avatar_url } = patch;
    let set = |member: &Option<Option<String>>, rule: fn(&str) -> Verdict| {
        member.as_ref().and_then(Option::as_deref).map_or(Ok(()), rule)
    };
    check_all([
        ("name", if name == Some(None) { Err("must not be null") } else { set(&name, check_name) }),
        ("bio", set(&bio, check_bio)),
        ("avatar_url", set(&avatar_url, check_avatar_url)),
    ])?;
    Ok(ProfileChange { name: name.flatten(), bio, avatar_url, at })
}
