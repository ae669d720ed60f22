//! The services as the BFF calls them: routes and commands as values, and `call/`, the one outgoing call. Reads take many
//! keys at once, so that no N+1 can be written. Knows nothing of GraphQL; the routes of each noun are declared in `graphql/`.

mod answers;
mod audience;
mod call;
mod connections;
mod context;
mod error;
mod ledger;
mod query;
mod route;
mod shapes;
mod topic;

use std::sync::Arc;

pub use answers::{
    Answer, AnswerRequest, Cell, Column, Form, Found, Layout, Leaf, Page, RouteKey, Rows, Shape, Spelling,
};
pub(crate) use answers::{id, plain, text_bytes};
pub use audience::{Audience, Everybody, Ourselves, TheViewer};
pub(crate) use call::Cause;
pub use call::{Call, Command, Fetch, MethodOf, Read, ServiceClient, ServiceClientSettings};
pub use connections::{BaseUrl, CallClient, ConnectionsError, HttpClients, InvalidBaseUrl};
pub use context::CallContext;
pub use error::{CallError, CallFailure, Detail, FailureKind, Refusal, RefusalKind};
pub use ledger::{Calls, Ledger};
pub use query::{Key, Parameters, Query};
pub use route::{AnyRoute, Route};
pub use shapes::{Keyed, MAX_IDS, PageArguments, PageInfoRecord, PageRecord, Shown};
pub use topic::{Interest, Occurrence, Topic, member};

use crate::services::Service;

/// A client of each service; cheap to clone.
#[derive(Clone)]
pub struct Clients(Arc<[ServiceClient]>);

impl Clients {
    /// The client of each service.
    pub fn new(client: impl FnMut(Service) -> ServiceClient) -> Self {
        Self(Service::ALL.iter().copied().map(client).collect())
    }

    /// Makes a call to the service that it names.
    ///
    /// # Errors
    /// The call failed, or the service refused it.
    pub async fn call<C: Call>(&self, context: &CallContext, call: C) -> Result<C::Answer, CallError> {
        self.0[call.service() as usize].call(context, call).await
    }
}
