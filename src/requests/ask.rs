//! An operation as sent by a client: parsed by the transport, not yet validated.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::{auth::Credentials, clients::CallContext, operations::OperationKind};

/// An operation as sent by a client.
pub(crate) struct Ask {
    /// Document, operation name and variables.
    pub parameters: Parameters,
    /// The caller's credentials, not verified yet.
    pub credentials: Credentials,
    /// The client program and its address.
    pub client: Client,
    /// Kinds of operation that the transport may carry.
    pub allowed_kinds: &'static [OperationKind],
    /// Whether shared caches may store the response, if the operation allows it.
    pub may_be_shared: bool,
    /// Whether the client wants `extensions.cost`.
    pub shows_cost: bool,
    /// The cursor behind which a subscription resumes, in place of its argument `after`: `Last-Event-ID`.
    pub resume_behind: Option<String>,
    /// Deadline, request id and trace of this operation.
    pub context: CallContext,
}

/// The parameters of GraphQL over HTTP.
#[derive(Debug, Default)]
pub struct Parameters {
    /// `query`.
    pub text: Option<String>,
    /// `documentId` (GraphQL over HTTP, appendix "Persisted Documents").
    pub id: Option<String>,
    /// The id in the path of a URL.
    pub id_in_path: Option<String>,
    /// `extensions.persistedQuery.sha256Hash`, as Apollo's clients send it.
    pub automatic: Option<String>,
    /// `extensions.position`: the client wants the position of the answer.
    pub wants_position: bool,
    /// `operationName`.
    pub operation_name: Option<String>,
    /// `variables`.
    pub variables: Map<String, Value>,
}

/// The program that sent the operation.
pub(crate) struct Client {
    /// Its address, behind trusted proxies.
    pub address: IpAddr,
    /// Its name, from request headers; only logged.
    pub name: Option<String>,
}
