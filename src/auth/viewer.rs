//! The signed-in user of a request, with the token that proves it to the services. Cheap to clone.

use std::{fmt, sync::Arc};

use contract::{
    Time, UserId,
    token::{Claims, Role},
};
use http::HeaderValue;

/// A signed-in user.
#[derive(Clone)]
pub struct Viewer {
    claims: Arc<Claims>,
    authorization: HeaderValue,
}

impl Viewer {
    /// The viewer with these verified claims, and the header value that proves them.
    pub(crate) fn new(claims: Arc<Claims>, mut authorization: HeaderValue) -> Self {
        authorization.set_sensitive(true);
        Self { claims, authorization }
    }

    /// Who the viewer is, for what may be shared between requests of the same viewer.
    pub(crate) fn identity(&self) -> Identity {
        let Claims { sub, sid, roles, .. } = &*self.claims;
        Identity { user: *sub, session: sid.clone(), roles: roles.clone() }
    }

    /// When the token ends.
    pub(crate) fn expires_at(&self) -> Time {
        Time::from_millis(self.claims.exp.saturating_mul(1000))
    }

    /// The user's id.
    pub fn id(&self) -> UserId {
        self.claims.sub
    }

    /// Whether the user is an admin.
    pub fn is_admin(&self) -> bool {
        self.claims.roles.contains(&Role::Admin)
    }

    /// The `Authorization` value for calls in this viewer's name.
    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }
}

/// A viewer's user, session and roles.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    user: UserId,
    session: String,
    roles: Vec<Role>,
}

/// The id alone: a token never reaches a log.
impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Viewer").field(&self.id()).finish()
    }
}
