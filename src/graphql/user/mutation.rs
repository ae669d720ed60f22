//! Mutations of users: their profile, and whom they follow.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};

use crate::{
    clients::user::ProfilePatch,
    graphql::{
        access::{self, AccessRule},
        directives,
        in_place::InPlace,
        outcome::{UserError, id_of, outcome, patch},
        resolve::{object, scope},
        scalars::Url,
        user::User,
    },
};

/// Mutations of users.
#[derive(Default)]
pub struct UserMutation;

/// Input of `updateProfile`: an absent member is left unchanged, `null` clears it.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// Display name; cannot be cleared.
    name: MaybeUndefined<String>,
    /// A short biography.
    bio: MaybeUndefined<String>,
    /// URL of the avatar image.
    avatar_url: MaybeUndefined<Url>,
    /// Requests repeated with the same idempotency key take effect once.
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
    /// The viewer as changed.
    user: Option<User>,
    /// Why nothing changed.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `followUser` and `unfollowUser`.
#[derive(SimpleObject)]
pub struct FollowUserPayload {
    /// The id of the user: `usr_…`.
    user: Option<Result<InPlace<User>>>,
    /// Why nothing changed.
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
        let request = &scope(ctx).forget().request;
        let changed = async {
            let viewer = access::signed_in(request.viewer.as_ref())?;
            let changes = ProfilePatch {
                name: patch(input.name),
                bio: patch(input.bio),
                avatar_url: patch(input.avatar_url.map_value(|url| url.0)),
            };
            let command = (viewer, changes, input.idempotency_key);
            let (user, user_errors) = outcome(request.clients.users.update_profile(&request.context, command).await)?;
            Ok(UpdateProfilePayload { user: user.map(User::from), user_errors })
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
        Some(set_following(ctx, &input.user_id, true).await)
    }

    /// Unfollows a user. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn unfollow_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: FollowUserInput,
    ) -> Option<Result<FollowUserPayload>> {
        Some(set_following(ctx, &input.user_id, false).await)
    }
}

async fn set_following(ctx: &Context<'_>, user: &ID, follow: bool) -> Result<FollowUserPayload> {
    let scope = scope(ctx).forget();
    let request = &scope.request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let user = match id_of(&["userId"], user) {
        Ok(user) => user,
        Err(error) => return Ok(FollowUserPayload { user: None, user_errors: vec![error] }),
    };
    let answer = request.clients.users.set_following(&request.context, (viewer, user, follow)).await;
    let (done, user_errors) = outcome(answer)?;
    let user = match done {
        Some(()) => object(scope.loaders().users_by_id.load((), user).await),
        None => None,
    };
    Ok(FollowUserPayload { user, user_errors })
}
