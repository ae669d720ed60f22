//! The operations of a WebSocket: begun, taken from step to step, and given the viewer's new token.

use std::sync::Arc;

use contract::{RequestId, TraceContext};
use futures::stream::abortable;
use serde_json::json;
use tokio::time::Instant;

use super::{Close, Connection, End, Entry, message};
use crate::{
    clients::CallContext,
    http::{
        request_line::RequestLine,
        websocket::operation::{Operation, Output, Step},
    },
    operations::OperationKind,
    requests::{Ask, Client, Parameters},
};

/// All kinds of operation.
const ALL: &[OperationKind] = &[OperationKind::Query, OperationKind::Mutation, OperationKind::Subscription];

impl Connection {
    pub(super) async fn renew(&mut self, token: &str) -> Result<(), End> {
        let Some(session) = &mut self.session else { return Err(Close::unauthorized().into()) };
        let left = session.renew(&self.app, token).await?;
        if let Some(viewer) = &session.viewer {
            self.running.values().filter_map(|entry| entry.handle.as_ref()).for_each(|handle| handle.renew(viewer));
        }
        let left = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        self.send(message::pong(Some(json!({"tokenExpiresInMs": left})))).await
    }

    pub(super) async fn subscribe(&mut self, id: String, parameters: Parameters) -> Result<(), End> {
        let Some(session) = &self.session else { return Err(Close::unauthorized().into()) };
        if self.clock.is_closing {
            return Err(Close::restarting().into());
        }
        if self.running.contains_key(id.as_str()) {
            return Err(Close::id_in_use(&id).into());
        }
        let id: Arc<str> = id.into();
        let started = Instant::now();
        let trace = TraceContext::accept(&self.peer.trace);
        let (deadline, request_id) = (started + self.app.request_timeout, RequestId::generate());
        let context = CallContext::new(deadline, request_id.clone(), trace, self.peer.client);
        let line = RequestLine::new("websocket", started, context.clone(), self.app.metrics.clone());
        let operation = Operation { id: Arc::clone(&id), request_id, line };
        if self.running.len() >= self.app.live.max_per_socket {
            self.app.metrics.live().limit_hit("max_per_socket");
            return self.send(operation.too_many(self.app.live.max_per_socket)).await;
        }
        if !self.subscribes.take() {
            self.app.metrics.live().limit_hit("subscribes_per_second");
            return self.send(operation.too_fast()).await;
        }
        let ask = Ask {
            parameters,
            credentials: session.credentials.clone(),
            client: Client { address: self.peer.client, name: self.peer.name.clone() },
            allowed_kinds: ALL,
            may_be_shared: false,
            shows_cost: false,
            resume_behind: None,
            context,
        };
        let (steps, abort) = abortable(operation.run(Arc::clone(&self.app), ask));
        self.steps.push(steps);
        self.running.insert(id, Entry { abort, handle: None });
        Ok(())
    }

    /// Writes what a step of an operation has led to; the next flush sends it.
    pub(super) async fn step(&mut self, output: Output) -> Result<(), End> {
        let Output { id, step } = output;
        match step {
            Step::Begun(handle) => {
                // The token may have been renewed in the meantime.
                if let Some(viewer) = self.session.as_ref().and_then(|session| session.viewer.as_ref()) {
                    handle.renew(viewer);
                }
                if let Some(entry) = self.running.get_mut(&id) {
                    entry.handle = Some(handle);
                }
                Ok(())
            }
            Step::Next(text) => self.feed(text).await,
            Step::Last(texts) => {
                self.running.remove(&id);
                for text in texts {
                    self.feed(text).await?;
                }
                Ok(())
            }
        }
    }
}
