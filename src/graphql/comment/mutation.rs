//! Mutations of comments.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use contract::PostId;
use serde::{Deserialize, Serialize};

use super::Comment;
use crate::{
    clients::Command,
    graphql::{
        access, directives,
        outcome::{UserError, id_of},
        payload::{Effect, Payload, refused, send},
        post::{Post, routes::POSTS},
        rule::AccessRule,
        table::{Member, Record, Resolved, Table},
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
#[derive(Deserialize, SimpleObject)]
pub struct AddCommentPayload {
    /// The new comment.
    comment: Option<Comment>,
    /// The post as it is now.
    post: Option<Post>,
    /// Reasons why the mutation had no effect.
    #[graphql(directive = directives::list_size::apply(Some(1), None, None))]
    user_errors: Vec<UserError>,
}

/// The payload: the post is found by its id.
pub static COMMENTED: Table = Table {
    name: "AddCommentPayload",
    tag: None,
    members: &[
        Member::of::<Option<Comment>>("comment", false),
        Member::of::<Option<PostId>>("post_id", true),
        Member::of::<Vec<UserError>>("user_errors", false),
    ],
    fields: &[Resolved::of_command("post", &POSTS, "post_id", Post::table)],
};

#[Object]
impl CommentMutation {
    /// Comments on a post.
    #[graphql(directive = directives::access::apply(AccessRule::SignedIn))]
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mutation's input.")] input: AddCommentInput,
    ) -> Option<Result<Payload<AddCommentPayload>>> {
        Some(add(ctx, input).await)
    }
}

async fn add(ctx: &Context<'_>, input: AddCommentInput) -> Result<Payload<AddCommentPayload>> {
    let viewer = access::signed_in(ctx)?;
    let post: PostId = match id_of(&["postId"], &input.post_id) {
        Ok(post) => post,
        Err(error) => return refused(ctx, error),
    };
    let command = Command::post(Service::Post, "/v1/posts/{id}/comments", &[&post]).by(viewer);
    let command = command.json(&input).once(input.idempotency_key);
    send(ctx, command, Effect { answer: Some("comment"), id: Some(("post_id", &post.to_string())) }).await
}
