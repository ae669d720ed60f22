//! The HTTP layer that all services share: middleware, common routes, the API description and the server. In:
//! connections. Out: requests with caller and deadline for the routes, and their responses.

mod admission;
mod description;
mod health;
mod request;
mod server;

pub(crate) use self::request::Edge;
pub use self::{
    description::{IdempotencyKey, IfMatch},
    server::{Parts, Service},
};
