//! Decides when to close a connection: no first request in time, idle between requests, or a client that stopped reading.
//! In: beginnings and ends of requests, progress of response bodies and of the socket. Out: a [`Verdict`].

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until};

use super::ConnectionLimits;

/// The activity of a connection's requests and of its socket. Clones share the connection.
#[derive(Clone)]
pub(super) struct Activity {
    state: Arc<Mutex<State>>,
    limits: ConnectionLimits,
}

/// A request in flight, until its response body is read or dropped.
pub(super) struct InFlight {
    state: Arc<Mutex<State>>,
    number: usize,
}

struct State {
    /// Requests since the connection was accepted.
    requests: usize,
    /// Requests in flight, with the time of the last progress of the response; `None` while the response has no data.
    in_flight: HashMap<usize, Option<Instant>>,
    /// The time at which the socket stopped accepting bytes.
    write_blocked: Option<Instant>,
    /// Deadline of the next request's head.
    next_request: Instant,
    /// Timeout of the next request's head, from the end of the last response on.
    idle: Duration,
    /// Whether the connection accepts no more requests.
    draining: bool,
}

/// Whether a connection stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Keep it open; decide again at that time.
    KeepOpen(Instant),
    /// Finish the requests in flight, then close: it was idle for too long.
    DrainThenClose,
    /// Close at once: there was no request, the client does not read, or draining took too long.
    Close,
}

impl Activity {
    /// The activity of a connection that was just accepted.
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        let state = State {
            requests: 0,
            in_flight: HashMap::new(),
            write_blocked: None,
            next_request: Instant::now() + limits.first_request,
            idle: limits.idle,
            draining: false,
        };
        Self { state: Arc::new(Mutex::new(state)), limits }
    }

    /// A request begins.
    pub(super) fn begin_request(&self) -> InFlight {
        let mut state = self.state.lock();
        let number = state.requests;
        state.requests += 1;
        state.in_flight.insert(number, None);
        InFlight { state: Arc::clone(&self.state), number }
    }

    /// The progress of the socket's writes.
    pub(super) fn progress(&self) -> Progress {
        Progress(self.clone())
    }

    /// Whether there was a request.
    pub(super) fn has_requests(&self) -> bool {
        self.state.lock().requests > 0
    }

    /// The socket accepted bytes, or accepts none at the moment.
    pub(super) fn wrote(&self, is_blocked: bool) {
        let mut state = self.state.lock();
        state.write_blocked = is_blocked.then(|| state.write_blocked.unwrap_or_else(Instant::now));
    }

    /// The connection accepts no more requests; responses in flight have the write timeout to complete.
    pub(super) fn drain(&self) {
        let mut state = self.state.lock();
        (state.draining, state.idle) = (true, self.limits.write);
        state.next_request = Instant::now() + self.limits.write;
    }

    /// The first request has to begin within that time, and is the last.
    pub(super) fn expect_last_request(&self, within: Duration) {
        let mut state = self.state.lock();
        (state.idle, state.next_request) = (Duration::ZERO, state.next_request.min(Instant::now() + within));
    }

    /// Whether the connection stays open. To be called at least once per write timeout, so that stalls are detected.
    pub(super) fn verdict(&self) -> Verdict {
        let (state, now) = (self.state.lock(), Instant::now());
        let stalled = state.in_flight.values().flatten().chain(&state.write_blocked).min();
        let next_look = now + self.limits.write;
        match stalled.map(|since| *since + self.limits.write) {
            Some(until) if until <= now => Verdict::Close,
            Some(until) => Verdict::KeepOpen(until),
            None if !state.in_flight.is_empty() => Verdict::KeepOpen(next_look),
            None if state.next_request > now => Verdict::KeepOpen(state.next_request.min(next_look)),
            None if state.requests == 0 || state.draining => Verdict::Close,
            None => Verdict::DrainThenClose,
        }
    }
}

