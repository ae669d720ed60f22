//! Live updates in front of stub services, whose events a test writes: who gets which event, what a cursor is good for, and how
//! many executions an event costs.

mod cursors;
mod groups;
mod heartbeats;
mod rights;
mod slow_readers;
mod stream;
mod vanished_peers;
