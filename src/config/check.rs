//! What settings must be to make sense, alone and together. Fail at start, not at night.

use http::Uri;

use super::{Config, ConfigError};

impl Config {
    /// Whether the settings hold together.
    ///
    /// # Errors
    /// The first setting that does not, and how to mend it.
    pub fn check(&self) -> Result<(), ConfigError> {
        let Self {
            http,
            connections,
            cors,
            services,
            auth,
            timeouts,
            limits,
            budgets,
            documents,
            caching,
            metrics,
            log,
        } = self;
        for (service, url) in &services.urls {
            expect(
                is_origin(url),
                format!("services.{service}.url"),
                "must be scheme and authority without a path, such as http://user-service:4001",
            )?;
        }
        let key = services.api_key.reveal();
        expect(
            key.len() >= 16 && key.trim() == key && key.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "services.api_key",
            "must be 16 or more visible ASCII characters, without white space around them",
        )?;
        expect(!auth.issuer.is_empty(), "auth.issuer", "must not be empty")?;
        expect(!auth.audience.is_empty(), "auth.audience", "must not be empty")?;
        expect(timeouts.connect_ms > 0, "timeouts.connect_ms", "must be more than 0")?;
        expect(
            timeouts.call_ms >= timeouts.connect_ms,
            "timeouts.call_ms",
            "must be at least timeouts.connect_ms, which is part of it",
        )?;
        expect(
            timeouts.request_ms >= timeouts.call_ms,
            "timeouts.request_ms",
            "must be at least timeouts.call_ms, which is part of it",
        )?;
        expect(timeouts.request_ms <= 600_000, "timeouts.request_ms", "must be at most 600000 (10 minutes)")?;
        expect(http.max_body_bytes >= 1_024, "http.max_body_bytes", "must be at least 1024")?;
        expect(
            http.max_bodies_bytes >= http.max_body_bytes,
            "http.max_bodies_bytes",
            "must be at least http.max_body_bytes, or the largest body could never arrive",
        )?;
        expect(http.max_running > 0, "http.max_running", "must be more than 0")?;
        connections.check()?;
        cors.check()?;
        caching.check()?;
        expect(
            (1..=limits.max_nesting).contains(&limits.max_depth),
            "limits.max_depth",
            "must be 1 to limits.max_nesting, which bounds it",
        )?;
        expect(limits.max_root_fields > 0, "limits.max_root_fields", "must be more than 0")?;
        expect(limits.max_cost > 0, "limits.max_cost", "must be more than 0")?;
        expect(limits.max_tokens > 0, "limits.max_tokens", "must be more than 0")?;
        expect(
            (1..=100).contains(&limits.max_nesting),
            "limits.max_nesting",
            "must be 1 to 100: deeper recursion could end the process",
        )?;
        expect(limits.max_fields > 0, "limits.max_fields", "must be more than 0")?;
        expect(limits.max_answer_text > 0, "limits.max_answer_text", "must be more than 0")?;
        expect(
            budgets.capacity >= limits.max_cost,
            "budgets.capacity",
            "must be at least limits.max_cost, or the costliest operation could never run",
        )?;
        expect(budgets.per_second > 0, "budgets.per_second", "must be more than 0")?;
        documents.check()?;
        expect(
            metrics.listen.is_none_or(|listen| listen != http.listen || listen.port() == 0),
            "metrics.listen",
            "must be another address than http.listen, one that clients cannot reach",
        )?;
        expect(
            log.level.parse::<tracing_subscriber::EnvFilter>().is_ok(),
            "log.level",
            "must be a level such as `info`, or directives such as `info,tessera=debug`",
        )
    }
}

pub(super) fn expect(good: bool, key: impl Into<String>, problem: &str) -> Result<(), ConfigError> {
    if good { Ok(()) } else { Err(ConfigError::Refused { key: key.into(), problem: problem.into() }) }
}

pub(super) fn is_origin(url: &str) -> bool {
    // Names and passwords would show in logs; a fragment would swallow the path of every call.
    if url.contains(['@', '#']) {
        return false;
    }
    let parsed = url.parse::<Uri>();
    parsed.is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.path() == "/"
            && uri.query().is_none()
            && !url.ends_with('/')
    })
}
