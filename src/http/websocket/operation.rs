//! One operation on a WebSocket. In: an ask. Out: the messages of its id, one step at a time: the next step is taken when the
//! client has accepted the last one.

use std::{panic::AssertUnwindSafe, sync::Arc};

use contract::RequestId;
use futures::{FutureExt, future::BoxFuture};

use super::message;
use crate::{
    events::{Answer, Handle, Subscription},
    http::{App, request_line::RequestLine},
    requests::{
        Ask, Code, Refused,
        body::{self, Body, ErrorBody, Extensions},
    },
};

/// An operation that runs. Its log line is written when it is dropped.
pub(super) struct Operation {
    pub(super) id: Arc<str>,
    pub(super) request_id: RequestId,
    pub(super) line: RequestLine,
}

/// What one step of an operation has led to.
pub(super) enum Step {
    /// A subscription has begun: nothing to send.
    Begun(Running, Handle),
    /// A message, after which the subscription goes on.
    Next(String, Running),
    /// The last messages of an id.
    Last(Arc<str>, Vec<String>),
}

/// A subscription between two steps.
pub(super) struct Running {
    operation: Operation,
    subscription: Box<Subscription>,
}

impl Operation {
    /// Runs a query or mutation, or begins a subscription.
    pub(super) fn start(self, app: Arc<App>, ask: Ask) -> BoxFuture<'static, Step> {
        Box::pin(async move {
            let mut operation = self;
            let answering = app.events.answer(ask, &mut operation.line.operation);
            let answer = AssertUnwindSafe(answering).catch_unwind().await.unwrap_or(Err(Refused::Internal));
            match answer {
                Ok(Answer::Subscribed(subscription)) => {
                    operation.line.begun();
                    let handle = subscription.handle();
                    Step::Begun(Running { operation, subscription }, handle)
                }
                Ok(Answer::Executed(executed)) => {
                    let position = executed.position.as_deref();
                    let extensions = Extensions { cost: executed.cost, position, cursor: None };
                    let body = Body::executed(&executed.response, extensions, &operation.request_id);
                    let body = serde_json::to_vec(&body).unwrap_or_default();
                    operation.line.delivered(0);
                    let messages = vec![message::next(&operation.id, &body), message::complete(&operation.id)];
                    Step::Last(Arc::clone(&operation.id), messages)
                }
                Err(refused) => operation.refused(&refused),
            }
        })
    }

    fn refused(mut self, refused: &Refused) -> Step {
        self.line.refused(refused.code());
        let text = refused.to_string();
        let errors = body::refused(refused, &text, &self.request_id);
        Step::Last(Arc::clone(&self.id), vec![message::error(&self.id, &errors)])
    }

    /// The refusal of one operation too many at the same time.
    pub(super) fn too_many(self, most: usize) -> String {
        self.limited(Code::TooManySubscriptions, &format!("{most} operations run on this connection already"))
    }

    /// The refusal of operations that follow too fast.
    pub(super) fn too_fast(self) -> String {
        self.limited(Code::RateLimited, "operations follow too fast on this connection; retry later")
    }

    fn limited(mut self, code: Code, text: &str) -> String {
        self.line.refused(code);
        message::error(&self.id, &[ErrorBody::new(code, text, &self.request_id)])
    }
}

impl Running {
    /// The id of the operation.
    pub(super) const fn id(&self) -> &Arc<str> {
        &self.operation.id
    }

    /// Waits for the next event.
    pub(super) fn next(mut self) -> BoxFuture<'static, Step> {
        Box::pin(async move {
            let waiting = AssertUnwindSafe(self.subscription.next()).catch_unwind();
            match waiting.await.unwrap_or(Err(Refused::Internal)) {
                Ok(event) => {
                    self.operation.line.delivered(event.errors);
                    Step::Next(message::next(&self.operation.id, &event.body), self)
                }
                Err(refused) => self.operation.refused(&refused),
            }
        })
    }
}
