//! When a batch leaves: as soon as every resolver that could run has run, so that a batch is a whole level of the query
//! by construction, without waiting for a clock. In: the execution of a request, and the batches its loaders open.
//! Out: the execution's result. Batches run in the request's own task: they end with it, and a panic in one ends it.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
};

use futures::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt},
};

/// The batches of one request that were opened since the execution was last polled.
#[derive(Clone, Default)]
pub struct Level(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Level {
    /// Opens a batch: it will be polled once no resolver can go on.
    pub(super) fn open(&self, batch: BoxFuture<'static, ()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    /// Runs an execution and the batches that it opens.
    pub async fn drive<T>(&self, execution: impl Future<Output = T>) -> T {
        let mut execution = pin!(execution);
        let mut batches = FuturesUnordered::new();
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(result) = execution.as_mut().poll(cx) {
                    return Poll::Ready(result);
                }
                batches.extend(std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)));
                let mut answered = false;
                while let Poll::Ready(Some(())) = batches.poll_next_unpin(cx) {
                    answered = true;
                }
                if !answered {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}
