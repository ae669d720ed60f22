//! The town's records, as the services write them in JSON.

use contract::{CommentId, Money, OrderId, PostId, Time, UserId};
use serde::Serialize;

/// Somebody.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of the services' JSON")]
pub struct User {
    pub id: UserId,
    pub version: i64,
    pub handle: String,
    pub name: String,
    pub avatar_url: Option<String>,
    pub bio: Option<String>,
    pub created_at: Time,
    #[serde(skip)]
    pub email: String,
    #[serde(skip)]
    pub admin: bool,
}

/// Something published.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of the services' JSON")]
pub struct Post {
    pub id: PostId,
    pub version: i64,
    pub author_id: UserId,
    pub title: String,
    pub body: String,
    pub tags: Vec<String>,
    pub offer: Option<Offer>,
    pub published_at: Time,
    pub updated_at: Time,
}

/// What a post sells.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of the services' JSON")]
pub struct Offer {
    pub price: Money,
    pub stock: i32,
}

/// Something said of a post.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of the services' JSON")]
pub struct Comment {
    pub id: CommentId,
    pub version: i64,
    pub post_id: PostId,
    pub author_id: UserId,
    pub body: String,
    pub created_at: Time,
}

/// Something bought.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of the services' JSON")]
pub struct Order {
    pub id: OrderId,
    pub version: i64,
    pub number: String,
    pub status: &'static str,
    pub rejection_reason: Option<String>,
    pub total: Money,
    pub placed_at: Time,
    pub updated_at: Time,
    pub buyer_id: UserId,
    pub history: Vec<OrderStep>,
    pub items: Vec<OrderItem>,
}

/// A status that an order had.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of the services' JSON")]
pub struct OrderStep {
    pub status: &'static str,
    pub at: Time,
}

/// One post bought.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the members of the services' JSON")]
pub struct OrderItem {
    pub post_id: PostId,
    pub seller_id: UserId,
    pub title: String,
    pub quantity: i64,
    pub unit_price: Money,
    pub line_total: Money,
}

impl Order {
    /// A pending order of posts that all have offers in one currency.
    pub fn placed(id: OrderId, buyer_id: UserId, lines: &[(&Post, i64)], at: Time) -> Self {
        let items: Vec<OrderItem> = lines.iter().map(|(post, quantity)| OrderItem::of(post, *quantity)).collect();
        let total = Money {
            amount: items.iter().map(|item| item.line_total.amount).sum(),
            currency: items[0].unit_price.currency,
        };
        let digits = id.to_string();
        Self {
            id,
            version: 1,
            number: format!("T-{}", &digits[digits.len() - 6..]),
            status: "pending",
            rejection_reason: None,
            total,
            placed_at: at,
            updated_at: at,
            buyer_id,
            history: vec![OrderStep { status: "pending", at }],
            items,
        }
    }

    /// Whether the user buys or sells here.
    pub fn has_party(&self, user: UserId) -> bool {
        self.buyer_id == user || self.is_sold_by(user)
    }

    /// Whether the user sells one of its items.
    pub fn is_sold_by(&self, user: UserId) -> bool {
        self.items.iter().any(|item| item.seller_id == user)
    }
}

impl OrderItem {
    fn of(post: &Post, quantity: i64) -> Self {
        let unit_price = post.offer.map(|offer| offer.price).unwrap();
        Self {
            post_id: post.id,
            seller_id: post.author_id,
            title: post.title.clone(),
            quantity,
            unit_price,
            line_total: Money { amount: unit_price.amount * quantity, currency: unit_price.currency },
        }
    }
}
