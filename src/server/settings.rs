//! Settings as the stages take them that they are for: the stages know nothing of the configuration.

use std::time::Duration;

use ::http::{HeaderName, header::InvalidHeaderName};

use crate::{
    budgets::{Budgets, Mode},
    config::{self, BudgetMode, TagSeparator},
    http::{CacheHeaders, Cors},
    operations::Limits,
};

/// What a document may ask.
pub fn operation_limits(limits: &config::Limits) -> Limits {
    Limits {
        depth: limits.max_depth,
        aliases: limits.max_aliases,
        directives: limits.max_directives,
        root_fields: limits.max_root_fields,
        cost: limits.max_cost,
        tokens: limits.max_tokens,
        nesting: limits.max_nesting,
        fields: limits.max_fields,
        cache_bytes: limits.document_cache_bytes,
    }
}

/// What callers may spend.
pub(super) fn budgets(budgets: &config::Budgets) -> Budgets {
    let mode = match budgets.mode {
        BudgetMode::Enforce => Mode::Enforce,
        BudgetMode::Measure => Mode::Measure,
    };
    Budgets::new(budgets.capacity, budgets.per_second, mode)
}

/// The pages of other origins that may ask.
pub(super) fn cors(cors: &config::Cors) -> Cors {
    Cors {
        origins: cors.origins.clone(),
        credentials: cors.credentials,
        max_age: Duration::from_secs(cors.max_age_seconds),
    }
}

/// What is said to caches.
pub(super) fn cache_headers(caching: &config::Caching) -> Result<CacheHeaders, InvalidHeaderName> {
    Ok(CacheHeaders {
        browser_max_age: caching.browser_max_age_seconds,
        stale_while_revalidate: caching.stale_while_revalidate_seconds,
        stale_if_error: caching.stale_if_error_seconds,
        tag_header: HeaderName::from_bytes(caching.tag_header.as_bytes())?,
        tag_separator: match caching.tag_separator {
            TagSeparator::Space => " ",
            TagSeparator::Comma => ",",
        },
    })
}
