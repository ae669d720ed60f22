//! Authentication: [`Credentials`] in, a [`Viewer`] or an anonymous caller out.

mod authenticator;
mod credentials;
mod viewer;

pub use authenticator::{AuthSettings, AuthenticationError, Authenticator};
pub use credentials::Credentials;
pub use viewer::Viewer;
