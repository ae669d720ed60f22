//! What caches in front are told: settings, defaults and their check. How long an answer may be kept is no setting: the
//! schema says it.

use http::{HeaderName, header};
use serde::{Deserialize, Serialize};

use super::{ConfigError, check::expect};

/// Headers that mean something else to whoever reads an answer.
const TAKEN: [HeaderName; 10] = [
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

/// What caches in front are told of public answers. How long these may be kept is said in the schema.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Caching {
    /// How long a browser may use a response without revalidating it. Above 0, a viewer may not see their own changes that
    /// long: no purge reaches a browser.
    pub browser_max_age_seconds: u64,
    /// How long an answer may be given out beyond its age, while a new one is fetched.
    pub stale_while_revalidate_seconds: u64,
    /// How long it may be given out beyond its age, while we fail.
    pub stale_if_error_seconds: u64,
    /// The header with the tags that answers are purged by.
    pub tag_header: String,
    /// What stands between two tags.
    pub tag_separator: TagSeparator,
}

/// What stands between two tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagSeparator {
    /// As `Surrogate-Key` has it.
    Space,
    /// As `Cache-Tag` has it.
    Comma,
}

impl Default for Caching {
    fn default() -> Self {
        Self {
            browser_max_age_seconds: 0,
            stale_while_revalidate_seconds: 30,
            stale_if_error_seconds: 300,
            tag_header: "Surrogate-Key".into(),
            tag_separator: TagSeparator::Space,
        }
    }
}

impl Caching {
    /// Whether they can be sent.
    ///
    /// # Errors
    /// The first setting that cannot.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let times = [
            ("caching.browser_max_age_seconds", self.browser_max_age_seconds),
            ("caching.stale_while_revalidate_seconds", self.stale_while_revalidate_seconds),
            ("caching.stale_if_error_seconds", self.stale_if_error_seconds),
        ];
        for (key, time) in times {
            expect(time <= 604_800, key, "must be at most 604800 (7 days)")?;
        }
        let name = HeaderName::from_bytes(self.tag_header.as_bytes());
        expect(
            name.is_ok_and(|name| !TAKEN.contains(&name)),
            "caching.tag_header",
            "must be the name of a header of its own, such as Surrogate-Key",
        )
    }
}
