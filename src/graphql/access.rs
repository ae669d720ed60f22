//! The access rules of reads, in one place. In: the viewer, and the user that the field belongs to. Out: the viewer, or
//! `null`, or the error of the field. The services enforce the rules again.

use async_graphql::{Context, Error};
use contract::UserId;

use super::{edge::scope, errors};
use crate::auth::Viewer;

/// The rule of a field that depends on the viewer.
pub enum Guard {
    /// `VIEWER`: for anonymous callers there is nothing to see, without an error.
    Viewer,
    /// `SELF_OR_ADMIN`: an error for everyone but this user and admins.
    SelfOrAdmin(UserId),
}

impl Guard {
    /// The viewer, if the viewer may see the field.
    ///
    /// # Errors
    /// The field's error, or `None` if the field is `null` without an error.
    pub fn admit(self, viewer: Option<&Viewer>) -> Result<&Viewer, Option<Error>> {
        match (self, viewer) {
            (Self::Viewer, None) => Err(None),
            (Self::SelfOrAdmin(_), None) => Err(Some(errors::unauthenticated())),
            (Self::SelfOrAdmin(owner), Some(viewer)) if viewer.id() != owner && !viewer.is_admin() => {
                Err(Some(errors::forbidden()))
            }
            (_, Some(viewer)) => Ok(viewer),
        }
    }
}

/// `SIGNED_IN`: the viewer, or the error for an anonymous caller.
pub fn signed_in<'a>(ctx: &Context<'a>) -> Result<&'a Viewer, Error> {
    scope(ctx).request.viewer.as_ref().ok_or_else(errors::unauthenticated)
}

/// `PARTY_OR_ADMIN`: for others the object is as if it did not exist, whatever the service handed out.
pub fn party_or_admin(viewer: &Viewer, mut parties: impl Iterator<Item = UserId>) -> bool {
    viewer.is_admin() || parties.any(|party| party == viewer.id())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use contract::{Time, token::Role};
    use http::HeaderValue;

    use super::*;

    fn id(number: u128) -> UserId {
        UserId::from_parts(Time::from_millis(0), number)
    }

    fn viewer(number: u128, role: Role) -> Viewer {
        let claims = contract::token::Claims {
            iss: String::new(),
            aud: String::new(),
            sub: id(number),
            roles: vec![role],
            sid: String::new(),
            iat: 0,
            nbf: 0,
            exp: 0,
        };
        Viewer::new(Arc::new(claims), HeaderValue::from_static("Bearer x"))
    }

    #[test]
    fn an_order_is_its_parties_and_admins_to_see() {
        let sees = |viewer: Viewer| party_or_admin(&viewer, [id(1), id(2)].into_iter());
        assert!(sees(viewer(1, Role::Member)) && sees(viewer(2, Role::Member)));
        assert!(sees(viewer(3, Role::Admin)));
        assert!(!sees(viewer(3, Role::Member)));
    }
}
