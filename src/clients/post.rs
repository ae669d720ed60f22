//! The post service: posts and likes (comments: `comment.rs`). In: ids and commands. Out: records as the service sends them.

use std::collections::HashMap;

use contract::{Money, PostId, Time, UserId};
use http::Method;
use serde::{Deserialize, Serialize};

use super::{
    CallContext, CallError, Command, PageArguments, PageRecord, PublicRead, ServiceClient, Tag, ViewerRead,
    batch::{Counts, Flags, Items, Keyed, Pages, ids_query, pages_query, push_page, push_parameter},
    tag::Tagged,
};
use crate::auth::Viewer;

/// Calls the post service.
#[derive(Clone)]
pub struct PostClient {
    pub(super) service: ServiceClient,
}

/// A post.
#[derive(Clone, Debug, Deserialize)]
pub struct PostRecord {
    /// Id.
    pub id: PostId,
    /// Who wrote it.
    pub author_id: UserId,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Tags, in the author's order.
    pub tags: Vec<String>,
    /// What it sells, if anything.
    pub offer: Option<OfferRecord>,
    /// When it was published.
    pub published_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// What a post sells.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct OfferRecord {
    /// Price of one.
    pub price: Money,
    /// How many are left.
    pub stock: i32,
}

/// How many posts an author has.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct PostCountRecord {
    /// Posts.
    pub posts: i32,
}

/// How many people like a post.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct LikeCountRecord {
    /// Likes.
    pub likes: i32,
}

/// Which posts a list holds.
#[derive(Clone, Debug, Default)]
pub struct PostListFilter {
    /// Only this author's.
    pub author_id: Option<UserId>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only with an offer, or only without.
    pub for_sale: Option<bool>,
    /// `newest`, `oldest` or `most_liked`.
    pub order: &'static str,
}

/// A new post.
#[derive(Serialize)]
pub struct PostDraft {
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Tags.
    pub tags: Vec<String>,
    /// What it sells, if anything.
    pub offer: Option<OfferRecord>,
}

/// What changes of a post: absent is unchanged, `null` is cleared.
#[derive(Default, Serialize)]
pub struct PostPatch {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Option<String>>,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Option<String>>,
    /// Tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Option<Vec<String>>>,
    /// What it sells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<Option<OfferRecord>>,
}

impl Tagged for PostRecord {
    fn tag(&self) -> Tag {
        Tag::Post(self.id)
    }
}

impl Keyed<PostId> for PostRecord {
    fn key(&self) -> PostId {
        self.id
    }
}

impl PostClient {
    /// A client that calls through `service`.
    pub fn new(service: ServiceClient) -> Self {
        Self { service }
    }

    /// Posts by id; unknown ids are absent.
    pub async fn posts_by_ids(
        &self,
        context: &CallContext,
        ids: &[PostId],
    ) -> Result<HashMap<PostId, PostRecord>, CallError> {
        let read = PublicRead::new(ids_query(("/v1/posts", "ids"), ids), ids.iter().copied().map(Tag::Post));
        self.service.public(context, read, |answer: Items<_>| answer.among(ids)).await
    }

    /// A page of all posts that pass the filter.
    pub async fn posts(
        &self,
        context: &CallContext,
        (filter, page): (&PostListFilter, &PageArguments),
    ) -> Result<PageRecord<PostRecord>, CallError> {
        let mut query = String::from("/v1/posts?");
        push_page(&mut query, page);
        push_parameter(&mut query, "order", filter.order);
        if let Some(author) = filter.author_id {
            push_parameter(&mut query, "author_id", &author.to_string());
        }
        if let Some(tag) = &filter.tag {
            push_parameter(&mut query, "tag", tag);
        }
        if let Some(for_sale) = filter.for_sale {
            push_parameter(&mut query, "for_sale", if for_sale { "true" } else { "false" });
        }
        let read = PublicRead::new(query, [Tag::Posts]);
        self.service.public(context, read, |answer: PageRecord<_>| answer.checked(page)).await
    }

    /// The posts of each author, one page each, newest first.
    pub async fn posts_by_author(
        &self,
        context: &CallContext,
        (authors, page): (&[UserId], &PageArguments),
    ) -> Result<HashMap<UserId, PageRecord<PostRecord>>, CallError> {
        let read = PublicRead::new(
            pages_query(("/v1/posts/by-author", "author_ids"), authors, page),
            authors.iter().copied().map(Tag::PostsBy),
        );
        self.service.public(context, read, |answer: Pages<_, _>| answer.of(authors, page)).await
    }

    /// How many posts each author has.
    pub async fn post_counts(
        &self,
        context: &CallContext,
        authors: &[UserId],
    ) -> Result<HashMap<UserId, PostCountRecord>, CallError> {
        let read = PublicRead::new(
            ids_query(("/v1/posts/counts", "author_ids"), authors),
            authors.iter().copied().map(Tag::User),
        );
        self.service.public(context, read, |answer: Counts<_, _>| answer.among(authors)).await
    }

    /// How many like each post.
    pub async fn like_counts(
        &self,
        context: &CallContext,
        posts: &[PostId],
    ) -> Result<HashMap<PostId, LikeCountRecord>, CallError> {
        let read =
            PublicRead::new(ids_query(("/v1/likes/counts", "post_ids"), posts), posts.iter().copied().map(Tag::Post));
        self.service.public(context, read, |answer: Counts<_, _>| answer.among(posts)).await
    }

    /// Which of these posts the viewer likes.
    pub async fn liked_by_viewer(
        &self,
        context: &CallContext,
        (viewer, posts): (&Viewer, &[PostId]),
    ) -> Result<HashMap<PostId, bool>, CallError> {
        let read = ViewerRead::new(viewer, ids_query(("/v1/likes", "post_ids"), posts));
        self.service.viewer(context, read, |answer: Flags<_>| answer.among(posts)).await
    }

    /// Publishes a post of the viewer's.
    pub async fn publish(
        &self,
        context: &CallContext,
        (viewer, draft, idempotency_key): (&Viewer, PostDraft, Option<String>),
    ) -> Result<PostRecord, CallError> {
        let command = Command::new(Method::POST, "/v1/posts", &[]).by(viewer).json(&draft).once(idempotency_key);
        self.service.command(context, command).await
    }

    /// Changes a post.
    pub async fn edit(
        &self,
        context: &CallContext,
        (viewer, post, patch): (&Viewer, PostId, PostPatch),
        idempotency_key: Option<String>,
    ) -> Result<PostRecord, CallError> {
        let command = Command::new(Method::PATCH, "/v1/posts/{id}", &[&post]);
        let command = command.by(viewer).json(&patch).once(idempotency_key);
        self.service.command(context, command).await
    }

    /// Deletes a post and what hangs on it.
    pub async fn delete(&self, context: &CallContext, (viewer, post): (&Viewer, PostId)) -> Result<(), CallError> {
        let command = Command::new(Method::DELETE, "/v1/posts/{id}", &[&post]).by(viewer);
        self.service.perform(context, command).await
    }

    /// Makes the viewer like a post, or no longer.
    pub async fn set_like(
        &self,
        context: &CallContext,
        (viewer, post, like): (&Viewer, PostId, bool),
    ) -> Result<(), CallError> {
        let method = if like { Method::PUT } else { Method::DELETE };
        let command = Command::new(method, "/v1/posts/{id}/likes", &[&post]).by(viewer);
        self.service.perform(context, command).await
    }
}
