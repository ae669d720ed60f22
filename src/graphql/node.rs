//! Relay's global object identification: any object by its id.

use async_graphql::{Context, ID, Interface, Object, Result};
use contract::IdKind;
use futures::future::join_all;

use super::{
    access::AccessRule,
    comment::Comment,
    directives,
    errors::bad_request,
    id,
    in_place::InPlace,
    order::{self, Order},
    post::Post,
    resolve::{object, scope},
    user::User,
};

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

/// An object with a globally unique id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Globally unique id; its prefix names the type."))]
pub enum Node {
    /// `usr_…`
    User(User),
    /// `pst_…`
    Post(Post),
    /// `cmt_…`
    Comment(Comment),
    /// `ord_…`
    Order(Order),
}

/// Root fields that find anything.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this id; `null` if it does not exist or the viewer may not see it.
    #[graphql(
        directive = directives::access::apply(AccessRule::PartyOrAdmin),
        directive = directives::cache_control::apply(None, directives::PRIVATE)
    )]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of a user, post, comment or order.")] id: ID,
    ) -> Option<Result<Node>> {
        load(ctx, "id", &id).await
    }

    /// The objects with these ids, in the same order; `null` if missing or not visible to the viewer. At most 100 ids.
    #[graphql(
        directive = directives::access::apply(AccessRule::PartyOrAdmin),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::list_size::apply(None, Some(vec!["ids".into()]), None)
    )]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of users, posts, comments or orders.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > MAX_NODES {
            return Err(bad_request(format!("`ids` may hold {MAX_NODES} ids, not {}", ids.len())));
        }
        Ok(join_all(ids.iter().map(|id| load(ctx, "ids", id))).await)
    }
}

async fn load(ctx: &Context<'_>, argument: &str, id: &ID) -> Option<Result<Node>> {
    let loaders = scope(ctx).loaders();
    let node = async {
        Ok(match id.split_inclusive('_').next() {
            Some(contract::id::User::PREFIX) => object(loaders.users_by_id.load((), id::parse(argument, id)?).await)
                .map(|user| user.map(|InPlace(user)| Node::User(user))),
            Some(contract::id::Post::PREFIX) => object(loaders.posts_by_id.load((), id::parse(argument, id)?).await)
                .map(|post| post.map(|InPlace(post)| Node::Post(post))),
            Some(contract::id::Comment::PREFIX) => {
                let comment = object(loaders.comments_by_id.load((), id::parse(argument, id)?).await);
                comment.map(|comment| comment.map(|InPlace(comment)| Node::Comment(comment)))
            }
            Some(contract::id::Order::PREFIX) => order::by_id(ctx, id::parse(argument, id)?)
                .await
                .map(|order| order.map(|InPlace(order)| Node::Order(order))),
            _ => {
                return Err(bad_request(format!(
                    "`{argument}` holds no id: expected `usr_…`, `pst_…`, `cmt_…` or `ord_…`"
                )));
            }
        })
    };
    node.await.unwrap_or_else(|error| Some(Err(error)))
}
