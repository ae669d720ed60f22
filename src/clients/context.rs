//! What a call needs to know of its request: deadline, ids, client address; and the ledger that it is noted in. A value that
//! is handed from stage to stage, because batches may run in tasks of their own.

use std::{net::IpAddr, sync::Arc, time::Duration};

use contract::{RequestId, TraceContext};
use http::HeaderValue;
use tokio::time::Instant;

use super::Ledger;

/// The context of one request's calls. Cheap to clone; clones share the ledger.
#[derive(Clone)]
pub struct CallContext {
    request: Arc<Request>,
    ledger: Ledger,
}

struct Request {
    deadline: Instant,
    request_id: RequestId,
    trace: TraceContext,
    client_address: Option<HeaderValue>,
}

impl CallContext {
    /// The context of a request that ends at `deadline`.
    pub fn new(deadline: Instant, request_id: RequestId, trace: TraceContext, client_address: IpAddr) -> Self {
        let client_address = HeaderValue::from_str(&client_address.to_string()).ok();
        Self::of(Request { deadline, request_id, trace, client_address })
    }

    /// The context of a call that the BFF makes for itself.
    pub fn own(timeout: Duration) -> Self {
        let (request_id, trace) = (RequestId::generate(), TraceContext::start());
        Self::of(Request { deadline: Instant::now() + timeout, request_id, trace, client_address: None })
    }

    fn of(request: Request) -> Self {
        Self { request: Arc::new(request), ledger: Ledger::default() }
    }

    /// When the request must be answered.
    pub fn deadline(&self) -> Instant {
        self.request.deadline
    }

    /// The request's id.
    pub fn request_id(&self) -> &RequestId {
        &self.request.request_id
    }

    /// The request's place in its trace.
    pub fn trace(&self) -> &TraceContext {
        &self.request.trace
    }

    /// The address of the client, as text; `None` for the BFF's own calls.
    pub fn client_address(&self) -> Option<HeaderValue> {
        self.request.client_address.clone()
    }

    /// What is noted of the request's calls.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}
