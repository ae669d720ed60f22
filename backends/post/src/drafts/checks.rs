//! Checks drafts against the limits.
//! In: the members of a draft. Out: nothing, or 422 with every invalid member.

use std::collections::HashSet;

use chassis::{
    ApiError, Detail,
    text::{Verdict, check_line, check_lines, check_not_blank},
};

use contract::Currency;

use crate::{
    limits::{MAX_AMOUNT, MAX_STOCK, MAX_TITLE},
    records::Offer,
    tags::{MAX_TAGS, is_tag},
};

/// The errors found so far.
#[derive(Default)]
pub(super) struct Checks(Vec<Detail>);

impl Checks {
    pub(super) fn title(&mut self, title: &str) {
        self.length("title", title, MAX_TITLE);
        self.verdict("title", check_line(title));
    }

    /// The member `body`, of a post or a comment.
    pub(super) fn text(&mut self, text: &str, max: usize) {
        self.length("body", text, max);
        self.verdict("body", check_not_blank(text).and_then(|()| check_lines(text)));
    }

    pub(super) fn tags(&mut self, tags: &[String]) {
        if tags.len() > MAX_TAGS {
            self.fail("tags", format!("must be at most {MAX_TAGS}"));
        }
        let mut seen = HashSet::new();
        for (index, tag) in tags.iter().enumerate().take(MAX_TAGS) {
            if !is_tag(tag) {
                self.fail(format!("tags[{index}]"), "must be 1 to 30 lower-case letters a-z, digits or hyphens");
            } else if !seen.insert(tag) {
                self.fail(format!("tags[{index}]"), "must not be repeated");
            }
        }
    }

    pub(super) fn offer(&mut self, offer: &Offer) {
        if !(1..=MAX_AMOUNT).contains(&offer.price.amount) {
            self.fail("offer.price.amount", format!("must be 1 to {MAX_AMOUNT} minor units of the currency"));
        }
        if !(0..=MAX_STOCK).contains(&offer.stock) {
            self.fail("offer.stock", format!("must be 0 to {MAX_STOCK}"));
        }
    }

    /// The currency of a new offer, or the new currency of an offer.
    pub(super) fn new_currency(&mut self, currency: Currency) {
        if currency.is_withdrawn() {
            self.fail("offer.price.currency", "must not be a withdrawn currency");
        }
    }

    pub(super) fn finish(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::invalid(self.0)) }
    }

    fn length(&mut self, field: &str, text: &str, max: usize) {
        if text.chars().count() > max {
            self.fail(field, format!("must be at most {max} characters"));
        }
    }

    fn verdict(&mut self, field: &str, verdict: Verdict) {
        if let Err(issue) = verdict {
            self.fail(field, issue);
        }
    }

    fn fail(&mut self, field: impl Into<String>, issue: impl Into<String>) {
        self.0.push(Detail { field: field.into(), issue: issue.into() });
    }
}