/// Whether the client of an upgraded connection accepts bytes. Cheap to clone.
#[derive(Clone)]
pub(in crate::http) struct Progress(Activity);

impl Progress {
    /// Resolves when the client has accepted nothing for the write timeout.
    pub(in crate::http) async fn stalled(self) {
        let Activity { state, limits } = self.0;
        loop {
            let blocked = state.lock().write_blocked;
            let until = blocked.map_or_else(|| Instant::now() + limits.write, |since| since + limits.write);
            if blocked.is_some() && until <= Instant::now() {
                return;
            }
            sleep_until(until).await;
        }
    }
}

impl InFlight {
    /// The response has more data to read, or the client read some of it.
    pub(super) fn progress(&self) {
        self.state.lock().in_flight.insert(self.number, Some(Instant::now()));
    }

    /// The rest of the response is not ready yet.
    pub(super) fn waits(&self) {
        self.state.lock().in_flight.insert(self.number, None);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.state.lock();
        state.in_flight.remove(&self.number);
        state.next_request = Instant::now() + state.idle;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn activity() -> Activity {
        Activity::new(ConnectionLimits::default())
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_first_request_it_is_closed() {
        let activity = activity();
        assert_eq!(activity.verdict(), Verdict::KeepOpen(Instant::now() + 10 * SECOND));
        advance(10 * SECOND).await;
        assert_eq!(activity.verdict(), Verdict::Close);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_idle_from_its_last_response_on() {
        let activity = activity();
        let (one, other) = (activity.begin_request(), activity.begin_request());
        advance(1_000 * SECOND).await;
        assert!(matches!(activity.verdict(), Verdict::KeepOpen(_)), "a slow response is not the client's fault");
        drop(one);
        assert!(matches!(activity.verdict(), Verdict::KeepOpen(_)));
        drop(other);
        assert_eq!(activity.verdict(), Verdict::KeepOpen(Instant::now() + 30 * SECOND));
        advance(74 * SECOND).await;
        assert_eq!(activity.verdict(), Verdict::KeepOpen(Instant::now() + SECOND));
        advance(SECOND).await;
        assert_eq!(activity.verdict(), Verdict::DrainThenClose);
        activity.drain();
        assert_eq!(activity.verdict(), Verdict::KeepOpen(Instant::now() + 30 * SECOND));
        advance(30 * SECOND).await;
        assert_eq!(activity.verdict(), Verdict::Close);
    }

    #[tokio::test(start_paused = true)]
    async fn one_last_request_may_still_begin() {
        let activity = activity();
        activity.expect_last_request(SECOND);
        assert_eq!(activity.verdict(), Verdict::KeepOpen(Instant::now() + SECOND));
        drop(activity.begin_request());
        assert_eq!(activity.verdict(), Verdict::DrainThenClose);
    }

    #[tokio::test(start_paused = true)]
    async fn an_unread_response_closes_it_also_while_others_are_read() {
        let activity = activity();
        let (unread, read) = (activity.begin_request(), activity.begin_request());
        unread.progress();
        for _ in 0..29 {
            advance(SECOND).await;
            read.progress();
            assert!(matches!(activity.verdict(), Verdict::KeepOpen(_)));
        }
        advance(SECOND).await;
        assert_eq!(activity.verdict(), Verdict::Close);
        unread.waits();
        assert!(matches!(activity.verdict(), Verdict::KeepOpen(_)), "a stream without events is not stalled");
    }

    #[tokio::test(start_paused = true)]
    async fn a_blocked_socket_closes_it_after_the_write_timeout() {
        let activity = activity();
        drop(activity.begin_request());
        activity.wrote(true);
        advance(29 * SECOND).await;
        activity.wrote(true);
        assert_eq!(activity.verdict(), Verdict::KeepOpen(Instant::now() + SECOND));
        advance(SECOND).await;
        assert_eq!(activity.verdict(), Verdict::Close);
        activity.wrote(false);
        assert!(matches!(activity.verdict(), Verdict::KeepOpen(_)));
    }
}
