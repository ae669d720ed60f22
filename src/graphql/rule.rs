//! The rules of access by name, as `@access` writes them into the schema. `access.rs` applies those of reads; the rules of
//! mutations on one object are applied by the services, which alone know the object at the moment of the change.

use async_graphql::Enum;

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
