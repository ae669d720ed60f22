//! Schedules the batches of one execution: a batch is sent as soon as no resolver can make progress, so that it holds all keys
//! of a level of the query, without waiting for a clock. In: the execution of an operation, and the batches that its loaders
//! open. Out: the execution's result. Batches run in the operation's own task: they end with it, and a panic in one ends it.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures::{
    future::BoxFuture,
    stream::{FuturesUnordered, StreamExt},
    task::AtomicWaker,
};
use parking_lot::Mutex;

/// Queue of the batches opened since the last ones were sent. Clones share it.
#[derive(Clone, Default)]
pub struct Dispatcher(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Dispatcher {
    /// Queues a batch: it is polled once no resolver can make progress.
    pub(super) fn open(&self, batch: BoxFuture<'static, ()>) {
        self.0.lock().push(batch);
    }

    /// Runs an execution and the batches that it opens.
    pub async fn drive<T>(&self, execution: impl Future<Output = T>) -> T {
        let _closing = Closing(self);
        let mut execution = pin!(execution);
        let mut batches = FuturesUnordered::new();
        let resolvers = Arc::new(Resolvers::default());
        let waker = Waker::from(Arc::clone(&resolvers));
        poll_fn(|cx| {
            resolvers.task.register(cx.waker());
            loop {
                if resolvers.can_go_on.swap(false, Ordering::AcqRel) {
                    if let Poll::Ready(result) = execution.as_mut().poll(&mut Context::from_waker(&waker)) {
                        return Poll::Ready(result);
                    }
                    // Long lists give way in the middle of a poll and ask for the next one: then the level is not whole yet.
                    if !resolvers.can_go_on.load(Ordering::Acquire) {
                        batches.extend(self.take());
                    }
                }
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

    fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut *self.0.lock())
    }
}

/// Whether a resolver was woken since the execution was last polled, and the task to wake.
struct Resolvers {
    can_go_on: AtomicBool,
    task: AtomicWaker,
}

impl Default for Resolvers {
    fn default() -> Self {
        Self { can_go_on: AtomicBool::new(true), task: AtomicWaker::new() }
    }
}

impl Wake for Resolvers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.can_go_on.store(true, Ordering::Release);
        self.task.wake();
    }
}

/// Drops the queued batches when the execution ends: they own the request and the request owns them.
struct Closing<'a>(&'a Dispatcher);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Weak;

    use futures::{channel::oneshot, future::join_all};

    use super::*;

    type Log = Arc<Mutex<Vec<String>>>;

    /// What a resolver does: opens a batch that notes when it runs, and waits for its answer.
    async fn resolve(dispatcher: &Dispatcher, log: &Log, name: String) {
        let (answer, answered) = oneshot::channel();
        let log = Arc::clone(log);
        dispatcher.open(Box::pin(async move {
            log.lock().push(name);
            let _ = answer.send(());
        }));
        answered.await.unwrap();
    }

    fn note(log: &Log, text: &str) {
        log.lock().push(text.into());
    }

    #[tokio::test]
    async fn a_batch_leaves_only_when_no_resolver_can_go_on() {
        let (dispatcher, log) = (Dispatcher::default(), Log::default());
        let field = async |name: &str| {
            note(&log, &format!("{name} asks"));
            resolve(&dispatcher, &log, format!("batch of {name}")).await;
            note(&log, &format!("{name} goes on"));
        };
        dispatcher.drive(async { futures::join!(field("a"), field("b")) }).await;
        let expected = ["a asks", "b asks", "batch of a", "batch of b", "a goes on", "b goes on"];
        assert_eq!(*log.lock(), expected);
    }

    #[tokio::test]
    async fn a_level_is_whole_however_long_its_lists_are() {
        let (dispatcher, log) = (Dispatcher::default(), Log::default());
        let asked = Arc::new(Mutex::new(0));
        let leaf = async || {
            *asked.lock() += 1;
            let (seen, asked) = (Arc::clone(&log), Arc::clone(&asked));
            let (answer, answered) = oneshot::channel();
            dispatcher.open(Box::pin(async move {
                seen.lock().push(asked.lock().to_string());
                let _ = answer.send(());
            }));
            answered.await.unwrap();
        };
        // Lists of more than 30 are polled by FuturesOrdered, which gives way after a while.
        dispatcher.drive(join_all((0..50).map(|_| join_all((0..50).map(|_| leaf()))))).await;
        let log = log.lock();
        assert_eq!(log.len(), 2_500);
        assert!(log.iter().all(|asked| asked == "2500"), "a batch left before all had asked");
    }

    #[tokio::test]
    async fn a_slow_batch_does_not_hold_up_what_another_one_answered() {
        let (dispatcher, log) = (Dispatcher::default(), Log::default());
        let (release, held) = oneshot::channel::<()>();
        let slow = async {
            let (answer, answered) = oneshot::channel();
            dispatcher.open(Box::pin(async move {
                held.await.unwrap();
                let _ = answer.send(());
            }));
            answered.await.unwrap();
            note(&log, "slow goes on");
        };
        let quick = async {
            resolve(&dispatcher, &log, "first".into()).await;
            resolve(&dispatcher, &log, "second".into()).await;
            release.send(()).unwrap();
        };
        dispatcher.drive(async { futures::join!(slow, quick) }).await;
        assert_eq!(*log.lock(), ["first", "second", "slow goes on"]);
    }

    #[tokio::test]
    async fn an_execution_may_wait_for_something_else_than_batches() {
        let (told, hears) = oneshot::channel();
        let dispatcher = Dispatcher::default();
        let driven = tokio::spawn(async move { dispatcher.drive(hears).await });
        tokio::task::yield_now().await;
        told.send(7).unwrap();
        assert_eq!(driven.await.unwrap(), Ok(7));
    }

    /// A batch that owns the dispatcher that it is queued in, as a loader's batch does through its request.
    fn open_holding(dispatcher: &Dispatcher) -> Weak<()> {
        let held = Arc::new(());
        let (weak, own) = (Arc::downgrade(&held), dispatcher.clone());
        dispatcher.open(Box::pin(async move {
            let _hold = (own, held);
            futures::future::pending::<()>().await;
        }));
        weak
    }

    #[tokio::test]
    async fn a_batch_that_nobody_waits_for_any_more_is_dropped_with_the_execution() {
        let dispatcher = Dispatcher::default();
        let opened = dispatcher.drive(async { open_holding(&dispatcher) }).await;
        assert_eq!(opened.strong_count(), 0, "the execution ended before the batch left");

        let waits = async {
            let _opened = open_holding(&dispatcher);
            futures::future::pending::<Result<(), &str>>().await
        };
        let fails = async { Err::<(), _>("no") };
        assert!(dispatcher.drive(async { futures::try_join!(waits, fails) }).await.is_err());
        assert_eq!(Arc::strong_count(&dispatcher.0), 1, "a sibling failed");
    }

    #[tokio::test]
    async fn a_cancelled_execution_takes_its_batches_along() {
        let dispatcher = Dispatcher::default();
        let (tell, opened) = std::sync::mpsc::channel();
        let execution = async {
            tell.send(open_holding(&dispatcher)).unwrap();
            futures::future::pending::<()>().await;
        };
        let mut driven = Box::pin(dispatcher.drive(execution));
        assert!(futures::poll!(&mut driven).is_pending());
        let opened = opened.recv().unwrap();
        assert_eq!(opened.strong_count(), 1, "under way");
        drop(driven);
        assert_eq!(opened.strong_count(), 0);
    }
}
