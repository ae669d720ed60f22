//! What the BFF and the services agree on byte for byte: ids, times, money, header names, trace context, and how a
//! token is verified. Nothing here does business; nothing here knows HTTP servers, GraphQL or SQL.
//! Record shapes are *not* shared: each side writes down its own, and tests hold both to the contract.

mod clock;
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
pub use hex::hex;
pub use id::{CommentId, Id, IdError, IdKind, OrderId, PostId, UserId};
pub use media_range::MediaRange;
pub use money::{Currency, Money};
pub use network::network;
pub use time::Time;
pub use trace::{RequestId, TraceContext};
