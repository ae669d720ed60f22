//! Relay's global object identification: any object by its id.

use async_graphql::{Context, ID, Object, Result};
use futures::future::join_all;

use super::{Node, directives, errors::bad_request, rule::AccessRule};

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

/// Declares the nodes, a line each: the noun names the type, the variant, and the kind of id in `contract::id`.
macro_rules! nodes {
    ($($(#[$doc:meta])* $module:ident::$noun:ident),+ $(,)?) => {
        /// An object with a globally unique id.
        #[derive(async_graphql::Interface)]
        #[graphql(field(name = "id", ty = "async_graphql::ID", desc = "Globally unique id; its prefix names the type."))]
        pub enum Node { $($(#[$doc])* $noun($module::$noun)),+ }

        impl Node {
            /// The object with the id, by the loader of its type. An error names the argument that holds the id.
            async fn by_id(
                ctx: &async_graphql::Context<'_>,
                argument: &str,
                id: &async_graphql::ID,
            ) -> Option<async_graphql::Result<Self>> {
                match id.split_inclusive('_').next() {
                    $(Some(<contract::id::$noun as contract::IdKind>::PREFIX) => match id::parse(argument, id) {
                        Ok(id) => $module::$noun::by_id(ctx, id).await.map(|found| found.map(|found| Self::$noun(found.0))),
                        Err(error) => Some(Err(error)),
                    },)+
                    _ => {
                        let prefixes = [$(<contract::id::$noun as contract::IdKind>::PREFIX),+];
                        let prefixes = prefixes.map(|prefix| format!("`{prefix}…`")).join(", ");
                        let message = format!("`{argument}` holds no id: expected one of {prefixes}");
                        Some(Err(errors::bad_request(message)))
                    }
                }
            }
        }
    };
}

pub(super) use nodes;

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
        #[graphql(desc = "Id of an object that implements `Node`.")] id: ID,
    ) -> Option<Result<Node>> {
        Node::by_id(ctx, "id", &id).await
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
        #[graphql(desc = "Ids of objects that implement `Node`.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > MAX_NODES {
            return Err(bad_request(format!("`ids` may hold {MAX_NODES} ids, not {}", ids.len())));
        }
        Ok(join_all(ids.iter().map(|id| Node::by_id(ctx, "ids", id))).await)
    }
}
