//! The HTTP layer that all services share: middleware, common routes, the API description and the server.

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
