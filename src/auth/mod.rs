//! Authentication: [`Credentials`] in, a [`Viewer`] or an anonymous caller out.

mod authenticator;
mod credentials;
mod viewer;

pub(crate) use authenticator::{AuthSettings, AuthenticationError, Authenticator};
pub(crate) use credentials::Credentials;
pub(crate) use viewer::{Identity, Viewer};
