//! Who may see what: every rule by name, in one place. In: the viewer and what the field belongs to. Out: yes, or the
//! error that stands at the field. `@access` writes the rules into the schema, and the services enforce them again. The
//! rules of mutations on one object are the services' alone: only they know the object at the moment of the change.

use async_graphql::{Context, Enum, Error};
use contract::UserId;

use super::{errors, resolve::scope};
use crate::{auth::Viewer, clients::order::OrderRecord};

/// A rule of `@access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AccessRule {
    /// Signed-in viewers; `null` without an error when anonymous.
    Viewer,
    /// Signed-in viewers; `UNAUTHENTICATED` when anonymous.
    SignedIn,
    /// The user whom the field belongs to, and admins; otherwise `FORBIDDEN` or `UNAUTHENTICATED`.
    SelfOrAdmin,
    /// Buyer, sellers and admins; for others the order does not exist.
    PartyOrAdmin,
    /// The post's author, and admins; otherwise `FORBIDDEN` or `UNAUTHENTICATED`.
    AuthorOrAdmin,
    /// The order's buyer, and admins; `FORBIDDEN` for its sellers; for others the order does not exist.
    BuyerOrAdmin,
    /// A seller of one of the order's items, and admins; `FORBIDDEN` for its buyer; for others the order does not exist.
    SellerOrAdmin,
}

/// `SIGNED_IN`: the viewer, or the error of somebody anonymous.
pub fn signed_in(viewer: Option<&Viewer>) -> Result<&Viewer, Error> {
    viewer.ok_or_else(errors::unauthenticated)
}

/// `VIEWER`: nothing to see for somebody anonymous, without an error.
pub fn viewer<'a>(ctx: &Context<'a>) -> Option<&'a Viewer> {
    scope(ctx).request.viewer.as_ref()
}

/// `PARTY_OR_ADMIN`: for others the order is as if it did not exist, whatever the service handed out.
pub fn party_or_admin(viewer: Option<&Viewer>, order: &OrderRecord) -> bool {
    viewer.is_some_and(|viewer| {
        let sells = || order.items.iter().any(|item| item.seller_id == viewer.id());
        viewer.is_admin() || order.buyer_id == viewer.id() || sells()
    })
}

/// `SELF_OR_ADMIN`.
pub fn self_or_admin(viewer: Option<&Viewer>, owner: UserId) -> Result<(), Error> {
    let viewer = signed_in(viewer)?;
    if viewer.id() == owner || viewer.is_admin() { Ok(()) } else { Err(errors::forbidden()) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use contract::{Time, token::Role};
    use http::HeaderValue;
    use serde_json::json;

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
        let money = json!({"amount": 1, "currency": "EUR"});
        let post = contract::PostId::from_parts(Time::from_millis(0), 1);
        let item = json!({"post_id": post, "seller_id": id(2), "title": "", "quantity": 1, "unit_price": money, "line_total": money});
        let order: OrderRecord = serde_json::from_value(json!({
            "id": contract::OrderId::from_parts(Time::from_millis(0), 1), "number": "1", "status": "pending",
            "rejection_reason": null, "total": money, "placed_at": Time::from_millis(0), "buyer_id": id(1),
            "history": [], "items": [item]
        }))
        .unwrap();
        let sees = |viewer: Option<Viewer>| party_or_admin(viewer.as_ref(), &order);
        assert!(sees(Some(viewer(1, Role::Member))) && sees(Some(viewer(2, Role::Member))));
        assert!(sees(Some(viewer(3, Role::Admin))));
        assert!(!sees(Some(viewer(3, Role::Member))) && !sees(None));
    }
}
