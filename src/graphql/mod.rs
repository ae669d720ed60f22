//! The schema: types, fields and what resolves them, a folder or file per noun. In: an operation and a [`Scope`] of its
//! request. Out: data and errors. Knows nothing of HTTP; what a field means beyond its type stands in its directives.

mod access;
mod comment;
mod connection;
mod directives;
mod edge;
mod errors;
mod id;
mod leaves;
mod money;
mod node;
mod order;
mod outcome;
mod payload;
mod post;
pub(crate) mod roots;
mod rule;
mod scalars;
mod session;
mod subscription;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod text;
mod user;

use std::sync::Arc;

use async_graphql::{
    MergedObject, MergedSubscription, SDLExportOptions, Schema as EngineSchema, SchemaBuilder, ValidationMode,
    parser::types::ExecutableDocument,
};
use futures::StreamExt;

pub use errors::{FailureKind, FieldFailure};
pub(crate) use errors::{failed_call, forbidden, too_large, unauthenticated};
pub(crate) use payload::Payloads;
pub use scalars::CHECKS as SCALAR_CHECKS;

use crate::{
    clients::{Interest, PageArguments, Topic},
    loaders::Scope,
};
use subscription::Asking;

/// The root of all queries.
#[derive(Default, MergedObject)]
pub struct Query(user::UserQuery, post::PostQuery, order::OrderQuery, node::NodeQuery);

/// The root of all mutations. Mutations run one after the other, in document order.
#[derive(Default, MergedObject)]
pub struct Mutation(
    session::SessionMutation,
    user::UserMutation,
    post::PostMutation,
    comment::CommentMutation,
    order::OrderMutation,
);

/// The root of all subscriptions.
#[derive(Default, MergedSubscription)]
pub struct Subscription(post::PostSubscription, comment::CommentSubscription, order::OrderSubscription);

/// The events that subscriptions deliver.
pub static TOPICS: [&Topic; 3] = [&post::NEW_POSTS, &comment::NEW_COMMENTS, &order::ORDER_STATUSES];

use node::no_id;

node::nodes! {
    /// `usr_…`
    user::User by USERS,
    /// `pst_…`
    post::Post by POSTS,
    /// `cmt_…`
    comment::Comment by COMMENTS,
    /// `ord_…`
    order::Order by ORDERS for PARTIES,
}

/// The page that the arguments of a field ask for.
///
/// # Errors
/// `BAD_REQUEST`, or a defect.
pub(crate) fn page(arguments: &table::Arguments<'_>) -> Result<PageArguments, async_graphql::Error> {
    connection::requested(arguments)?
}

/// Bytes of user-written text in a response, by default.
pub(crate) const MAX_TEXT: usize = 8 * 1024 * 1024;

/// The executable schema; cheap to clone.
#[derive(Clone)]
pub struct Schema {
    engine: EngineSchema<Query, Mutation, Subscription>,
    max_text: usize,
}

/// A prepared operation to run.
pub struct Execution {
    /// The flattened operation.
    pub document: ExecutableDocument,
    /// Coerced values of its variables.
    pub variables: async_graphql::Variables,
    /// Viewer, context and loaders of its request.
    pub scope: Scope,
    /// Writes the payloads of a mutation.
    pub(crate) payloads: Option<Arc<dyn Payloads>>,
}

impl Schema {
    /// The schema.
    pub fn new() -> Self {
        // Documents arrive judged, flattened and bounded by `operations/`: the engine's own rules would only repeat it.
        let builder: SchemaBuilder<_, _, _> =
            EngineSchema::build(Query::default(), Mutation::default(), Subscription::default());
        let engine = builder.validation_mode(ValidationMode::Fast).limit_recursive_depth(usize::MAX).finish();
        Self { engine, max_text: MAX_TEXT }
    }

    /// The same, whose answers have at most that many bytes of text.
    #[must_use]
    pub fn with_max_text(self, bytes: usize) -> Self {
        Self { max_text: bytes, ..self }
    }

    /// Bytes of text in an answer, at most.
    pub(crate) const fn max_text(&self) -> usize {
        self.max_text
    }

    /// The schema definition, as `schema.graphql` has it.
    pub fn sdl(&self) -> String {
        self.engine.sdl_with_options(SDLExportOptions::new().include_specified_by())
    }

    /// Runs a prepared document within its request's scope.
    pub async fn execute(&self, execution: Execution) -> async_graphql::Response {
        self.engine.execute(request(execution)).await
    }

    /// Asks a subscription's root field which events it wants.
    ///
    /// # Errors
    /// The field refuses the viewer or its arguments.
    pub async fn subscribe(&self, execution: Execution) -> Result<Interest, async_graphql::Response> {
        let interest = Asking::default();
        let request = request(execution).data(Arc::clone(&interest));
        let response = self.engine.execute_stream(request).next().await;
        let interest = interest.lock().take();
        match (response, interest) {
            (None, Some(interest)) => Ok(interest),
            (response, _) => Err(response.unwrap_or_default()),
        }
    }
}

fn request(execution: Execution) -> async_graphql::Request {
    let Execution { document, variables, scope, payloads } = execution;
    let mut request = async_graphql::Request::new(String::new()).variables(variables).data(scope);
    if let Some(payloads) = payloads {
        request = request.data(payloads);
    }
    request.set_parsed_query(document);
    request
}

impl Default for Schema {
    fn default() -> Self {
        Self::new()
    }
}
