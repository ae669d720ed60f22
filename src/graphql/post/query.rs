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

/// Which posts; what is absent does not matter.
#[derive(Default, InputObject)]
pub struct PostFilter {
    /// Only this author's.
    author_id: Option<ID>,
    /// Only with this tag.
    tag: Option<String>,
    /// Only with an offer, or only without.
    for_sale: Option<bool>,
}

/// In which order posts come.
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

    /// All posts that pass the filter.
    #[graphql(
        directive = directives::call::apply("post".into(), "/v1/posts".into()),
        directive = directives::list_size::apply(None, directives::first(), directives::items())
    )]
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many: 1 to 100.")] first: i32,
        #[graphql(desc = "Behind which cursor.")] after: Option<Cursor>,
        #[graphql(desc = "Which posts.")] filter: Option<PostFilter>,
        #[graphql(default_with = "PostOrder::Newest", desc = "In which order.")] order_by: PostOrder,
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
