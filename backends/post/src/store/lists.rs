//! Selects the index for a list of posts. In: filters and an order. Out: the list and its filters, so that nothing is sorted
//! and only rows of the page are read, except in two cases that are bounded by one author's posts:
//!
//! | filters | newest, oldest | most liked |
//! |---|---|---|
//! | none | `posts_by_age` | `posts_by_likes` |
//! | for sale | `posts_by_sale_and_age` | `posts_by_sale_and_likes` |
//! | tag | `post_tags_by_age` | `post_tags_by_likes` |
//! | tag, for sale | `post_tags_by_sale_and_age` | `post_tags_by_sale_and_likes` |
//! | author | `posts_by_author_and_age` | `posts_by_author_and_likes` |
//! | author and tag, for sale or both | the author's, row by row: tag by primary key, sale by the row | the same |
//!
//! More indexes for the last row would slow every like and every edit; one author's posts are few.

use chassis::database::{
    Value,
    list::{Filter, List, Order},
};
use contract::UserId;

use super::posts::COLUMNS;

/// One author's posts, newest first.
pub(crate) const AUTHOR_POSTS: List = List {
    kind: "author_posts",
    columns: COLUMNS,
    from: "posts p",
    parent: "p.author_id",
    number: "p.published_at",
    id: "p.id",
    order: Order::Descending,
};

/// The filters of a list.
#[derive(Debug, Default)]
pub(crate) struct PostFilter {
    /// Only with this tag.
    pub(crate) tag: Option<String>,
    /// Only of this author.
    pub(crate) author_id: Option<UserId>,
    /// Only with an offer, or only without.
    pub(crate) for_sale: Option<bool>,
}

/// The sort order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PostOrder {
    #[default]
    Newest,
    Oldest,
    MostLiked,
}

impl PostOrder {
    /// The name of the list in its cursors: a position is valid under all filters.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Newest => "newest_posts",
            Self::Oldest => "oldest_posts",
            Self::MostLiked => "most_liked_posts",
        }
    }
}

/// The list to read. CROSS JOIN makes SQLite begin with the table on the left.
pub(crate) fn list(order: PostOrder, filter: PostFilter) -> (List, Vec<Filter>) {
    let along_tag = filter.tag.is_some() && filter.author_id.is_none();
    let from = match (&filter.tag, filter.author_id) {
        (None, _) => "posts p",
        (Some(_), None) => "post_tags t CROSS JOIN posts p",
        (Some(_), Some(_)) => "posts p CROSS JOIN post_tags t",
    };
    let number = match (along_tag, order) {
        (false, PostOrder::Newest | PostOrder::Oldest) => "p.published_at",
        (false, PostOrder::MostLiked) => "p.like_count",
        (true, PostOrder::Newest | PostOrder::Oldest) => "t.published_at",
        (true, PostOrder::MostLiked) => "t.like_count",
    };
    let list = List {
        kind: order.kind(),
        from,
        parent: "",
        number,
        id: if along_tag { "t.post_id" } else { "p.id" },
        order: if order == PostOrder::Oldest { Order::Ascending } else { Order::Descending },
        ..AUTHOR_POSTS
    };
    (list, conditions(filter))
}

fn conditions(filter: PostFilter) -> Vec<Filter> {
    let PostFilter { tag, author_id, for_sale } = filter;
    let sale = match (&tag, author_id) {
        (None, None) => "p.for_sale = ",
        (Some(_), None) => "t.for_sale = ",
        // The plus keeps SQLite from using the index of all posts for sale.
        (_, Some(_)) => "+p.for_sale = ",
    };
    let author = author_id.map(|id| Filter { condition: "p.author_id = ", value: id.into() });
    let tag = tag.map(|tag| Filter { condition: "p.id = t.post_id AND t.tag = ", value: tag.into() });
    let sale = for_sale.map(|flag| Filter { condition: sale, value: Value::from(flag) });
    [author, tag, sale].into_iter().flatten().collect()
}
