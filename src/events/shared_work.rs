//! Work that several subscriptions wait for. In: the work, from the subscription that asks first. Out: its result, for all of
//! them. It runs in a task of its own: a subscription that is not polled, because its client reads nothing, delays no other one.
//! When nobody waits for it any more, it is aborted.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use parking_lot::Mutex;
use tokio::{sync::SetOnce, task::AbortHandle};

/// Work that is done at most once, and its result.
pub(super) struct SharedWork<T> {
    /// `None` inside: the work has panicked.
    result: SetOnce<Option<T>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: usize,
    task: Option<AbortHandle>,
}

/// One that waits for the result.
struct Waiting<'a, T>(&'a SharedWork<T>);

impl<T> Default for SharedWork<T> {
    fn default() -> Self {
        Self { result: SetOnce::new(), state: Mutex::default() }
    }
}

impl<T: Clone + Send + Sync + 'static> SharedWork<T> {
    /// The result, `None` if the work has panicked. `start` is called if nobody works on it; `then` when there is a result.
    ///
    /// # Errors
    /// Those of `start`: the next caller may start.
    pub(super) async fn result<E, W>(
        self: &Arc<Self>,
        start: impl FnOnce() -> Result<W, E>,
        then: impl FnOnce(&Arc<Self>) + Send + 'static,
    ) -> Result<Option<T>, E>
    where
        W: Future<Output = T> + Send + 'static,
    {
        let _waiting = self.join(start, then)?;
        Ok(self.result.wait().await.clone())
    }

    /// The result, as far as there is one.
    pub(super) fn get(&self) -> Option<&T> {
        self.result.get()?.as_ref()
    }

    fn join<E, W>(
        self: &Arc<Self>,
        start: impl FnOnce() -> Result<W, E>,
        then: impl FnOnce(&Arc<Self>) + Send + 'static,
    ) -> Result<Waiting<'_, T>, E>
    where
        W: Future<Output = T> + Send + 'static,
    {
        let mut state = self.state.lock();
        if state.task.is_none() && self.result.get().is_none() {
            let (work, shared) = (start()?, Arc::clone(self));
            let task = tokio::spawn(async move {
                let result = AssertUnwindSafe(work).catch_unwind().await.ok();
                // Set already, if an aborted task was quicker: its result is as good.
                let _ = shared.result.set(result);
                then(&shared);
            });
            state.task = Some(task.abort_handle());
        }
        state.waiting += 1;
        Ok(Waiting(self))
    }
}

impl<T> Drop for Waiting<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.waiting -= 1;
        if state.waiting == 0
            && let Some(task) = state.task.take()
        {
            // Without effect on a task that has ended.
            task.abort();
        }
    }
}
