//! The shared base of the services, in the order of a request: `http` (middleware), `caller` and `rate_limit` (identity,
//! limits), `extract` and `pages` (typed input), `database` (reads), `writes` (idempotent changes), `events` (the outbox and
//! its feed), `answers` and `error` (responses). `program` and `settings` start a service; `peer` calls other services.
//! A service adds `routes/` (HTTP), `store/` (SQL) and `migrations/`; see `backends/user`.

pub mod answers;
pub mod caller;
pub mod database;
mod deadline;
mod error;
pub mod events;
pub mod extract;
mod http;
mod metrics;
pub mod pages;
pub mod peer;
pub mod program;
mod rate_limit;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod writes;

pub use self::{
    answers::{Answer, Private, Public},
    caller::{Caller, Viewer},
    deadline::Deadline,
    error::{ApiError, Detail, ErrorBody},
    events::{Event, EventType},
    extract::{Entries, Ids, Params, Path, Reader},
    http::{IdempotencyKey, IfMatch, Parts, Service},
    pages::{Page, PageParams, Pages},
    program::StartError,
    settings::ServiceSettings,
    writes::{Command, Envelope, Ledger, Object, Outcome},
};
