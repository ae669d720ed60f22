//! A post, what it sells, and everything that hangs on one.

mod mutation;
mod query;

use async_graphql::{ComplexObject, Context, Result, SimpleObject};
use contract::{PostId, UserId};
use unicode_segmentation::UnicodeSegmentation;

pub use mutation::PostMutation;
pub use query::PostQuery;

use super::{
    access::{self, AccessRule},
    answer_size::Counted,
    comment::Comment,
    connection::Connection,
    directives, errors,
    id::GlobalId,
    in_place::InPlace,
    money::Money,
    resolve::{object, page_of, scope, value},
    scalars::{Cursor, DateTime},
    user::User,
};
use crate::clients::post::{OfferRecord, PostRecord};

/// The longest excerpt, in characters.
const MAX_EXCERPT: i32 = 1000;

/// A post, visible to everyone.
#[derive(SimpleObject)]
#[graphql(complex, directive = directives::call::apply("post".into(), "/v1/posts".into()), directive = directives::cache_control::apply(directives::MINUTE, None))]
pub struct Post {
    /// Id: `pst_…`.
    pub(super) id: GlobalId<contract::id::Post>,
    /// Title.
    title: Counted<String>,
    /// The whole text.
    body: Counted<String>,
    /// Tags, in the author's order.
    tags: Vec<Counted<String>>,
    /// The time of publication.
    published_at: DateTime,
    /// The time of the last change.
    updated_at: DateTime,
    /// The post's offer; `null` if the post is not for sale.
    offer: Option<Offer>,
    #[graphql(skip)]
    author_id: UserId,
}

/// The offer of a post: price and stock.
#[derive(SimpleObject)]
#[graphql(directive = directives::cache_control::apply(directives::MINUTE, None))]
pub struct Offer {
    /// Price per unit.
    price: Money,
    /// Number of items in stock.
    stock: i32,
    /// Whether the stock is zero.
    sold_out: bool,
}

impl From<PostRecord> for Post {
    fn from(record: PostRecord) -> Self {
        Self {
            id: GlobalId(record.id),
            title: Counted(record.title),
            body: Counted(record.body),
            tags: record.tags.into_iter().map(Counted).collect(),
            published_at: DateTime(record.published_at),
            updated_at: DateTime(record.updated_at),
            offer: record.offer.map(Offer::from),
            author_id: record.author_id,
        }
    }
}

impl From<OfferRecord> for Offer {
    fn from(OfferRecord { price, stock }: OfferRecord) -> Self {
        Self { price: price.into(), stock, sold_out: stock == 0 }
    }
}

impl Post {
    fn key(&self) -> PostId {
        self.id.0
    }
}

#[ComplexObject]
impl Post {
    /// The beginning of the text in one line, truncated between words where possible; `…` marks the truncation.
    async fn excerpt(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 140, desc = "Maximum number of characters (grapheme clusters, UAX #29): 1 to 1000.")]
        length: i32,
    ) -> Result<Counted<String>> {
        match usize::try_from(length) {
            Ok(length) if (1..=MAX_EXCERPT as usize).contains(&length) => Ok(Counted(excerpt(&self.body.0, length))),
            _ => {
                let message = format!("`length` must be between 1 and {MAX_EXCERPT}, not {length}");
                Err(errors::bad_request_at(ctx, message))
            }
        }
    }

    /// The post's author.
    #[graphql(directive = directives::call::apply("user".into(), "/v1/users".into()))]
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<InPlace<User>>> {
        object(scope(ctx).loaders().users_by_id.load((), self.author_id).await)
    }

    /// Comments on the post, newest first.
    #[graphql(
        directive = directives::call::apply("post".into(), "/v1/comments/by-post".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
    ) -> Option<Result<Connection<Comment>>> {
        page_of(&scope(ctx).loaders().comments_by_post, self.key(), (first, after)).await
    }

    /// Number of comments on the post.
    #[graphql(directive = directives::call::apply("post".into(), "/v1/comments/counts".into()))]
    async fn comment_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(scope(ctx).loaders().comment_counts.load((), self.key()).await, |count| count.comments)
    }

    /// Number of users who like the post.
    #[graphql(directive = directives::call::apply("post".into(), "/v1/likes/counts".into()))]
    async fn like_count(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        value(scope(ctx).loaders().like_counts.load((), self.key()).await, |count| count.likes)
    }

    /// Whether the viewer likes the post; `null` when anonymous.
    #[graphql(
        directive = directives::access::apply(AccessRule::Viewer),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::call::apply("post".into(), "/v1/likes".into())
    )]
    async fn viewer_likes(&self, ctx: &Context<'_>) -> Option<Result<bool>> {
        access::viewer(ctx)?;
        value(scope(ctx).loaders().liked_by_viewer.load((), self.key()).await, |likes| likes)
    }
}

/// At most `length` characters of the text's words.
fn excerpt(body: &str, length: usize) -> String {
    let mut line = String::new();
    let mut used = 0;
    for word in body.split_whitespace() {
        let space = usize::from(used > 0);
        let characters = word.graphemes(true).count();
        if used + space + characters > length {
            // Room for the mark that something is missing; a first word that is too long is cut.
            let mut kept: String = line.graphemes(true).take(length - 1).collect();
            if kept.is_empty() {
                kept.extend(word.graphemes(true).take(length - 1));
            }
            kept.push('…');
            return kept;
        }
        if space == 1 {
            line.push(' ');
        }
        line.push_str(word);
        used += space + characters;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn an_excerpt_is_cut_between_grapheme_clusters() {
        let flags = "🇩🇪🇫🇷🇮🇹🇪🇸🇵🇹";
        assert_eq!(excerpt(flags, 4), "🇩🇪🇫🇷🇮🇹…");
        let family = "👩\u{200d}👩\u{200d}👧";
        assert_eq!(excerpt(&family.repeat(5), 4), format!("{}…", family.repeat(3)));
        let accents = "e\u{301}".repeat(6);
        assert_eq!(excerpt(&accents, 4), format!("{}…", "e\u{301}".repeat(3)));
        assert_eq!(excerpt("각\u{11a8}1\u{fe0f}\u{20e3}नी123", 4), "각\u{11a8}1\u{fe0f}\u{20e3}नी…");
        assert_eq!(excerpt(&accents, 6), accents);
    }

    #[test]
    fn an_excerpt_never_has_more_characters_than_asked_for() {
        let body = "Größe  zählt\nnicht 🦀🦀🦀 immer";
        assert_eq!(excerpt(body, 1000), "Größe zählt nicht 🦀🦀🦀 immer");
        assert_eq!(excerpt(body, 14), "Größe zählt…");
        assert_eq!(excerpt("unbreakable", 4), "unb…");
        assert_eq!(excerpt("", 4), "");
        for length in 1..40 {
            assert!(excerpt(body, length).chars().count() <= length, "{length}");
        }
    }
}
