//! Mutations of comments.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use serde::Serialize;

use super::Comment;
use crate::{
    clients::Command,
    graphql::{
        access, directives,
        in_place::InPlace,
        outcome::{Outcome, UserError, id_of, send},
        post::Post,
        rule::AccessRule,
    },
    services::Service,
};

/// Mutations of comments.
#[derive(Default)]
pub struct CommentMutation;

/// Input of `addComment`.
#[derive(InputObject, Serialize)]
pub struct AddCommentInput {
    /// Id: `pst_…`.
    #[serde(skip)]
    post_id: ID,
    /// The text.
    body: String,
    /// Requests repeated with the same idempotency key take effect once.
    #[serde(skip)]
    idempotency_key: Option<String>,
}

/// Payload of `addComment`.
#[derive(SimpleObject)]
pub struct AddCommentPayload {
    /// The new comment.
    comment: Option<Comment>,
    /// The post as it is now.
    post: Option<Result<InPlace<Post>>>,
    /// Reasons why the mutation had no effect.
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
    let viewer = access::signed_in(ctx)?;
    let post = match id_of(&["postId"], &input.post_id) {
        Ok(post) => post,
        Err(error) => return Ok(AddCommentPayload { comment: None, post: None, user_errors: vec![error] }),
    };
    let command = Command::post(Service::Post, "/v1/posts/{id}/comments", &[&post]).by(viewer);
    let command = command.json(&input).once(input.idempotency_key).answered();
    let Outcome { effect: comment, user_errors } = send(ctx, command).await?;
    let post = match comment {
        Some(_) => Post::by_id(ctx, post).await,
        None => None,
    };
    Ok(AddCommentPayload { comment, post, user_errors })
}
