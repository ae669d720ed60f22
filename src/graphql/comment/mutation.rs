//! Mutations of comments.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::graphql::{
    access::{self, AccessRule},
    comment::Comment,
    directives,
    in_place::InPlace,
    outcome::{UserError, id_of, outcome},
    post::Post,
    resolve::{object, scope},
};

/// Mutations of comments.
#[derive(Default)]
pub struct CommentMutation;

/// Input of `addComment`.
#[derive(InputObject)]
pub struct AddCommentInput {
    /// Id: `pst_…`.
    post_id: ID,
    /// The text.
    body: String,
    /// Requests repeated with the same idempotency key take effect once.
    idempotency_key: Option<String>,
}

/// Payload of `addComment`.
#[derive(SimpleObject)]
pub struct AddCommentPayload {
    /// The new comment.
    comment: Option<Comment>,
    /// The post as it is now.
    post: Option<Result<InPlace<Post>>>,
    /// Why nothing changed.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

#[Object]
impl CommentMutation {
    /// Comments on a post.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: AddCommentInput,
    ) -> Option<Result<AddCommentPayload>> {
        Some(add(ctx, input).await)
    }
}

async fn add(ctx: &Context<'_>, input: AddCommentInput) -> Result<AddCommentPayload> {
    let scope = scope(ctx).forget();
    let request = &scope.request;
    let viewer = access::signed_in(request.viewer.as_ref())?;
    let post = match id_of(&["postId"], &input.post_id) {
        Ok(post) => post,
        Err(error) => return Ok(AddCommentPayload { comment: None, post: None, user_errors: vec![error] }),
    };
    let command = (viewer, post, input.body.as_str());
    let answer = request.clients.posts.comment(&request.context, command, input.idempotency_key).await;
    let (comment, user_errors) = outcome(answer)?;
    let post = match comment {
        Some(_) => object(scope.loaders().posts_by_id.load((), post).await),
        None => None,
    };
    Ok(AddCommentPayload { comment: comment.map(Comment::from), post, user_errors })
}
