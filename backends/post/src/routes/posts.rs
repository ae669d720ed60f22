//! Routes that read posts, public.
//! In: ids, filters and a page. Out: records, pages or counts.

use chassis::{ApiError, Ids, Page, PageParams, Pages, Params, Path, Public, Reader};
use contract::{
    PostId, UserId,
    id::{Post, User},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{MAX_AGE, no_such_post};
use crate::{
    records::{Items, PostCounts, PostRecord},
    store::{
        authors,
        lists::{self, AUTHOR_POSTS, PostFilter, PostOrder},
        posts,
    },
    tags::is_tag,
};

/// Selects posts by ids, or (without ids) a page of those that match the filters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// 1 to 100 ids separated by commas; unknown ones are omitted. Not combined with other parameters.
    #[param(value_type = Option<String>)]
    ids: Option<Ids<Post>>,
    /// Only with this tag. Text that is not a tag matches no post.
    tag: Option<String>,
    /// Only of this author.
    #[param(value_type = Option<String>)]
    author_id: Option<UserId>,
    /// Only with an offer, or only without.
    for_sale: Option<bool>,
    /// `newest` by default.
    #[param(inline)]
    order: Option<OrderName>,
}

/// Orders of posts, by name.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OrderName {
    Newest,
    Oldest,
    MostLiked,
}

/// Posts by ids, or a page of a list.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Posts {
    /// The requested ids that exist.
    Items(Items<PostRecord>),
    /// A page of a list.
    Page(Page<PostRecord>),
}

/// The authors of the requested lists.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ByAuthor {
    /// 1 to 100 ids of users separated by commas.
    #[param(value_type = String)]
    author_ids: Ids<User>,
}

impl Which {
    fn filters(self) -> (PostOrder, PostFilter) {
        let order = match self.order {
            None | Some(OrderName::Newest) => PostOrder::Newest,
            Some(OrderName::Oldest) => PostOrder::Oldest,
            Some(OrderName::MostLiked) => PostOrder::MostLiked,
        };
        // The empty tag is on no post, and is valid text for the database.
        let tag = self.tag.map(|tag| if is_tag(&tag) { tag } else { String::new() });
        (order, PostFilter { tag, author_id: self.author_id, for_sale: self.for_sale })
    }
}

/// Posts by ids (`{"items": […]}`), or a page of those that match all filters (`{"items": […], "page": {…}}`).
#[utoipa::path(
    get, path = "/v1/posts", tag = "posts", params(Which, PageParams),
    responses((status = 200, body = Posts)),
)]
pub(super) async fn list(
    reader: Reader,
    Params(which): Params<Which>,
    Params(page): Params<PageParams>,
) -> Result<Public<Posts>, ApiError> {
    if let Some(ids) = which.ids {
        if which.tag.is_some() || which.author_id.is_some() || which.for_sale.is_some() || which.order.is_some() {
            return Err(ApiError::bad_request("give `ids` or filters and order, not both"));
        }
        let items = posts::by_ids(&mut reader.connect().await?, ids.as_slice()).await?;
        return Ok(Public::new(Posts::Items(Items { items }), MAX_AGE));
    }
    let (order, filter) = which.filters();
    let request = page.of(order.kind())?;
    let (list, filters) = lists::list(order, filter);
    let page = list.page(&mut reader.connect().await?, &request, filters).await?;
    Ok(Public::new(Posts::Page(page), MAX_AGE))
}

/// One post. The `ETag` is the version that `If-Match` of a change compares.
#[utoipa::path(
    get, path = "/v1/posts/{id}", tag = "posts", params(("id" = String, Path)),
    responses((status = 200, body = PostRecord)),
)]
pub(super) async fn one(reader: Reader, Path(id): Path<PostId>) -> Result<Public<PostRecord>, ApiError> {
    let post = posts::by_ids(&mut reader.connect().await?, &[id]).await?.pop().ok_or_else(no_such_post)?;
    let version = post.version;
    Ok(Public::new(post, MAX_AGE).version(version))
}

/// The posts of each author, newest first.
#[utoipa::path(
    get, path = "/v1/posts/by-author", tag = "posts", params(ByAuthor, PageParams),
    responses((status = 200, body = Pages<PostRecord>)),
)]
pub(super) async fn by_author(
    reader: Reader,
    Params(authors): Params<ByAuthor>,
    Params(page): Params<PageParams>,
) -> Result<Public<Pages<PostRecord>>, ApiError> {
    let request = page.of(AUTHOR_POSTS.kind)?;
    let mut connection = reader.connect().await?;
    let pages = AUTHOR_POSTS.pages(&mut connection, authors.author_ids.as_slice(), &request).await?;
    Ok(Public::new(pages, MAX_AGE))
}

/// The number of posts of each author.
#[utoipa::path(
    get, path = "/v1/posts/counts", tag = "posts", params(ByAuthor),
    responses((status = 200, body = PostCounts)),
)]
pub(super) async fn counts(
    reader: Reader,
    Params(ByAuthor { author_ids }): Params<ByAuthor>,
) -> Result<Public<PostCounts>, ApiError> {
    let counts = authors::post_counts(&mut reader.connect().await?, author_ids.as_slice()).await?;
    Ok(Public::new(PostCounts { counts }, MAX_AGE))
}
