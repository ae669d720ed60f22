//! Commands for operators and continuous integration; no request passes them. One folder a tool:
//!
//! - `explain`: what one operation will cost and call.
//! - `document_check`: whether the trusted documents may be deployed.
//! - `manifest`: Apollo's persisted query manifest of the trusted documents.
//! - `schema_check`: whether a schema can replace another.

pub mod document_check;
pub mod explain;
pub mod manifest;
pub mod schema_check;
