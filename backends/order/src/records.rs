//! The records of the service's responses, as JSON with these names. The BFF has its own types for them; tests check both
//! against the OpenAPI description.

use contract::{Currency, OrderId, PostId, Time, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::lifecycle::OrderStatus;

/// An order with its items and steps, for its parties and for admins.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderRecord {
    /// `ord_…`
    #[schema(value_type = String, pattern = "^ord_[0-9a-f]{32}$")]
    pub id: OrderId,
    /// The number that people use; unique.
    #[schema(pattern = "^T(-[0-9A-HJKMNP-TV-Z]{4}){3}$")]
    pub number: String,
    /// Its status.
    pub status: OrderStatus,
    /// The reason of a rejection, else null.
    #[schema(required)]
    pub rejection_reason: Option<String>,
    /// Sum of the items.
    pub total: MoneyRecord,
    /// The time of placing.
    #[schema(value_type = String, format = DateTime)]
    pub placed_at: Time,
    /// The buyer.
    #[schema(value_type = String, pattern = "^usr_[0-9a-f]{32}$")]
    pub buyer_id: UserId,
    /// Its statuses with their times, oldest first.
    #[schema(min_items = 1)]
    pub history: Vec<OrderStepRecord>,
    /// The items, in the buyer's order.
    #[schema(min_items = 1, max_items = 50)]
    pub items: Vec<OrderItemRecord>,
    /// Incremented with each change.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// A status and when it was reached.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct OrderStepRecord {
    /// Status.
    pub status: OrderStatus,
    /// The time of the status.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// An item: a post as it was when the order was placed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderItemRecord {
    /// The post.
    #[schema(value_type = String, pattern = "^pst_[0-9a-f]{32}$")]
    pub post_id: PostId,
    /// The seller.
    #[schema(value_type = String, pattern = "^usr_[0-9a-f]{32}$")]
    pub seller_id: UserId,
    /// The post's title.
    pub title: String,
    /// The quantity.
    #[schema(minimum = 1, maximum = 1000)]
    pub quantity: i64,
    /// The price of one.
    pub unit_price: MoneyRecord,
    /// The price of the quantity.
    pub line_total: MoneyRecord,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyRecord {
    /// Minor units of the currency: cents of a euro, yen of a yen.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub amount: i64,
    /// ISO 4217, upper case.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    pub currency: Currency,
}

/// Records by ids: those that exist for the caller, in no order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// The records.
    pub items: Vec<T>,
}
