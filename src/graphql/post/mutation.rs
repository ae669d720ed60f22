//! Mutations of posts: publishing, editing, deleting, liking.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use contract::PostId;

use crate::{
    clients::post::{OfferRecord, PostDraft, PostPatch, PostRecord},
    graphql::{
        access::{self, AccessRule},
        directives,
        in_place::InPlace,
        money::MoneyInput,
        outcome::{UserError, id_of, outcome, patch},
        post::Post,
        resolve::{object, scope},
    },
};

/// Mutations of posts.
#[derive(Default)]
pub struct PostMutation;

/// The offer of a post: price and stock.
#[derive(InputObject)]
pub struct OfferInput {
    /// Price per unit.
    price: MoneyInput,
    /// How many there are.
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
#[derive(SimpleObject)]
pub struct PostPayload {
    /// The post as it is now.
    post: Option<Result<InPlace<Post>>>,
    /// Why nothing changed.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// Payload of `deletePost`.
#[derive(SimpleObject)]
pub struct DeletePostPayload {
    /// The id of the deleted post.
    deleted_post_id: Option<ID>,
    /// Why nothing changed.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

impl PostPayload {
    fn refused(error: UserError) -> Self {
        Self { post: None, user_errors: vec![error] }
    }

    fn of((post, user_errors): (Option<PostRecord>, Vec<UserError>)) -> Self {
        Self { post: post.map(|post| Ok(InPlace(Post::from(post)))), user_errors }
    }
}

#[Object]
impl PostMutation {
    /// Publishes a post by the viewer.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn publish_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: PublishPostInput,
    ) -> Option<Result<PostPayload>> {
        Some(publish(ctx, input).await)
    }

    /// Changes a post.
    #[graphql(directive = directives::access::apply(AccessRule::AuthorOrAdmin))]
    async fn edit_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: EditPostInput,
    ) -> Option<Result<PostPayload>> {
        Some(edit(ctx, input).await)
    }

    /// Deletes a post with its comments and likes.
    #[graphql(directive = directives::access::apply(AccessRule::AuthorOrAdmin))]
    async fn delete_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: DeletePostInput,
    ) -> Option<Result<DeletePostPayload>> {
        Some(delete(ctx, input).await)
    }

    /// Likes a post as the viewer. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn like_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: LikePostInput,
    ) -> Option<Result<PostPayload>> {
        Some(set_like(ctx, &input.post_id, true).await)
    }

    /// Removes the viewer's like from a post. Idempotent.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn unlike_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: LikePostInput,
    ) -> Option<Result<PostPayload>> {
        Some(set_like(ctx, &input.post_id, false).await)
    }
}

async fn publish(ctx: &Context<'_>, input: PublishPostInput) -> Result<PostPayload> {
    let request = &scope(ctx).forget().request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let PublishPostInput { title, body, tags, offer, idempotency_key } = input;
    let offer = match offer.map(offer_record).transpose() {
        Ok(offer) => offer,
        Err(error) => return Ok(PostPayload::refused(error)),
    };
    let command = (viewer, PostDraft { title, body, tags, offer }, idempotency_key);
    outcome(request.clients.posts.publish(&request.context, command).await).map(PostPayload::of)
}

async fn edit(ctx: &Context<'_>, input: EditPostInput) -> Result<PostPayload> {
    let request = &scope(ctx).forget().request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let prepared = || -> Result<(PostId, PostPatch), UserError> {
        let post = id_of(&["postId"], &input.post_id)?;
        let offer = input.offer.map_value(offer_record).transpose()?;
        let (title, body, tags) = (patch(input.title), patch(input.body), patch(input.tags));
        Ok((post, PostPatch { title, body, tags, offer: patch(offer) }))
    };
    let (post, changes) = match prepared() {
        Ok(prepared) => prepared,
        Err(error) => return Ok(PostPayload::refused(error)),
    };
    let answer = request.clients.posts.edit(&request.context, (viewer, post, changes), input.idempotency_key).await;
    outcome(answer).map(PostPayload::of)
}

async fn delete(ctx: &Context<'_>, input: DeletePostInput) -> Result<DeletePostPayload> {
    let request = &scope(ctx).forget().request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let post = match id_of(&["postId"], &input.post_id) {
        Ok(post) => post,
        Err(error) => return Ok(DeletePostPayload { deleted_post_id: None, user_errors: vec![error] }),
    };
    let (done, user_errors) = outcome(request.clients.posts.delete(&request.context, (viewer, post)).await)?;
    Ok(DeletePostPayload { deleted_post_id: done.map(|()| input.post_id), user_errors })
}

async fn set_like(ctx: &Context<'_>, post: &ID, like: bool) -> Result<PostPayload> {
    let scope = scope(ctx).forget();
    let request = &scope.request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let post = match id_of(&["postId"], post) {
        Ok(post) => post,
        Err(error) => return Ok(PostPayload::refused(error)),
    };
    let answer = request.clients.posts.set_like(&request.context, (viewer, post, like)).await;
    let (done, user_errors) = outcome(answer)?;
    let post = match done {
        Some(()) => object(scope.loaders().posts_by_id.load((), post).await),
        None => None,
    };
    Ok(PostPayload { post, user_errors })
}

fn offer_record(offer: OfferInput) -> Result<OfferRecord, UserError> {
    match offer.price.minor_units() {
        Ok(price) => Ok(OfferRecord { price, stock: offer.stock }),
        Err(problem) => Err(UserError::invalid(&["offer", "price", "amount"], problem)),
    }
}
