//! Reads a service's events, for the BFF and for other services. In: the service's address and where to begin. Out: every event
//! once, in order, without a gap, over any number of broken connections; or that the position is lost.
//!
//! `reader` is the stream that never ends, `sse` parses it, `source` sends the requests and reads pages.

mod reader;
mod source;
mod sse;

pub use reader::{Feed, Lost, News, Start};
pub use source::{PageError, PageQuery, Source};
