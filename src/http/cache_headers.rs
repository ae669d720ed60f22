//! `[caching]`: what `Cache-Control` and the tags of public responses add to the lifetime, which the schema sets.

use std::time::Duration;

use http::{HeaderName, header};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::settings::Seconds;

/// Headers that have another meaning in a response.
const RESERVED: [HeaderName; 10] = [
    header::CACHE_CONTROL,
    HeaderName::from_static("cdn-cache-control"),
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::ETAG,
    header::SET_COOKIE,
    header::TRANSFER_ENCODING,
    header::VARY,
];

/// Seven days in seconds.
const WEEK: u64 = 604_800;

/// `[caching]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheHeaders {
    /// `max-age`, for browsers: above 0, viewers may not see their own changes that long, since no purge reaches a browser.
    #[serde(rename = "browser_max_age_seconds", with = "Seconds::<0, WEEK>")]
    pub browser_max_age: Duration,
    /// `stale-while-revalidate` (RFC 5861, section 3).
    #[serde(rename = "stale_while_revalidate_seconds", with = "Seconds::<0, WEEK>")]
    pub stale_while_revalidate: Duration,
    /// `stale-if-error` (RFC 5861, section 4).
    #[serde(rename = "stale_if_error_seconds", with = "Seconds::<0, WEEK>")]
    pub stale_if_error: Duration,
    /// The response header that lists the cache tags.
    #[serde(serialize_with = "write_name", deserialize_with = "read_name")]
    pub tag_header: HeaderName,
    /// The separator between two tags.
    pub tag_separator: TagSeparator,
}

/// The separator between two tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagSeparator {
    /// `space`, as in `Surrogate-Key`.
    Space,
    /// `comma`, as in `Cache-Tag`.
    Comma,
}

impl TagSeparator {
    /// The separator as text.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Space => " ",
            Self::Comma => ",",
        }
    }
}

impl Default for CacheHeaders {
    fn default() -> Self {
        Self {
            browser_max_age: Duration::ZERO,
            stale_while_revalidate: Duration::from_secs(30),
            stale_if_error: Duration::from_secs(300),
            tag_header: HeaderName::from_static("surrogate-key"),
            tag_separator: TagSeparator::Space,
        }
    }
}

fn write_name<S: Serializer>(name: &HeaderName, serializer: S) -> Result<S::Ok, S::Error> {
    name.as_str().serialize(serializer)
}

fn read_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HeaderName, D::Error> {
    let name = HeaderName::try_from(String::deserialize(deserializer)?).ok();
    let problem = "must be the name of a header of its own, such as Surrogate-Key";
    name.filter(|name| !RESERVED.contains(name)).ok_or_else(|| D::Error::custom(problem))
}
