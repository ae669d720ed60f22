//! The limits of posts, offers and comments, stated once: `drafts/checks.rs` enforces the numbers, and `/openapi.json` shows
//! the schemas.

use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

/// Characters of a title at most.
pub(crate) const MAX_TITLE: usize = 200;
/// Characters of a post's text at most.
pub(crate) const MAX_BODY: usize = 50_000;
/// Characters of a comment's text at most.
pub(crate) const MAX_COMMENT: usize = 5_000;
/// The highest price of one item, in minor units: the prices of an order can be added without overflow.
pub(crate) const MAX_AMOUNT: i64 = 1_000_000_000_000;
/// The highest stock of an offer.
pub(crate) const MAX_STOCK: i64 = 1_000_000;

/// A title.
pub(crate) fn title() -> ObjectBuilder {
    text(MAX_TITLE).description(Some("Title: one line without control characters, not blank."))
}

/// A post's text.
pub(crate) fn body() -> ObjectBuilder {
    text(MAX_BODY).description(Some("Text, not blank; of control characters only line breaks and tabs."))
}

/// A comment's text.
pub(crate) fn comment() -> ObjectBuilder {
    text(MAX_COMMENT).description(Some("Text, not blank; of control characters only line breaks and tabs."))
}

/// A price of one item.
pub(crate) fn amount() -> ObjectBuilder {
    number(1, MAX_AMOUNT).description(Some("Minor units of the currency: cents of a euro, yen of a yen."))
}

/// A stock.
pub(crate) fn stock() -> ObjectBuilder {
    number(0, MAX_STOCK).description(Some("Items in stock."))
}

fn text(max: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(max))
}

fn number(min: i64, max: i64) -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
    ObjectBuilder::new().schema_type(Type::Integer).format(Some(format)).minimum(Some(min)).maximum(Some(max))
}
