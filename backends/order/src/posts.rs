//! Reads the posts of an order from the post service. In: ids. Out: posts by id without unknown ones, or 503. The
//! response is validated: posts that were not requested or are out of bounds make it unusable.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    time::Duration,
};

use chassis::{
    ApiError,
    peer::{CallContext, Peer, PeerError, PeerUrl},
};
use contract::{Money, PostId, UserId};
use serde::Deserialize;

/// The post service's limit of a price.
const MAX_PRICE: i64 = 1_000_000_000_000;

/// The data of a post that an order copies.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PostRecord {
    pub(crate) id: PostId,
    pub(crate) author_id: UserId,
    pub(crate) title: String,
    pub(crate) offer: Option<OfferRecord>,
}

/// The offer of a post.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct OfferRecord {
    pub(crate) price: Money,
    pub(crate) stock: i64,
}

/// The post service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PostService {
    peer: Peer,
    url: PeerUrl,
}

impl PostService {
    pub(crate) const fn new(peer: Peer, url: PeerUrl) -> Self {
        Self { peer, url }
    }

    /// The posts that exist. Uses half of the remaining time: the other half is for writing the order, or for a 503 in
    /// time.
    pub(crate) async fn by_ids(
        &self,
        ids: &BTreeSet<PostId>,
        context: &CallContext,
    ) -> Result<BTreeMap<PostId, PostRecord>, ApiError> {
        let left = context.deadline.remaining().map_or(Duration::ZERO, |left| left / 2);
        let answer = self.peer.get(&self.url(ids), &context.within(left)).await;
        answer.and_then(|answer| read(answer, ids)).map_err(|error| error.of("post"))
    }

    fn url(&self, ids: &BTreeSet<PostId>) -> String {
        let mut url = format!("{}/v1/posts?ids=", self.url);
        for (index, id) in ids.iter().enumerate() {
            // Writing to a String does not fail.
            let _ = if index == 0 { write!(url, "{id}") } else { write!(url, ",{id}") };
        }
        url
    }
}

/// `{"items": […]}`
#[derive(Deserialize)]
struct Answer {
    items: Vec<PostRecord>,
}

fn read(answer: Answer, requested: &BTreeSet<PostId>) -> Result<BTreeMap<PostId, PostRecord>, PeerError> {
    let mut posts = BTreeMap::new();
    for post in answer.items {
        let offer_holds =
            post.offer.is_none_or(|offer| (1..=MAX_PRICE).contains(&offer.price.amount) && offer.stock >= 0);
        // PostgreSQL rejects NUL in text.
        if !offer_holds || post.title.contains('\0') {
            return Err(PeerError::BadAnswer("a post out of bounds".to_owned()));
        }
        if !requested.contains(&post.id) || posts.insert(post.id, post).is_some() {
            return Err(PeerError::BadAnswer("a post that was not requested".to_owned()));
        }
    }
    Ok(posts)
}
