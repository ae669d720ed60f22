//! The operations of a WebSocket: begun, taken from step to step, and given the viewer's new token.

use std::sync::Arc;

use contract::{RequestId, TraceContext};
use futures::future::{BoxFuture, abortable};
use serde_json::json;
use tokio::time::Instant;

use super::{Close, Connection, End, Entry, message};
use crate::{
    clients::CallContext,
    events::Handle,
    http::{
        graphql::client_name,
        request_line::RequestLine,
        websocket::operation::{Operation, Step},
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
        let trace = TraceContext::accept(&self.peer.parts.headers);
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
            client: Client { address: self.peer.client, name: client_name(&self.peer.parts.headers) },
            allowed_kinds: ALL,
            may_be_shared: false,
            shows_cost: false,
            resume_behind: None,
            context,
        };
        let step = operation.start(Arc::clone(&self.app), ask);
        self.go_on(id, step, None);
        Ok(())
    }

    fn go_on(&mut self, id: Arc<str>, step: BoxFuture<'static, Step>, handle: Option<Handle>) {
        let (step, abort) = abortable(step);
        self.steps.push(step);
        self.running.insert(id, Entry { abort, handle });
    }

    pub(super) async fn step(&mut self, step: Step) -> Result<(), End> {
        match step {
            Step::Begun(running, handle) => {
                // The token may have been renewed in the meantime.
                if let Some(viewer) = self.session.as_ref().and_then(|session| session.viewer.as_ref()) {
                    handle.renew(viewer);
                }
                self.go_on(Arc::clone(running.id()), running.next(), Some(handle));
                Ok(())
            }
            Step::Next(text, running) => {
                self.send(text).await?;
                let handle = self.running.get(running.id()).and_then(|entry| entry.handle.clone());
                self.go_on(Arc::clone(running.id()), running.next(), handle);
                Ok(())
            }
            Step::Last(id, texts) => {
                self.running.remove(&id);
                for text in texts {
                    self.send(text).await?;
                }
                Ok(())
            }
        }
    }
}
