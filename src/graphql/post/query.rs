//! Root fields that find posts.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    Post,
    list::{PostList, PostOrder},
    routes::{ALL_POSTS, POSTS},
};
use crate::graphql::{
    connection::{self, Connection},
    directives, edge, id,
    in_place::InPlace,
    scalars::Cursor,
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

#[expect(clippy::too_many_arguments, reason = "a field has the arguments that the schema gives it")]
#[Object]
impl PostQuery {
    /// One post; `null` if there is none.
    #[graphql(directive = directives::Call::apply(&POSTS))]
    async fn post(
        &self, ctx: &Context<'_>, #[graphql(desc = "Id: `pst_…`.")] id: ID
    ) -> Option<Result<InPlace<Post>>> {
        match id::parse("id", &id) {
            Ok(id) => Post::by_id(ctx, id).await,
            Err(error) => Some(Err(error)),
        }
    }

    /// Posts that match the filter.
    #[graphql(
        directive = directives::Call::apply(&ALL_POSTS),
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
        let requested = || {
            let page = connection::page(first, after)?;
            let PostFilter { author_id, tag, for_sale } = filter.unwrap_or_default();
            let author_id = author_id.map(|id| id::parse("filter.authorId", &id)).transpose()?;
            Ok(PostList { author_id, tag, for_sale, order: order_by, page })
        };
        match requested() {
            Ok(list) => edge::value(edge::whole(ctx, &ALL_POSTS, &list).await, Connection::of),
            Err(error) => Some(Err(error)),
        }
    }
}
