//! Relay's global object identification: any object by its id.

use async_graphql::{Context, ID, Interface, Object, Result};
use contract::IdKind;
use futures::future::join_all;

use super::{
    comment::Comment, directives, errors::bad_request, id, in_place::InPlace, order::Order, post::Post,
    rule::AccessRule, user::User,
};

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

/// Declares the nodes, a line each: the noun names the type, the variant, and the kind of id in `contract::id`.
macro_rules! nodes {
    ($($(#[$doc:meta])* $noun:ident),+ $(,)?) => {
        /// An object with a globally unique id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "Globally unique id; its prefix names the type."))]
        pub enum Node { $($(#[$doc])* $noun($noun)),+ }

        /// The object with the id, by the loader of its type.
        async fn load(ctx: &Context<'_>, argument: &str, id: &ID) -> Option<Result<Node>> {
            let found = match id.split_inclusive('_').next() {
                $(Some(contract::id::$noun::PREFIX) => match id::parse(argument, id) {
                    Ok(id) => $noun::by_id(ctx, id).await.map(|found| found.map(|InPlace(found)| Node::$noun(found))),
                    Err(error) => Some(Err(error)),
                },)+
                _ => {
                    let prefixes = [$(contract::id::$noun::PREFIX),+].map(|prefix| format!("`{prefix}…`")).join(", ");
                    Some(Err(bad_request(format!("`{argument}` holds no id: expected one of {prefixes}"))))
                }
            };
            found
        }
    };
}

nodes! {
    /// `usr_…`
    User,
    /// `pst_…`
    Post,
    /// `cmt_…`
    Comment,
    /// `ord_…`
    Order,
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
