//! Tags: 1 to 30 lower-case letters a-z, digits and `-`; at most ten on a post, none twice. In: text of a client. Out:
//! whether it is a tag; and the same rules as OpenAPI schemas.

use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};

/// The most tags of a post.
pub(crate) const MAX_TAGS: usize = 10;
const MAX_LENGTH: usize = 30;
/// The pattern of [`is_tag`], as a regular expression of ECMA 262.
const PATTERN: &str = "^[a-z0-9-]{1,30}$";

/// Whether text is a tag.
pub(crate) fn is_tag(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (1..=MAX_LENGTH).contains(&text.len()) && plain
}

/// A post's tags, in the author's order.
pub(crate) fn schema() -> ArrayBuilder {
    let tag = ObjectBuilder::new().schema_type(Type::String).pattern(Some(PATTERN));
    let description = Some("Tags, in the author's order; none twice.");
    ArrayBuilder::new().items(tag).max_items(Some(MAX_TAGS)).unique_items(true).description(description)
}

/// The same, or null for none.
pub(crate) fn nullable_schema() -> ArrayBuilder {
    schema().schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_plain_and_short() {
        for tag in ["a", "rust-2024", "7", &"z".repeat(30)] {
            assert!(is_tag(tag), "{tag}");
        }
        for text in ["", "Rust", "a b", "a,b", "ä", "a\0", "a_b", &"z".repeat(31)] {
            assert!(!is_tag(text), "{text:?}");
        }
    }
}
