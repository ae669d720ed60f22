//! Mutations of posts: publishing, editing, deleting, liking.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, MaybeUndefined::Value, Object, Result};
use contract::{Money, PostId};
use macros::object;
use serde::Serialize;

use super::{Post, routes::POSTS};
use crate::{
    clients::{Command, MethodOf},
    graphql::{
        access, directives,
        id::GlobalId,
        money::MoneyInput,
        outcome::{UserError, id_of},
        payload::{Effect, Payload, refused, send},
        rule::AccessRule,
        table::{Member, Record, Resolved, Table},
    },
    services::Service,
};

/// Mutations of posts.
#[derive(Default)]
pub struct PostMutation;

/// The offer of a post: price and stock.
#[derive(InputObject)]
pub struct OfferInput {
    /// Price per unit.
    price: MoneyInput,
    /// Number of items in stock.
    stock: i32,
}

/// A new post.
#[derive(InputObject)]
pub struct PublishPostInput {
    /// Title.
    title: String,
    /// The whole text.
    body: String,
    /// Tags: lower-case letters, digits and `-`.
    #[graphql(default)]
    tags: Vec<String>,
    /// The post's offer, if it is for sale.
    offer: Option<OfferInput>,
    /// Requests repeated with the same idempotency key take effect once.
    idempotency_key: Option<String>,
}

/// Input of `editPost`: an absent member is left unchanged, `null` clears it.
#[derive(InputObject)]
pub struct EditPostInput {
    /// Id: `pst_…`.
    post_id: ID,
    /// Title; cannot be cleared.
    title: MaybeUndefined<String>,
    /// The whole text; cannot be cleared.
    body: MaybeUndefined<String>,
    /// Tags.
    tags: MaybeUndefined<Vec<String>>,
    /// The post's offer; `null` withdraws it.
    offer: MaybeUndefined<OfferInput>,
    /// Requests repeated with the same idempotency key take effect once.
    idempotency_key: Option<String>,
}

/// Input of `deletePost`.
#[derive(InputObject)]
pub struct DeletePostInput {
    /// Id: `pst_…`.
    post_id: ID,
}

/// Input of `likePost` and `unlikePost`.
#[derive(InputObject)]
pub struct LikePostInput {
    /// Id: `pst_…`.
    post_id: ID,
}

/// Payload of the mutations of one post.
#[object]
pub struct PostPayload {
    /// The post as it is now.
    post: Option<Post>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// The payload of `likePost` and `unlikePost`: the post is found by its id.
pub static LIKED: Table = Table {
    name: "PostPayload",
    tag: None,
    members: &[Member::of::<Option<PostId>>("post_id", true), Member::of::<Vec<UserError>>("user_errors", false)],
    fields: &[Resolved::of_command("post", &POSTS, "post_id", Post::table)],
};

/// Payload of `deletePost`.
#[object]
pub struct DeletePostPayload {
    /// The id of the deleted post.
    deleted_post_id: Option<GlobalId<contract::id::Post>>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// The members of a post, as the service takes them: an absent one is left unchanged, `null` clears it.
#[derive(Serialize)]
struct PostMembers {
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    title: MaybeUndefined<String>,
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    body: MaybeUndefined<String>,
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    tags: MaybeUndefined<Vec<String>>,
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    offer: MaybeUndefined<OfferMembers>,
}

/// The members of an offer, as the service takes them.
#[derive(Serialize)]
struct OfferMembers {
    price: Money,
    stock: i32,
}

#[Object]
impl PostMutation {
    /// Publishes a post by the viewer.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn publish_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: PublishPostInput,
    ) -> Option<Result<Payload<PostPayload>>> {
        Some(publish(ctx, input).await)
    }

    /// Changes a post.
    #[graphql(directive = directives::access::apply(AccessRule::AuthorOrAdmin))]
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: EditPostInput,
    ) -> Option<Result<Payload<PostPayload>>> {
        Some(edit(ctx, input).await)
    }

    /// Deletes a post with its comments and likes.
    #[graphql(directive = directives::access::apply(AccessRule::AuthorOrAdmin))]
    async fn delete_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: DeletePostInput,
    ) -> Option<Result<Payload<DeletePostPayload>>> {
        Some(delete(ctx, input).await)
    }

    /// Likes a post as the viewer. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn like_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: LikePostInput,
    ) -> Option<Result<Payload<PostPayload>>> {
        Some(set_like(ctx, &input.post_id, Command::put).await)
    }

    /// Removes the viewer's like from a post. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn unlike_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: LikePostInput,
    ) -> Option<Result<Payload<PostPayload>>> {
        Some(set_like(ctx, &input.post_id, Command::delete).await)
    }
}

async fn publish(ctx: &Context<'_>, input: PublishPostInput) -> Result<Payload<PostPayload>> {
    let viewer = access::signed_in(ctx)?;
    let PublishPostInput { title, body, tags, offer, idempotency_key } = input;
    let offer = match offer.map(offer_members).transpose() {
        Ok(offer) => offer.map_or(MaybeUndefined::Null, Value),
        Err(error) => return refused(ctx, error),
    };
    let (title, body, tags) = (Value(title), Value(body), Value(tags));
    let command = Command::post(Service::Post, "/v1/posts", &[]).by(viewer);
    let command = command.json(&PostMembers { title, body, tags, offer }).once(idempotency_key);
    send(ctx, command, Effect::answered("post")).await
}

async fn edit(ctx: &Context<'_>, input: EditPostInput) -> Result<Payload<PostPayload>> {
    let viewer = access::signed_in(ctx)?;
    let EditPostInput { post_id, title, body, tags, offer, idempotency_key } = input;
    let prepared = || -> Result<(PostId, MaybeUndefined<OfferMembers>), UserError> {
        Ok((id_of(&["postId"], &post_id)?, offer.map_value(offer_members).transpose()?))
    };
    let (post, offer) = match prepared() {
        Ok(prepared) => prepared,
        Err(error) => return refused(ctx, error),
    };
    let command = Command::patch(Service::Post, "/v1/posts/{id}", &[&post]).by(viewer);
    let command = command.json(&PostMembers { title, body, tags, offer }).once(idempotency_key);
    send(ctx, command, Effect::answered("post")).await
}

async fn delete(ctx: &Context<'_>, input: DeletePostInput) -> Result<Payload<DeletePostPayload>> {
    let viewer = access::signed_in(ctx)?;
    let post: PostId = match id_of(&["postId"], &input.post_id) {
        Ok(post) => post,
        Err(error) => return refused(ctx, error),
    };
    let command = Command::delete(Service::Post, "/v1/posts/{id}", &[&post]).by(viewer);
    send(ctx, command, Effect { answer: None, id: Some(("deleted_post_id", &post.to_string())) }).await
}

async fn set_like(ctx: &Context<'_>, post: &ID, method: MethodOf<'_>) -> Result<Payload<PostPayload>> {
    let viewer = access::signed_in(ctx)?;
    let post: PostId = match id_of(&["postId"], post) {
        Ok(post) => post,
        Err(error) => return refused(ctx, error),
    };
    let command = method(Service::Post, "/v1/posts/{id}/likes", &[&post]).by(viewer);
    send(ctx, command, Effect { answer: None, id: Some(("post_id", &post.to_string())) }).await
}

fn offer_members(offer: OfferInput) -> Result<OfferMembers, UserError> {
    match offer.price.minor_units() {
        Ok(price) => Ok(OfferMembers { price, stock: offer.stock }),
        Err(problem) => Err(UserError::invalid(&["offer", "price", "amount"], problem)),
    }
}
