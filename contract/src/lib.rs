//! The formats that the BFF and the services share: ids, times, money, header names, trace context and token verification.
//! No business rules, HTTP servers, GraphQL or SQL. Record types are *not* shared: each side defines its own, and tests
//! check both against the contract.

mod clock;
pub mod event;
pub mod headers;
mod hex;
pub mod id;
pub mod key_set;
mod media_range;
pub mod money;
mod network;
pub mod rate_limit;
mod text;
mod time;
pub mod token;
pub mod trace;
mod trace_state;

pub use clock::Clock;
pub use event::{CloudEvent, EventPage, Position};
pub use hex::hex;
pub use id::{CommentId, Id, IdError, IdKind, OrderId, PostId, UserId};
pub use media_range::MediaRange;
pub use money::{Currency, Money};
pub use network::network;
pub use time::Time;
pub use trace::{RequestId, TraceContext};
