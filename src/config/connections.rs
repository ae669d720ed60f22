//! The check of `[connections]`, and the settings, defaults and check of `[cors]`.

use serde::{Deserialize, Serialize};

use super::{
    ConfigError,
    check::{expect, is_origin},
};
use crate::http::Connections;

/// Origins whose pages may send cross-origin requests. None by default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cors {
    /// Origins such as `https://app.example.com`, or `*` for all.
    pub origins: Vec<String>,
    /// `Access-Control-Allow-Credentials`; not with `*`.
    pub credentials: bool,
    /// `Access-Control-Max-Age`, in seconds.
    pub max_age_seconds: u64,
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
