//! Root fields that find posts.

use async_graphql::{Context, ID, InputObject, Object, Result};
use contract::PostId;

use super::{
    Post,
    list::{PostList, PostOrder},
    routes::{ALL_POSTS, POSTS},
};
use crate::{
    clients::PageArguments,
    graphql::{
        connection::{self, Connection},
        directives, edge, id,
        roots::{Finds, Returns, Root, Sought, Target},
        scalars::Cursor,
        table::Record,
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

/// `post`
pub static POST: Root = Root {
    name: "post",
    returns: Returns::One,
    finds: &[Finds::public(Post::table)],
    seek: |arguments, _| {
        let id = id::parse("id", &arguments.required("id")?);
        Ok(Sought::of(id.map(|id: PostId| Some(Target::object(&POSTS, &id)))))
    },
};

/// `posts`
pub static POSTS_PAGE: Root = Root {
    name: "posts",
    returns: Returns::Page,
    finds: &[Finds::public(Post::table)],
    seek: |arguments, _| {
        let page = connection::requested(arguments)?;
        let filter = arguments.get("filter", || None)?;
        let order = arguments.get("orderBy", || PostOrder::Newest)?;
        let list = page.and_then(|page| list_of(page, filter, order));
        Ok(Sought::of(list.map(|list| {
            let first = list.page.first;
            Some(Target::page(&ALL_POSTS, list, first))
        })))
    },
};

/// The list that the arguments of `posts` ask for.
fn list_of(page: PageArguments, filter: Option<PostFilter>, order: PostOrder) -> Result<PostList> {
    let PostFilter { author_id, tag, for_sale } = filter.unwrap_or_default();
    let author_id = author_id.map(|id| id::parse("filter.authorId", &id)).transpose()?;
    Ok(PostList { author_id, tag, for_sale, order, page })
}

#[expect(clippy::too_many_arguments, reason = "a field has the arguments that the schema gives it")]
#[Object]
impl PostQuery {
    /// One post; `null` if there is none.
    #[graphql(directive = directives::Call::apply(&POSTS))]
    async fn post(&self, ctx: &Context<'_>, #[graphql(desc = "Id: `pst_…`.")] id: ID) -> Option<Result<Post>> {
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
        match connection::page(first, after).and_then(|page| list_of(page, filter, order_by)) {
            Ok(list) => edge::value(edge::whole(ctx, &ALL_POSTS, &list).await, Connection::of),
            Err(error) => Some(Err(error)),
        }
    }
}
