//! Whether a connection does anything. In: when requests begin, when some of an answer is taken, when it is all taken. Out:
//! until when the connection may stay as it is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How long a connection may take over what.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Until the head of the first request is there.
    pub first_request: Duration,
    /// Between an answer and the head of the next request.
    pub idle: Duration,
    /// Until the client takes some more of an answer.
    pub write: Duration,
}

/// What a connection's requests tell about it.
pub struct Quiet {
    state: Arc<Mutex<State>>,
    times: Times,
}

/// A request under way, until its answer is taken or it is given up.
pub struct Busy {
    state: Arc<Mutex<State>>,
    number: usize,
}

struct State {
    /// Requests that there were.
    begun: usize,
    /// Those under way: since when their client takes no more of the answer; nothing while they wait for us.
    under_way: HashMap<usize, Option<Instant>>,
    /// Until when the next one has to come.
    until: Instant,
    /// From the last answer on.
    idle: Duration,
    /// Whether no more are taken.
    finishing: bool,
}

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// Stay, and be looked at again then.
    Stay(Instant),
    /// End once what is under way is answered: nothing was asked for too long.
    Finish,
    /// End at once: nothing was ever asked, an answer is not taken, or what was left after finishing took too long.
    End,
}

impl Quiet {
    /// Of a connection that begins now.
    pub fn new(times: Times) -> Self {
        let (until, idle) = (Instant::now() + times.first_request, times.idle);
        let state = State { begun: 0, under_way: HashMap::new(), until, idle, finishing: false };
        Self { state: Arc::new(Mutex::new(state)), times }
    }

    /// A request begins.
    pub fn busy(&self) -> Busy {
        let mut state = lock(&self.state);
        let number = state.begun;
        state.begun += 1;
        state.under_way.insert(number, None);
        Busy { state: Arc::clone(&self.state), number }
    }

    /// Whether there was any request.
    pub fn was_asked(&self) -> bool {
        lock(&self.state).begun > 0
    }

    /// No more requests are taken; what is left once all are answered may take as long as some of an answer.
    pub fn finish(&self) {
        let mut state = lock(&self.state);
        (state.finishing, state.idle, state.until) = (true, self.times.write, Instant::now() + self.times.write);
    }

    /// The first request has to come in that time, and is the last.
    pub fn hurry(&self, time: Duration) {
        let mut state = lock(&self.state);
        (state.idle, state.until) = (Duration::ZERO, state.until.min(Instant::now() + time));
    }

    /// What the connection may do now.
    pub fn now(&self) -> May {
        let (state, now) = (lock(&self.state), Instant::now());
        let stuck = state.under_way.values().flatten().min().map(|since| *since + self.times.write);
        match stuck {
            Some(until) if until <= now => May::End,
            Some(until) => May::Stay(until),
            None if !state.under_way.is_empty() => May::Stay(now + self.times.write),
            None if state.until > now => May::Stay(state.until),
            None if state.begun == 0 || state.finishing => May::End,
            None => May::Finish,
        }
    }
}

impl Busy {
    /// The answer is there, or some of it was taken: the client may take some more.
    pub fn progress(&self) {
        lock(&self.state).under_way.insert(self.number, Some(Instant::now()));
    }

    /// There is nothing to take at the moment: the answer is not whole yet.
    pub fn waits(&self) {
        lock(&self.state).under_way.insert(self.number, None);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.under_way.remove(&self.number);
        state.until = Instant::now() + state.idle;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn quiet() -> Quiet {
        Quiet::new(Times { first_request: 10 * SECOND, idle: 75 * SECOND, write: 30 * SECOND })
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_first_request_it_ends() {
        let quiet = quiet();
        assert_eq!(quiet.now(), May::Stay(Instant::now() + 10 * SECOND));
        advance(10 * SECOND).await;
        assert_eq!(quiet.now(), May::End);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_idle_from_its_last_answer_on() {
        let quiet = quiet();
        let (one, other) = (quiet.busy(), quiet.busy());
        advance(1_000 * SECOND).await;
        assert!(matches!(quiet.now(), May::Stay(_)), "what takes us long is not the client's fault");
        drop(one);
        assert!(matches!(quiet.now(), May::Stay(_)));
        drop(other);
        assert_eq!(quiet.now(), May::Stay(Instant::now() + 75 * SECOND));
        advance(75 * SECOND).await;
        assert_eq!(quiet.now(), May::Finish);
        quiet.finish();
        assert_eq!(quiet.now(), May::Stay(Instant::now() + 30 * SECOND));
        advance(30 * SECOND).await;
        assert_eq!(quiet.now(), May::End);
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_hurry_one_more_request_is_taken() {
        let quiet = quiet();
        quiet.hurry(SECOND);
        assert_eq!(quiet.now(), May::Stay(Instant::now() + SECOND));
        drop(quiet.busy());
        assert_eq!(quiet.now(), May::Finish);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_takes_ends_it_also_while_others_are_taken() {
        let quiet = quiet();
        let (stuck, taken) = (quiet.busy(), quiet.busy());
        stuck.progress();
        for _ in 0..29 {
            advance(SECOND).await;
            taken.progress();
            assert!(matches!(quiet.now(), May::Stay(_)));
        }
        advance(SECOND).await;
        assert_eq!(quiet.now(), May::End);
        stuck.waits();
        assert!(matches!(quiet.now(), May::Stay(_)), "a stream that has nothing to say is not stuck");
    }
}
