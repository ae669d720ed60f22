//! How patient the front door is with clients, and whose pages may ask: settings, defaults and their check.

use serde::{Deserialize, Serialize};

use super::{
    ConfigError,
    check::{expect, is_origin},
};

/// How patient the front door is with clients. Times are in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Connections at a time; the next one waits to be accepted.
    pub max: usize,
    /// Until the head of a connection's first request is there.
    pub first_request_ms: u64,
    /// Between an answer and the next request: longer than a proxy in front keeps its connections.
    pub idle_ms: u64,
    /// Until a client takes some more of an answer.
    pub write_ms: u64,
}

/// Which pages of other origins may ask. None, unless they are listed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cors {
    /// Origins such as `https://app.example.com`, or `*` for all.
    pub origins: Vec<String>,
    /// Whether browsers may send what they keep for us, such as cookies of a proxy in front; not with `*`.
    pub credentials: bool,
    /// How long a browser may remember that it may, in seconds.
    pub max_age_seconds: u64,
}

impl Default for Connections {
    fn default() -> Self {
        Self { max: 10_000, first_request_ms: 10_000, idle_ms: 75_000, write_ms: 30_000 }
    }
}

impl Default for Cors {
    fn default() -> Self {
        Self { origins: Vec::new(), credentials: false, max_age_seconds: 3_600 }
    }
}

impl Connections {
    /// Whether they hold together.
    ///
    /// # Errors
    /// The first setting that does not, and how to mend it.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        expect(self.max > 0, "connections.max", "must be more than 0")?;
        let times = [
            ("connections.first_request_ms", self.first_request_ms),
            ("connections.idle_ms", self.idle_ms),
            ("connections.write_ms", self.write_ms),
        ];
        for (key, time) in times {
            expect((1..=3_600_000).contains(&time), key, "must be 1 to 3600000 (1 hour)")?;
        }
        Ok(())
    }
}

impl Cors {
    /// Whether they hold together.
    ///
    /// # Errors
    /// The first setting that does not, and how to mend it.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wildcard = self.origins.iter().any(|origin| origin == "*");
        expect(
            !(wildcard && self.credentials),
            "cors.credentials",
            "must not be true while cors.origins has `*`: every page could act for whoever visits it",
        )?;
        expect(
            !wildcard || self.origins.len() == 1,
            "cors.origins",
            "must be `*` alone, or a list of origins without it",
        )?;
        for origin in &self.origins {
            // Browsers send origins in lower case and without the port that goes without saying; bytes are compared.
            let unsaid = [("https://", ":443"), ("http://", ":80")];
            let as_sent = !origin.contains('*')
                && !origin.bytes().any(|byte| byte.is_ascii_uppercase())
                && !unsaid.iter().any(|(scheme, port)| origin.starts_with(scheme) && origin.ends_with(port));
            let is_one = origin == "*" || (is_origin(origin) && as_sent);
            expect(
                is_one,
                "cors.origins",
                "must be origins as browsers send them, such as https://app.example.com: lower case, no path, no default port",
            )?;
        }
        Ok(())
    }
}
