//! The one way in which data is changed: a transaction that holds the effect, the idempotent answer and the
//! events in the outbox, all or none. In: the request's envelope and the effect. Out: the answer, new or replayed.

mod envelope;
mod gate;
mod json;
mod ledger;
mod stored;

pub use self::{
    envelope::{Command, Envelope},
    json::Object,
    ledger::{Ledger, Outcome},
};
