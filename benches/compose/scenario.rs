//! The scenarios: the GraphQL operation for the BFF, and the path of the handler written for it.

/// One request, for both sides.
pub struct Scenario {
    /// Short name.
    pub name: &'static str,
    /// The operation; [`POST`] stands for the id of a post.
    pub query: &'static str,
    /// The same at the hand-written handler.
    pub path: &'static str,
    /// Whether the request carries a token, which both sides verify.
    pub signed_in: bool,
    /// CPU per request as a multiple of the hand-written handler's that is aimed at; `None` if none is.
    pub aim: Option<f64>,
    /// Whether the server on Node answers it, too.
    pub on_node: bool,
}

impl Scenario {
    const fn new(name: &'static str, query: &'static str, path: &'static str) -> Self {
        Self { name, query, path, signed_in: false, aim: None, on_node: false }
    }

    const fn aim(self, aim: f64) -> Self {
        Self { aim: Some(aim), ..self }
    }

    const fn signed_in(self) -> Self {
        Self { signed_in: true, ..self }
    }

    const fn on_node(self) -> Self {
        Self { on_node: true, ..self }
    }
}

/// Stands in an operation or a path for the id of a post.
pub const POST: &str = "$POST";

const POSTS_20: &str = "query Posts { posts(first: 20) { nodes { id title publishedAt author { id handle name } } } }";
const POSTS_100: &str =
    "query Posts { posts(first: 100) { nodes { id title publishedAt author { id handle name } } } }";
const USERS: &str =
    "query Users { users(first: 20) { nodes { id handle name posts(first: 3) { nodes { id title publishedAt } } } } }";
const ORDERS: &str = "query Orders { viewer { id handle orders(first: 20) { nodes { id number status placedAt
    items { title quantity post { id title author { id handle name } } } } } } }";
const COUNTS: &str = "query Counts { posts(first: 20) { nodes { id title commentCount likeCount viewerLikes } } }";
const EDGES: &str = "query Edges { posts(first: 20) { edges { cursor node { id title publishedAt } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
const DEEP: &str = "query Deep { users(first: 5) { nodes { id handle posts(first: 3) { nodes { id title
    author { id name posts(first: 2) { nodes { id title } } } } } } } }";
const LIKE: &str = "mutation Like { likePost(input: {postId: \"$POST\"}) { post { id title } userErrors { code } } }";

/// All scenarios.
pub const ALL: [Scenario; 11] = [
    Scenario::new("20 posts", POSTS_20, "/posts?first=20").aim(1.2).on_node(),
    Scenario::new("100 posts", POSTS_100, "/posts?first=100").aim(1.0).on_node(),
    Scenario::new("lists in a list", USERS, "/users?first=20").aim(1.3).on_node(),
    Scenario::new("20 posts, signed in", POSTS_20, "/posts?first=20").signed_in().aim(1.3).on_node(),
    Scenario::new("100 posts, signed in", POSTS_100, "/posts?first=100").signed_in().aim(1.3).on_node(),
    Scenario::new("three services", ORDERS, "/orders?first=20").signed_in().aim(1.3).on_node(),
    Scenario::new("counts and flags", COUNTS, "/counts?first=20").signed_in().aim(1.3),
    Scenario::new("edges", EDGES, "/edges?first=20").aim(1.3),
    Scenario::new("five levels", DEEP, "/deep?first=5").aim(1.3).on_node(),
    Scenario::new("a mutation", LIKE, "/like?post=$POST").signed_in(),
    Scenario::new("{ __typename }", "{ __typename }", "/typename"),
];
