//! GraphQL over WebSocket (`graphql-transport-ws`): every rule of the protocol, what breaks it, and what a connection may cost.

mod client;
mod documents;
mod handshake;
mod operations;
mod protocol;
mod raw;

pub use client::{NEVER, POSTS, Received, Socket, places, position, publish, until};
