//! Root fields that find posts.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use crate::{
    clients::post::PostListFilter,
    graphql::{
        connection::{self, Connection},
        directives,
        errors::failed_call,
        id,
        in_place::InPlace,
        post::Post,
        resolve::{object, scope},
        scalars::Cursor,
    },
};

/// Root fields that find posts.
#[derive(Default)]
pub struct PostQuery;

/// Criteria that select posts; absent members do not restrict the list.
#[derive(Default, InputObject)]
pub struct PostFilter {
    /// Only posts by this author.
    author_id: Option<ID>,
    /// Only posts with this tag.
    tag: Option<String>,
    /// `true`: only posts with an offer; `false`: only posts without one.
    for_sale: Option<bool>,
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

#[expect(clippy::too_many_arguments, reason = "a field has the arguments that the schema gives it")]
#[Object]
impl PostQuery {
    /// One post; `null` if there is none.
    #[graphql(directive = directives::call::apply("post".into(), "/v1/posts".into()))]
    async fn post(
        &self, ctx: &Context<'_>, #[graphql(desc = "Id: `pst_…`.")] id: ID
    ) -> Option<Result<InPlace<Post>>> {
        match id::parse("id", &id) {
            Ok(id) => object(scope(ctx).loaders().posts_by_id.load((), id).await),
            Err(error) => Some(Err(error)),
        }
    }

    /// Posts that match the filter.
    #[graphql(
        directive = directives::call::apply("post".into(), "/v1/posts".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "Number of items to return, 1 to 100.")] first: i32,
        #[graphql(desc = "Return items after this cursor.")] after: Option<Cursor>,
        #[graphql(desc = "Criteria that select posts.")] filter: Option<PostFilter>,
        #[graphql(default_with = "PostOrder::Newest", desc = "Sort order of the posts.")] order_by: PostOrder,
    ) -> Option<Result<Connection<Post>>> {
        let posts = async {
            let page = connection::page(first, after)?;
            let PostFilter { author_id, tag, for_sale } = filter.unwrap_or_default();
            let author_id = author_id.map(|id| id::parse("filter.authorId", &id)).transpose()?;
            let filter = PostListFilter { author_id, tag, for_sale, order: order_by.parameter() };
            let request = &scope(ctx).request;
            request.clients.posts.posts(&request.context, (&filter, &page)).await.map_err(failed_call)
        };
        Some(posts.await.map(Connection::of))
    }
}
