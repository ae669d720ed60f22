//! The list of all posts: which part of it a query requests, as parameters of the post service's route.

use async_graphql::Enum;
use contract::UserId;

use crate::clients::{PageArguments, Parameters, Query};

/// The part of the list of all posts that is requested.
pub struct PostList {
    pub(super) author_id: Option<UserId>,
    pub(super) tag: Option<String>,
    pub(super) for_sale: Option<bool>,
    pub(super) order: PostOrder,
    pub(super) page: PageArguments,
}

/// Sort order of posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PostOrder {
    /// Latest published first.
    Newest,
    /// First published first.
    Oldest,
    /// Most liked first.
    MostLiked,
}

impl PostOrder {
    const fn parameter(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::MostLiked => "most_liked",
        }
    }
}

impl AsRef<PageArguments> for PostList {
    fn as_ref(&self) -> &PageArguments {
        &self.page
    }
}

impl Parameters for PostList {
    fn add_to(&self, query: &mut Query) {
        self.page.add_to(query);
        query.parameter("order", self.order.parameter());
        if let Some(author) = self.author_id {
            query.parameter("author_id", &author.to_string());
        }
        if let Some(tag) = &self.tag {
            query.parameter("tag", tag);
        }
        if let Some(for_sale) = self.for_sale {
            query.parameter("for_sale", if for_sale { "true" } else { "false" });
        }
    }
}
