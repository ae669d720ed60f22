//! What every service needs once, in the order in which a request meets it: `http` (around every request), `caller` and
//! `rate_limit` (who, how often), `extract` and `pages` (typed input), `database` (reads), `writes` (changes, once per
//! idempotency key), `answers` and `error` (what goes back). `program`, `settings`: a service's start. `peer`: the one
//! door to other services. A service brings `routes/` (HTTP), `store/` (SQL) and `migrations/`; `backends/user` shows how.

pub mod answers;
pub mod caller;
pub mod database;
mod deadline;
mod error;
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
    extract::{Entries, Ids, Params, Path, Reader},
    http::{IdempotencyKey, IfMatch, Parts, Service},
    pages::{Page, PageParams, Pages},
    program::StartError,
    settings::ServiceSettings,
    writes::{Command, Envelope, Event, Ledger, Object, Outcome},
};
