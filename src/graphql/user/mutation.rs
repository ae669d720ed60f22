//! Mutations of users: the profile, and following other users.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use contract::UserId;
use macros::object;
use serde::{Deserialize, Serialize};

use super::{User, routes::USERS};
use crate::{
    clients::{Command, MethodOf},
    graphql::{
        access, directives,
        outcome::{UserError, id_of},
        payload::{Effect, Payload, refused, send},
        rule::AccessRule,
        scalars::Url,
        table::{Member, Record, Resolved, Table},
    },
    services::Service,
};

/// Mutations of users.
#[derive(Default)]
pub struct UserMutation;

/// Input of `updateProfile`: an absent member is left unchanged, `null` clears it.
#[derive(InputObject, Serialize)]
pub struct UpdateProfileInput {
    /// Display name; cannot be cleared.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    name: MaybeUndefined<String>,
    /// A short biography.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    bio: MaybeUndefined<String>,
    /// URL of the avatar image.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    avatar_url: MaybeUndefined<Url>,
    /// Requests repeated with the same idempotency key take effect once.
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// Input of `followUser` and `unfollowUser`.
#[derive(InputObject)]
pub struct FollowUserInput {
    /// Id: `usr_…`.
    user_id: ID,
}

/// Payload of `updateProfile`.
#[object]
pub struct UpdateProfilePayload {
    /// The viewer as it is now.
    user: Option<User>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `followUser` and `unfollowUser`.
#[derive(Deserialize, SimpleObject)]
pub struct FollowUserPayload {
    /// The user as it is now.
    user: Option<User>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// The payload of `followUser` and `unfollowUser`: the user is found by their id.
pub static FOLLOWED: Table = Table {
    name: "FollowUserPayload",
    tag: None,
    members: &[Member::of::<Option<UserId>>("user_id", true), Member::of::<Vec<UserError>>("user_errors", false)],
    fields: &[Resolved::of_command("user", &USERS, "user_id", User::table)],
};

#[Object]
impl UserMutation {
    /// Changes the viewer's profile.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: UpdateProfileInput,
    ) -> Option<Result<Payload<UpdateProfilePayload>>> {
        let changed = async {
            let viewer = access::signed_in(ctx)?;
            let command = Command::patch(Service::User, "/v1/users/{id}", &[&viewer.id()]).by(viewer);
            let command = command.json(&input).once(input.idempotency_key);
            send(ctx, command, Effect::answered("user")).await
        };
        Some(changed.await)
    }

    /// Follows a user. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn follow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: FollowUserInput,
    ) -> Option<Result<Payload<FollowUserPayload>>> {
        Some(set_following(ctx, &input.user_id, Command::put).await)
    }

    /// Unfollows a user. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn unfollow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: FollowUserInput,
    ) -> Option<Result<Payload<FollowUserPayload>>> {
        Some(set_following(ctx, &input.user_id, Command::delete).await)
    }
}

async fn set_following(ctx: &Context<'_>, user: &ID, method: MethodOf<'_>) -> Result<Payload<FollowUserPayload>> {
    let viewer = access::signed_in(ctx)?;
    let user: UserId = match id_of(&["userId"], user) {
        Ok(user) => user,
        Err(error) => return refused(ctx, error),
    };
    let command = method(Service::User, "/v1/users/{id}/following/{id}", &[&viewer.id(), &user]).by(viewer);
    send(ctx, command, Effect { answer: None, id: Some(("user_id", &user.to_string())) }).await
}
