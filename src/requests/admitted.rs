//! An operation that may run: identified, authorized, and charged to its caller.

use std::net::IpAddr;

use tokio::sync::OwnedSemaphorePermit;

use crate::{
    auth::Viewer,
    budgets::{Charge, Payer},
    clients::CallContext,
    operations::{OperationKind, Prepared},
};

/// An admitted operation.
pub(crate) struct Admitted {
    /// The viewer; `None` when anonymous.
    pub viewer: Option<Viewer>,
    /// Whose budget pays for it.
    pub payer: Payer,
    /// The operation with its variables.
    pub prepared: Prepared,
    /// What it was charged.
    pub charge: Charge,
    /// The part of the charge that is for the registration of its document.
    pub registration: u64,
    /// Its permit among concurrent operations.
    pub slot: OwnedSemaphorePermit,
    /// Deadline, request id and trace.
    pub context: CallContext,
    /// The client's address, behind trusted proxies.
    pub client_address: IpAddr,
    /// The cursor behind which a subscription resumes, in place of its argument.
    pub resume_behind: Option<String>,
    /// Whether the response has `extensions.cost`.
    pub shows_cost: bool,
    /// Whether shared caches may store the response, if the operation allows it.
    pub may_be_shared: bool,
}

impl Admitted {
    /// Query, mutation or subscription.
    pub fn kind(&self) -> OperationKind {
        self.prepared.operation.kind()
    }
}
