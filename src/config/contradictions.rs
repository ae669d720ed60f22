//! Contradictions between settings that are valid by themselves. In: a [`Config`]. Out: the first rule that it breaks.

use super::{Config, ConfigError};

/// A rule on several settings.
struct Rule {
    /// The setting to change.
    key: &'static str,
    /// The rule as the end of a sentence that begins with the key.
    text: &'static str,
    holds: fn(&Config) -> bool,
}

const RULES: [Rule; 10] = [
    Rule {
        key: "timeouts.call_ms",
        text: "must be at least timeouts.connect_ms, which is part of it",
        holds: |config| config.timeouts.call >= config.timeouts.connect,
    },
    Rule {
        key: "timeouts.request_ms",
        text: "must be at least timeouts.call_ms, which is part of it",
        holds: |config| config.timeouts.request >= config.timeouts.call,
    },
    Rule {
        key: "http.max_bodies_bytes",
        text: "must be at least http.max_body_bytes, or the largest body would always be refused",
        holds: |config| config.http.max_bodies_bytes >= config.http.max_body_bytes,
    },
    Rule {
        key: "limits.max_depth",
        text: "must be at most limits.max_nesting, which also bounds it",
        holds: |config| config.limits.depth <= config.limits.nesting,
    },
    Rule {
        key: "budgets.capacity",
        text: "must be at least limits.max_cost, or the costliest operation would always be refused",
        holds: |config| config.budgets.capacity >= config.limits.cost,
    },
    Rule {
        key: "cors.credentials",
        text: "must not be true while cors.origins has `*`: every page could act as its visitor",
        holds: |config| !(config.cors.credentials && config.cors.allows_all()),
    },
    Rule {
        key: "cors.origins",
        text: "must be `*` alone, or a list of origins without it",
        holds: |config| !config.cors.allows_all() || config.cors.origins.len() == 1,
    },
    Rule {
        key: "documents.sources",
        text: "must not be empty while documents.policy allows trusted documents only: every request would be refused",
        holds: |config| config.documents.policy.takes_unknown() || !config.documents.sources.is_empty(),
    },
    Rule {
        key: "documents.automatic",
        text: "must not be true while documents.policy allows trusted documents only",
        holds: |config| config.documents.policy.takes_unknown() || config.documents.automatic != Some(true),
    },
    Rule {
        key: "metrics.listen",
        text: "must be another address than http.listen, one that clients cannot reach",
        holds: |config| config.metrics.listen.is_none_or(|listen| listen != config.http.listen || listen.port() == 0),
    },
];

impl Config {
    /// Checks the rules on several settings.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), ConfigError> {
        let broken = RULES.iter().find(|rule| !(rule.holds)(self));
        broken.map_or(Ok(()), |rule| Err(ConfigError::Refused { key: rule.key, problem: rule.text }))
    }
}
