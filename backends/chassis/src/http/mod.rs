//! The HTTP edge that all services share: what happens around every request, the routes every service has, serving.

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
