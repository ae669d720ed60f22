//! One operation on a WebSocket. In: an ask. Out: a stream of the messages of its id, one step at a time: the next step is taken
//! when the last one is in the connection's write buffer. A query or mutation runs in a task of its own, which is aborted with the
//! stream: while the client reads nothing it goes on, and does not keep its place among the operations of the process.

use std::{panic::AssertUnwindSafe, sync::Arc};

use contract::RequestId;
use futures::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};

use tokio_util::task::AbortOnDropHandle;

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

/// A step of an operation.
pub(super) struct Output {
    /// The operation's id.
    pub(super) id: Arc<str>,
    pub(super) step: Step,
}

/// What one step of an operation has led to.
pub(super) enum Step {
    /// A subscription has begun: nothing to send.
    Begun(Handle),
    /// A message, after which the subscription goes on.
    Next(String),
    /// The last messages.
    Last(Vec<String>),
}

/// How far an operation is. Boxed, since it moves at each step.
enum State {
    Asked(Box<Asked>),
    Running(Box<Running>),
    Ended,
}

struct Asked {
    operation: Operation,
    app: Arc<App>,
    ask: Ask,
}

/// A subscription between two steps.
struct Running {
    operation: Operation,
    subscription: Subscription,
}

impl Operation {
    /// The steps of a query, mutation or subscription. A step is taken when the stream is polled, and not before.
    pub(super) fn run(self, app: Arc<App>, ask: Ask) -> BoxStream<'static, Output> {
        let (id, request_id) = (Arc::clone(&self.id), self.request_id.clone());
        let asked = State::Asked(Box::new(Asked { operation: self, app, ask }));
        let steps = stream::unfold((asked, Arc::clone(&id), request_id), async |(state, id, request_id)| {
            let (step, state) = match state {
                State::Asked(asked) => match AbortOnDropHandle::new(tokio::spawn(asked.start())).await {
                    Ok(started) => started,
                    // It has written its log line.
                    Err(_) => (Step::Last(vec![panicked(&id, &request_id)]), State::Ended),
                },
                State::Running(running) => running.next().await,
                State::Ended => return None,
            };
            Some((step, (state, id, request_id)))
        });
        steps.map(move |step| Output { id: Arc::clone(&id), step }).boxed()
    }

    fn refused(mut self, refused: &Refused) -> (Step, State) {
        self.line.refused(refused.code());
        let text = refused.to_string();
        let errors = body::refused(refused, &text, &self.request_id);
        (Step::Last(vec![message::error(&self.id, &errors)]), State::Ended)
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

/// The error of an operation whose task has panicked.
fn panicked(id: &str, request_id: &RequestId) -> String {
    let text = Refused::Internal.to_string();
    message::error(id, &body::refused(&Refused::Internal, &text, request_id))
}

impl Asked {
    /// Runs a query or mutation, or begins a subscription.
    async fn start(self) -> (Step, State) {
        let Self { mut operation, app, ask } = self;
        let answering = app.events.answer(ask, &mut operation.line.operation);
        let answer = AssertUnwindSafe(answering).catch_unwind().await.unwrap_or(Err(Refused::Internal));
        match answer {
            Ok(Answer::Subscribed(subscription)) => {
                operation.line.begun();
                let handle = subscription.handle();
                let running = Running { operation, subscription: *subscription };
                (Step::Begun(handle), State::Running(Box::new(running)))
            }
            Ok(Answer::Executed(executed)) => {
                let position = executed.position.as_deref();
                let extensions = Extensions { cost: executed.cost, position, cursor: None };
                let body = Body::executed(&executed.response, extensions, &operation.request_id);
                let body = body.to_json().unwrap_or_default();
                operation.line.delivered(0);
                let messages = vec![message::next(&operation.id, &body), message::complete(&operation.id)];
                (Step::Last(messages), State::Ended)
            }
            Err(refused) => operation.refused(&refused),
        }
    }
}

impl Running {
    /// Waits for the next event.
    async fn next(mut self: Box<Self>) -> (Step, State) {
        let waiting = AssertUnwindSafe(self.subscription.next()).catch_unwind();
        match waiting.await.unwrap_or(Err(Refused::Internal)) {
            Ok(event) => {
                self.operation.line.delivered(event.errors);
                (Step::Next(message::next(&self.operation.id, &event.body)), State::Running(self))
            }
            Err(refused) => self.operation.refused(&refused),
        }
    }
}
