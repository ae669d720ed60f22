//! The inputs of commands: drafts of posts and comments, and patches of posts. In: a parsed body. Out: the same body,
//! checked against the limits, or 422 with every invalid member.

mod checks;

use chassis::{ApiError, Object};
use contract::Time;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use self::checks::Checks;
use crate::{
    limits::{self, MAX_BODY, MAX_COMMENT},
    records::{Offer, PostRecord},
    tags,
};

/// A new post.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PostDraft {
    /// Title: one line without control characters, not blank.
    #[schema(schema_with = limits::title)]
    pub(crate) title: String,
    /// Text, not blank; of control characters only line breaks and tabs.
    #[schema(schema_with = limits::body)]
    pub(crate) body: String,
    /// Tags: lower-case letters a-z, digits and `-`, 1 to 30 of them; none twice.
    #[serde(default)]
    #[schema(schema_with = tags::schema, required = false)]
    pub(crate) tags: Vec<String>,
    /// Its offer, if any.
    #[serde(default)]
    #[schema(value_type = Option<Offer>)]
    pub(crate) offer: Option<Object<Offer>>,
}

/// A change of a post; absent members stay.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PostPatch {
    /// Title: cannot be null.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = limits::title, required = false)]
    title: Option<String>,
    /// Text: cannot be null.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = limits::body, required = false)]
    body: Option<String>,
    /// Tags, as of a new post; null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = tags::nullable_schema, required = false)]
    tags: Option<Option<Vec<String>>>,
    /// Its offer; null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Offer>)]
    offer: Option<Option<Object<Offer>>>,
}

/// A new comment.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CommentDraft {
    /// Text, not blank; of control characters only line breaks and tabs.
    #[schema(schema_with = limits::comment)]
    pub(crate) body: String,
}

impl PostDraft {
    /// 422 with every invalid member.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let mut checks = Checks::default();
        checks.title(&self.title);
        checks.text(&self.body, MAX_BODY);
        checks.tags(&self.tags);
        if let Some(Object(offer)) = &self.offer {
            checks.offer(offer);
            checks.new_currency(offer.price.currency);
        }
        checks.finish()
    }
}

impl PostPatch {
    /// 422 with every invalid member, independent of the post.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let mut checks = Checks::default();
        if let Some(title) = &self.title {
            checks.title(title);
        }
        if let Some(body) = &self.body {
            checks.text(body, MAX_BODY);
        }
        if let Some(Some(tags)) = &self.tags {
            checks.tags(tags);
        }
        if let Some(Some(Object(offer))) = &self.offer {
            checks.offer(offer);
        }
        checks.finish()
    }

    /// 422 if the patch changes the offer to a withdrawn currency. An offer in one stays, and its price and stock may change.
    pub(crate) fn check_currency(&self, old: &PostRecord) -> Result<(), ApiError> {
        let mut checks = Checks::default();
        let old = old.offer.map(|offer| offer.price.currency);
        if let Some(Some(Object(offer))) = &self.offer
            && old != Some(offer.price.currency)
        {
            checks.new_currency(offer.price.currency);
        }
        checks.finish()
    }

    /// The changed post; `None` if nothing changes.
    pub(crate) fn apply(self, old: &PostRecord, now: Time) -> Option<PostRecord> {
        let mut new = old.clone();
        new.title = self.title.unwrap_or(new.title);
        new.body = self.body.unwrap_or(new.body);
        new.tags = self.tags.map_or(new.tags, Option::unwrap_or_default);
        new.offer = self.offer.map_or(new.offer, |offer| offer.map(|Object(offer)| offer));
        let changed = new != *old;
        changed.then(|| PostRecord { updated_at: now, version: old.version + 1, ..new })
    }
}

impl CommentDraft {
    /// 422 if the text is invalid.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let mut checks = Checks::default();
        checks.text(&self.body, MAX_COMMENT);
        checks.finish()
    }
}

/// A member that is present; `T` decides whether it may be null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
