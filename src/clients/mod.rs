//! The services as the BFF calls them: one file per noun with its records and batch methods, and `call/`, the one
//! outgoing call. Batch methods only, so that no N+1 can be written. Knows nothing of GraphQL.
//!
//! Adding a service, say `review`:
//! 1. `backends/review/`: the service, after the example of `backends/post/`;
//! 2. `service.rs` here: its name; `config/`: its section; `clients/review.rs`: records and batch methods, a field in [`Clients`];
//!    `tag.rs`: what copies of its public answers are thrown away by;
//! 3. `loaders/review.rs`: one loader per batch method, a field in `Loaders`;
//! 4. `graphql/review/`: types and fields, a line in `graphql/mod.rs`; then `tessera schema print > schema.graphql`;
//! 5. a stub in `tests/harness/` and tests.
//!
//! If `http/`, `requests/` or `clients/call/` need an edit, the layering is wrong.

mod batch;
mod call;
mod context;
mod error;
mod ledger;
mod service;
mod tag;

pub mod comment;
pub mod order;
pub mod post;
pub mod user;

pub use batch::{MAX_IDS, PageArguments, PageInfoRecord, PageRecord};
pub(crate) use call::{Command, PublicRead, ViewerRead};
pub use call::{ServiceClient, ServiceClientSettings};
pub use context::CallContext;
pub use error::{CallError, CallFailure, Detail, FailureKind, Refusal, RefusalKind};
pub use ledger::{Calls, Ledger};
pub use service::Service;
pub use tag::Tag;

/// A client of each service; cheap to clone.
#[derive(Clone)]
pub struct Clients {
    /// People, sessions, who follows whom.
    pub users: user::UserClient,
    /// Posts, comments, likes.
    pub posts: post::PostClient,
    /// Orders.
    pub orders: order::OrderClient,
}
