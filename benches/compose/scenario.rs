//! The scenarios: the GraphQL operation for the BFF, and the path of the handler written for it.

/// One request, for both sides.
pub struct Scenario {
    /// Short name.
    pub name: &'static str,
    /// The operation.
    pub query: &'static str,
    /// The same at the hand-written handler.
    pub path: &'static str,
    /// Whether the request carries a token, which both sides verify.
    pub signed_in: bool,
    /// CPU per request as a multiple of the hand-written handler's that is aimed at; `None` if none is.
    pub aim: Option<f64>,
}

const POSTS_20: &str = "query Posts { posts(first: 20) { nodes { id title publishedAt author { id handle name } } } }";
const POSTS_100: &str =
    "query Posts { posts(first: 100) { nodes { id title publishedAt author { id handle name } } } }";
const USERS: &str =
    "query Users { users(first: 20) { nodes { id handle name posts(first: 3) { nodes { id title publishedAt } } } } }";
const ORDERS: &str = "query Orders { viewer { id handle orders(first: 20) { nodes { id number status placedAt
    items { title quantity post { id title author { id handle name } } } } } } }";

/// All scenarios.
pub const ALL: [Scenario; 6] = [
    Scenario { name: "20 posts", query: POSTS_20, path: "/posts?first=20", signed_in: false, aim: Some(1.2) },
    Scenario { name: "100 posts", query: POSTS_100, path: "/posts?first=100", signed_in: false, aim: Some(1.0) },
    Scenario { name: "lists in a list", query: USERS, path: "/users?first=20", signed_in: false, aim: Some(1.3) },
    Scenario { name: "20 posts, signed in", query: POSTS_20, path: "/posts?first=20", signed_in: true, aim: Some(1.3) },
    Scenario {
        name: "100 posts, signed in",
        query: POSTS_100,
        path: "/posts?first=100",
        signed_in: true,
        aim: Some(1.3),
    },
    Scenario { name: "three services", query: ORDERS, path: "/orders?first=20", signed_in: true, aim: Some(1.3) },
];
