//! Cache tags, which public responses carry and caches purge by.

mod tags;

pub use tags::Tag;
