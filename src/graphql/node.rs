//! Relay's global object identification: any object by its id.

use async_graphql::{Context, Error, ID, Object, Result};
use futures::future::join_all;

use super::{
    Node, directives,
    errors::bad_request,
    roots::{Returns, Root},
    rule::AccessRule,
};

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

/// Declares the nodes, a line each: the noun names the type, the variant, and the kind of id in `contract::id`.
macro_rules! nodes {
    ($($(#[$doc:meta])* $module:ident::$noun:ident by $route:ident $(for $guard:ident)?),+ $(,)?) => {
        /// An object with a globally unique id.
        #[derive(async_graphql::Interface)]
        #[graphql(field(name = "id", ty = "async_graphql::ID", desc = "Globally unique id; its prefix names the type."))]
        pub enum Node { $($(#[$doc])* $noun($module::$noun)),+ }

        impl Node {
            /// The types of the objects.
            const FINDS: &'static [roots::Finds] = &[$(roots::Finds {
                guard: [$(Some(&$module::$guard),)? None][0],
                ..roots::Finds::public(<$module::$noun as table::Record>::table)
            }),+];

            /// What is sought under the id. An error names the argument that holds the id.
            fn seek(argument: &str, id: &async_graphql::ID, viewer: Option<&crate::auth::Viewer>) -> roots::Sought {
                let prefixes = [$(<contract::id::$noun as contract::IdKind>::PREFIX),+];
                let routes: [&'static dyn crate::clients::AnyRoute; _] = [$(&$module::routes::$route),+];
                let prefix = id.split_inclusive('_').next();
                let Some(finds) = prefixes.iter().position(|known| Some(*known) == prefix) else {
                    return roots::Sought::Refused(no_id(argument, &prefixes));
                };
                let parsed = match prefix {
                    $(Some(<contract::id::$noun as contract::IdKind>::PREFIX) => {
                        id::parse::<contract::id::$noun>(argument, id).map(|id| id.as_u128())
                    })+
                    _ => Err(no_id(argument, &prefixes)),
                };
                let route = routes[finds];
                match parsed {
                    Err(error) => roots::Sought::Refused(error),
                    Ok(_) if !route.is_public() && viewer.is_none() => roots::Sought::Nothing,
                    Ok(id) => {
                        let key = crate::clients::RouteKey::Id(id);
                        roots::Sought::At(roots::Target { route, key, finds, list: None })
                    }
                }
            }

            /// The object with the id, by the loader of its type. An error names the argument that holds the id.
            async fn by_id(
                ctx: &async_graphql::Context<'_>,
                argument: &str,
                id: &async_graphql::ID,
            ) -> Option<async_graphql::Result<Self>> {
                match id.split_inclusive('_').next() {
                    $(Some(<contract::id::$noun as contract::IdKind>::PREFIX) => match id::parse(argument, id) {
                        Ok(id) => $module::$noun::by_id(ctx, id).await.map(|found| found.map(Self::$noun)),
                        Err(error) => Some(Err(error)),
                    },)+
                    _ => {
                        Some(Err(no_id(argument, &[$(<contract::id::$noun as contract::IdKind>::PREFIX),+])))
                    }
                }
            }
        }
    };
}

pub(super) use nodes;

/// The error of a text that is the id of no node.
pub(super) fn no_id(argument: &str, prefixes: &[&str]) -> Error {
    let prefixes: Vec<_> = prefixes.iter().map(|prefix| format!("`{prefix}…`")).collect();
    bad_request(format!("`{argument}` holds no id: expected one of {}", prefixes.join(", ")))
}

/// `node`
pub static NODE: Root = Root {
    name: "node",
    returns: Returns::One,
    finds: Node::FINDS,
    seek: |arguments, viewer| Ok(vec![Node::seek("id", &arguments.required("id")?, viewer)]),
};

/// `nodes`
pub static NODES: Root = Root {
    name: "nodes",
    returns: Returns::Many,
    finds: Node::FINDS,
    seek: |arguments, viewer| {
        let ids: Vec<ID> = arguments.required("ids")?;
        if ids.len() > MAX_NODES {
            return Err(too_many(ids.len()));
        }
        Ok(ids.iter().map(|id| Node::seek("ids", id, viewer)).collect())
    },
};

fn too_many(ids: usize) -> Error {
    bad_request(format!("`ids` may hold {MAX_NODES} ids, not {ids}"))
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
            return Err(too_many(ids.len()));
        }
        Ok(join_all(ids.iter().map(|id| Node::by_id(ctx, "ids", id))).await)
    }
}
