//! Who asks: a request's `Authorization` header in, a [`Viewer`] or nobody out.

mod authenticator;
mod viewer;

pub use authenticator::{AuthenticationError, Authenticator};
pub use viewer::Viewer;
