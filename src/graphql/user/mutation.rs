//! Mutations of users: the profile, and following other users.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use serde::Serialize;

use super::User;
use crate::{
    clients::{Command, MethodOf},
    graphql::{
        access, directives,
        in_place::InPlace,
        outcome::{Outcome, UserError, id_of, send},
        rule::AccessRule,
        scalars::Url,
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
#[derive(SimpleObject)]
pub struct UpdateProfilePayload {
    /// The viewer as it is now.
    user: Option<User>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `followUser` and `unfollowUser`.
#[derive(SimpleObject)]
pub struct FollowUserPayload {
    /// The user as it is now.
    user: Option<Result<InPlace<User>>>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

#[Object]
impl UserMutation {
    /// Changes the viewer's profile.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: UpdateProfileInput,
    ) -> Option<Result<UpdateProfilePayload>> {
        let changed = async {
            let viewer = access::signed_in(ctx)?;
            let command = Command::patch(Service::User, "/v1/users/{id}", &[&viewer.id()]).by(viewer);
            let command = command.json(&input).once(input.idempotency_key).answered();
            let Outcome { effect: user, user_errors } = send(ctx, command).await?;
            Ok(UpdateProfilePayload { user, user_errors })
        };
        Some(changed.await)
    }

    /// Follows a user. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn follow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: FollowUserInput,
    ) -> Option<Result<FollowUserPayload>> {
        Some(set_following(ctx, &input.user_id, Command::put).await)
    }

    /// Unfollows a user. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn unfollow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: FollowUserInput,
    ) -> Option<Result<FollowUserPayload>> {
        Some(set_following(ctx, &input.user_id, Command::delete).await)
    }
}

async fn set_following(ctx: &Context<'_>, user: &ID, method: MethodOf<'_>) -> Result<FollowUserPayload> {
    let viewer = access::signed_in(ctx)?;
    let user = match id_of(&["userId"], user) {
        Ok(user) => user,
        Err(error) => return Ok(FollowUserPayload { user: None, user_errors: vec![error] }),
    };
    let command = method(Service::User, "/v1/users/{id}/following/{id}", &[&viewer.id(), &user]).by(viewer);
    let Outcome { effect, user_errors } = send(ctx, command).await?;
    let user = match effect {
        Some(()) => User::by_id(ctx, user).await,
        None => None,
    };
    Ok(FollowUserPayload { user, user_errors })
}
