//! Validates and prices a basket. In: the body of a request, then the posts it names. Out: the items of an order with their
//! total, or an error that names all items concerned. Prices come from the posts, never from the caller.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use chassis::{ApiError, Detail, Object};
use contract::{Money, PostId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    posts::{OfferRecord, PostRecord},
    records::{MoneyRecord, OrderItemRecord},
};

/// The most items of an order.
const MAX_ITEMS: usize = 50;
/// The highest quantity of one item.
const MAX_QUANTITY: i64 = 1000;
/// The largest whole number that every JSON parser represents exactly: 2^53 - 1 (RFC 8259, section 6).
const MAX_TOTAL: i64 = 9_007_199_254_740_991;

/// A basket of posts to buy.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Basket {
    /// The posts to buy, each once.
    #[schema(value_type = Vec<Line>, min_items = 1, max_items = 50)]
    items: Vec<Object<Line>>,
}

/// One post of a basket.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Line {
    /// The post.
    #[schema(value_type = String, pattern = "^pst_[0-9a-f]{32}$")]
    post_id: PostId,
    /// The quantity.
    #[schema(minimum = 1, maximum = 1000)]
    quantity: i64,
}

/// The items of an order, and their sum.
pub(crate) struct Priced {
    pub(crate) items: Vec<OrderItemRecord>,
    pub(crate) total: MoneyRecord,
}

/// A line, the post that it names, and that post's offer.
struct Choice<'a> {
    quantity: i64,
    post: &'a PostRecord,
    offer: OfferRecord,
}

impl Basket {
    /// The posts it names, or 422 with every invalid member.
    pub(crate) fn checked(&self) -> Result<BTreeSet<PostId>, ApiError> {
        let mut details = Vec::new();
        let mut wrong = |field: String, issue: &str| details.push(Detail { field, issue: issue.to_owned() });
        if !(1..=MAX_ITEMS).contains(&self.items.len()) {
            wrong("items".to_owned(), "must be 1 to 50 items");
        }
        let mut posts = BTreeSet::new();
        // Lines beyond the limit are not checked.
        for (index, Object(line)) in self.items.iter().take(MAX_ITEMS).enumerate() {
            if !(1..=MAX_QUANTITY).contains(&line.quantity) {
                wrong(format!("items[{index}].quantity"), "must be from 1 to 1000");
            }
            if !posts.insert(line.post_id) {
                wrong(format!("items[{index}].post_id"), "must not be repeated");
            }
        }
        if details.is_empty() { Ok(posts) } else { Err(ApiError::invalid(details)) }
    }

    /// The items at the posts' prices, or the reason why `buyer` cannot buy them: 404; 422 `NOT_FOR_SALE`, `OWN_POST`,
    /// `CURRENCY_MISMATCH`; 409 `STOCK_EXHAUSTED`; 422 for a total beyond its limit. In that order.
    pub(crate) fn priced<'a>(
        &self,
        buyer: UserId,
        posts: &'a BTreeMap<PostId, PostRecord>,
    ) -> Result<Priced, ApiError> {
        let refused = |code, message| ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, code, message);
        let lines: Vec<(i64, Option<&'a PostRecord>)> =
            self.items.iter().map(|Object(line)| (line.quantity, posts.get(&line.post_id))).collect();
        let missing = ApiError::not_found("there is no such post");
        refuse_where(&lines, |(_, post)| post.is_none(), missing, "post_id")?;
        let without_offer = |(_, post): &(i64, Option<&PostRecord>)| post.is_none_or(|post| post.offer.is_none());
        refuse_where(&lines, without_offer, refused("NOT_FOR_SALE", "the post has no offer"), "post_id")?;

        // From here on every line has a post with an offer.
        let choose = |&(quantity, post): &(i64, Option<&'a PostRecord>)| {
            let post = post?;
            Some(Choice { quantity, post, offer: post.offer? })
        };
        let choices: Vec<Choice<'_>> = lines.iter().filter_map(choose).collect();
        let Some(currency) = choices.first().map(|choice| choice.offer.price.currency) else {
            return Err(ApiError::internal("an order without items"));
        };
        let own = refused("OWN_POST", "users cannot buy their own posts");
        refuse_where(&choices, |choice| choice.post.author_id == buyer, own, "post_id")?;
        let mixed = refused("CURRENCY_MISMATCH", "all items of an order must have the currency of the first");
        refuse_where(&choices, |choice| choice.offer.price.currency != currency, mixed, "post_id")?;
        let scarce = ApiError::conflict("STOCK_EXHAUSTED", "the stock is smaller than the quantity");
        refuse_where(&choices, |choice| choice.offer.stock < choice.quantity, scarce, "quantity")?;

        let items: Vec<OrderItemRecord> = choices.iter().map(Choice::item).collect();
        // No overflow: 50 items of 1000 pieces at 10^12 are 5 * 10^16.
        let amount = items.iter().map(|item| item.line_total.amount).sum();
        if amount > MAX_TOTAL {
            let issue = format!("the total must not be more than {MAX_TOTAL} minor units");
            return Err(ApiError::invalid(vec![Detail { field: "items".to_owned(), issue }]));
        }
        Ok(Priced { items, total: MoneyRecord { amount, currency } })
    }
}

impl Choice<'_> {
    fn item(&self) -> OrderItemRecord {
        let Money { amount, currency } = self.offer.price;
        OrderItemRecord {
            post_id: self.post.id,
            seller_id: self.post.author_id,
            title: self.post.title.clone(),
            quantity: self.quantity,
            unit_price: MoneyRecord { amount, currency },
            line_total: MoneyRecord { amount: amount * self.quantity, currency },
        }
    }
}

/// The error with that member of each line for which `concerns` holds; `Ok` if there is none.
fn refuse_where<T>(lines: &[T], concerns: impl Fn(&T) -> bool, error: ApiError, member: &str) -> Result<(), ApiError> {
    let concerned = lines.iter().enumerate().filter(|(_, line)| concerns(line));
    let mut fields = concerned.map(|(index, _)| format!("items[{index}].{member}")).peekable();
    if fields.peek().is_none() { Ok(()) } else { Err(fields.fold(error, ApiError::field)) }
}
