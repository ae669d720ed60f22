//! Live updates over real processes that are killed: each service and the BFF are programs of their own, on databases that outlive
//! them.

mod cut;
mod exactly_the_missing_ones;
mod no_race;
mod processes;
mod reader;
mod writers;
