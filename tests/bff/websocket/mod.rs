//! GraphQL over WebSocket (`graphql-transport-ws`): every rule of the protocol, what breaks it, and what a connection may cost.

mod client;
mod cycles;
mod deaf;
mod documents;
mod floods;
mod frames;
mod handshake;
mod liveness;
mod malformed;
mod memory;
mod operations;
mod protocol;
mod raw;
mod restarts;
mod tokens;

pub use client::{NEVER, POSTS, Received, Socket, places, position, publish, until};
