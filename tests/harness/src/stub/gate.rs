//! Holds calls at a stub's door until enough of them are there, or until the test opens it: what shows that calls are
//! in flight together, and what keeps a request under way, without a clock.

use std::sync::Arc;

use tokio::sync::watch;

/// A door that calls wait at. Clones are the same door.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Door>);

#[derive(Debug)]
struct Door {
    opens_at: usize,
    state: watch::Sender<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    arrived: usize,
    open: bool,
}

impl Gate {
    /// Opens once that many calls wait at it.
    pub fn together(calls: usize) -> Self {
        Self(Arc::new(Door { opens_at: calls, state: watch::Sender::new(State::default()) }))
    }

    /// Opens when it is told to.
    pub fn closed() -> Self {
        Self::together(usize::MAX)
    }

    /// Resolves once that many calls have come to the gate.
    pub async fn arrived(&self, calls: usize) {
        self.0.state.subscribe().wait_for(|state| state.arrived >= calls).await.unwrap();
    }

    /// Lets everybody through, from now on.
    pub fn open(&self) {
        self.0.state.send_modify(|state| state.open = true);
    }

    pub(super) async fn pass(&self) {
        self.0.state.send_modify(|state| {
            state.arrived += 1;
            state.open |= state.arrived >= self.0.opens_at;
        });
        self.0.state.subscribe().wait_for(|state| state.open).await.unwrap();
    }
}
