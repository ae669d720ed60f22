//! Who may see what: every rule by name, in one place. In: the viewer and what the field belongs to. Out: yes, or the
//! error that stands at the field. The services enforce the same rules again; `@access` writes them into the schema.

use async_graphql::{Enum, Error};
use contract::UserId;

use super::errors;
use crate::auth::Viewer;

/// A rule of `@access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AccessRule {
    /// Everybody signed in; `null` without an error for everybody else.
    Viewer,
    /// Everybody signed in; `UNAUTHENTICATED` for everybody else.
    SignedIn,
    /// The user it belongs to, and admins; `FORBIDDEN` or `UNAUTHENTICATED` for everybody else.
    SelfOrAdmin,
    /// Buyer, sellers and admins; for everybody else as if it did not exist.
    PartyOrAdmin,
    /// The post's author, and admins; `FORBIDDEN` or `UNAUTHENTICATED` for everybody else.
    AuthorOrAdmin,
    /// The order's buyer, and admins; `FORBIDDEN` for its sellers, and for everybody else as if it did not exist.
    BuyerOrAdmin,
    /// A seller of one of the order's items, and admins; `FORBIDDEN` for its buyer, else as if it did not exist.
    SellerOrAdmin,
}

impl AccessRule {
    /// Whether an anonymous caller of a mutation with this rule (by its name in the schema) is told to sign in.
    pub fn needs_viewer(name: &str) -> bool {
        // `VIEWER` alone is for everybody, with nothing to see for some. A name that is no rule is a drifted schema: deny.
        name != "VIEWER"
    }
}

/// `SIGNED_IN`: the viewer, or the error of somebody anonymous.
pub fn signed_in(viewer: Option<&Viewer>) -> Result<&Viewer, Error> {
    viewer.ok_or_else(errors::unauthenticated)
}

/// `SELF_OR_ADMIN`.
pub fn self_or_admin(viewer: Option<&Viewer>, owner: UserId) -> Result<(), Error> {
    let viewer = signed_in(viewer)?;
    if viewer.id() == owner || viewer.is_admin() { Ok(()) } else { Err(errors::forbidden()) }
}
