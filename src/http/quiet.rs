//! How long a connection was not asked anything. In: when requests begin and end. Out: until when it may stay as it is.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// What a connection's requests tell about it.
pub struct Quiet {
    state: Arc<Mutex<State>>,
    idle: Duration,
}

/// A request under way; dropped when it is answered or given up.
pub struct Busy(Arc<Mutex<State>>, Duration);

struct State {
    /// Requests that there were.
    begun: usize,
    /// Requests under way.
    under_way: usize,
    /// Until when the next one has to come.
    until: Instant,
}

impl Quiet {
    /// Of a connection that begins now: its first request, and each next one, have that much time.
    pub fn new(first: Duration, idle: Duration) -> Self {
        Self { state: Arc::new(Mutex::new(State { begun: 0, under_way: 0, until: Instant::now() + first })), idle }
    }

    /// A request begins.
    pub fn busy(&self) -> Busy {
        let mut state = lock(&self.state);
        state.begun += 1;
        state.under_way += 1;
        Busy(Arc::clone(&self.state), self.idle)
    }

    /// When to look again; it is in the past once the connection was quiet for too long.
    pub fn until(&self) -> Instant {
        let state = lock(&self.state);
        if state.under_way > 0 { Instant::now() + self.idle } else { state.until }
    }

    /// Whether there was any request.
    pub fn was_asked(&self) -> bool {
        lock(&self.state).begun > 0
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.under_way -= 1;
        state.until = Instant::now() + self.1;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_quiet_from_its_last_answer_on() {
        let (first, idle) = (Duration::from_secs(10), Duration::from_secs(75));
        let begun = Instant::now();
        let quiet = Quiet::new(first, idle);
        assert_eq!(quiet.until(), begun + first);
        let (one, other) = (quiet.busy(), quiet.busy());
        tokio::time::advance(Duration::from_secs(100)).await;
        assert!(quiet.until() > Instant::now());
        drop(one);
        assert!(quiet.until() > Instant::now());
        drop(other);
        assert_eq!(quiet.until(), Instant::now() + idle);
        tokio::time::advance(Duration::from_secs(80)).await;
        assert!(quiet.until() < Instant::now());
    }
}
