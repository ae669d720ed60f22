//! Typed ids: a prefix for the kind of object, and a UUIDv7 (RFC 9562, section 5.7) as 32 lower-case hex digits.
//! In: text from a client, a service or a database. Out: a small `Copy` value of one kind.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{Builder, Uuid};

use crate::{Time, text};

/// The kind of an [`Id`]; implemented by the empty types that `kinds!` declares.
pub trait IdKind: Copy + Ord + Hash + fmt::Debug + Send + Sync + 'static {
    /// The id's first characters, underscore included.
    const PREFIX: &'static str;
    /// The noun for messages.
    const NOUN: &'static str;
}

/// Declares the kinds of ids, a line each: the kind, its id, prefix and noun.
macro_rules! kinds {
    ($($kind:ident, $id:ident = $prefix:literal, $noun:literal;)+) => {$(
        #[doc = concat!("`", $prefix, "…`")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $kind;

        impl IdKind for $kind {
            const PREFIX: &'static str = $prefix;
            const NOUN: &'static str = $noun;
        }

        #[doc = concat!("The id of a kind of object: ", $noun, ".")]
        pub type $id = Id<$kind>;
    )+};
}

kinds! {
    User, UserId = "usr_", "user";
    Post, PostId = "pst_", "post";
    Comment, CommentId = "cmt_", "comment";
    Order, OrderId = "ord_", "order";
}

/// The id of a `K`. Ids sort by creation time, as text and as values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<K>,
}

/// Text that is not an id of the expected kind. The message does not repeat the text, which may be hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the id of {article} {noun}: expected `{prefix}` and 32 lower-case hex digits", article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" })]
pub struct IdError {
    noun: &'static str,
    prefix: &'static str,
}

impl<K: IdKind> Id<K> {
    /// A new unique id of the time `now`.
    pub fn new(now: Time) -> Self {
        Self::from_parts(now, Uuid::new_v4().as_u128())
    }

    /// The UUID as a number, without what it names.
    pub fn as_u128(&self) -> u128 {
        self.uuid.as_u128()
    }

    /// The id with that UUID.
    pub const fn from_u128(uuid: u128) -> Self {
        Self { uuid: Uuid::from_u128(uuid), kind: PhantomData }
    }

    /// The id of that time and those 74 random bits, for reproducible data.
    pub fn from_parts(now: Time, random_bits: u128) -> Self {
        let millis = u64::try_from(now.as_millis()).unwrap_or(0);
        let mut random = [0; 10];
        random.copy_from_slice(&random_bits.to_be_bytes()[6..]);
        Self { uuid: Builder::from_unix_timestamp_millis(millis, &random).into_uuid(), kind: PhantomData }
    }
}

impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::PREFIX)?;
        f.write_str(self.uuid.simple().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = IdError { noun: K::NOUN, prefix: K::PREFIX };
        let digits = text.strip_prefix(K::PREFIX).ok_or(error)?;
        // An id has one spelling: the uuid crate also accepts upper case, hyphens and braces.
        let spelled = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let uuid = Uuid::try_parse(digits).ok().filter(|_| spelled).ok_or(error)?;
        Ok(Self { uuid, kind: PhantomData })
    }
}

impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::parse(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        let id = UserId::from_parts(Time::from_millis(1_700_000_000_000), 42);
        assert_eq!(id.to_string(), "usr_018bcfe568007000800000000000002a");
        assert_eq!(id.to_string().parse::<UserId>(), Ok(id));
    }

    #[test]
    fn new_ids_differ_and_sort_by_time() {
        let earlier = PostId::new(Time::from_millis(1_000));
        let later = PostId::new(Time::from_millis(2_000));
        assert!(earlier < later && earlier.to_string() < later.to_string());
        assert_ne!(PostId::new(Time::from_millis(1_000)), earlier);
    }

    #[test]
    fn another_kind_or_another_spelling_is_refused() {
        let id = UserId::from_parts(Time::from_millis(1), 1).to_string();
        for text in [
            id.to_uppercase(),
            id.replace("usr_", "pst_"),
            format!("{id}0"),
            id[..35].to_owned(),
            "usr_".into(),
            String::new(),
        ] {
            let error = text.parse::<UserId>().unwrap_err();
            assert_eq!(
                error.to_string(),
                "is not the id of a user: expected `usr_` and 32 lower-case hex digits",
                "{text}"
            );
        }
    }
}
