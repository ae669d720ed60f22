//! The order service. In: ids and commands, always in a viewer's name. Out: records as the service sends them.

use std::collections::HashMap;

use contract::{Money, OrderId, PostId, Time, UserId};
use http::Method;
use serde::{Deserialize, Serialize};

use super::{
    CallContext, CallError, Command, PageArguments, PageRecord, ServiceClient, ViewerRead,
    batch::{Items, Keyed, Pages, ids_query, pages_query},
};
use crate::auth::Viewer;

/// Calls the order service.
#[derive(Clone)]
pub struct OrderClient {
    service: ServiceClient,
}

/// An order with its items and steps.
#[derive(Clone, Debug, Deserialize)]
pub struct OrderRecord {
    /// Id.
    pub id: OrderId,
    /// The number that people use.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatusRecord,
    /// Why it was rejected.
    pub rejection_reason: Option<String>,
    /// Sum of the items.
    pub total: Money,
    /// When it was placed.
    pub placed_at: Time,
    /// Who buys.
    pub buyer_id: UserId,
    /// Each status it had, oldest first.
    pub history: Vec<OrderStepRecord>,
    /// What is bought.
    pub items: Vec<OrderItemRecord>,
}

/// A status and when it was reached.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct OrderStepRecord {
    /// Status.
    pub status: OrderStatusRecord,
    /// When.
    pub at: Time,
}

/// One post bought, as it was when the order was placed.
#[derive(Clone, Debug, Deserialize)]
pub struct OrderItemRecord {
    /// Which post.
    pub post_id: PostId,
    /// Who sells it.
    pub seller_id: UserId,
    /// The post's title.
    pub title: String,
    /// How many.
    pub quantity: i32,
    /// Price of one.
    pub unit_price: Money,
    /// Price of all.
    pub line_total: Money,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatusRecord {
    /// Placed, not answered yet.
    Pending,
    /// The stock is reserved.
    Confirmed,
    /// There was not enough.
    Rejected,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Called off.
    Cancelled,
}

/// A step that a person takes.
#[derive(Clone, Copy, Debug)]
pub enum OrderAction {
    /// The buyer calls it off.
    Cancel,
    /// A seller sends it.
    Ship,
    /// Buyer or seller says that it arrived.
    Deliver,
}

/// What to buy.
#[derive(Serialize)]
pub struct OrderLine {
    /// Which post.
    pub post_id: PostId,
    /// How many.
    pub quantity: i32,
}

impl Keyed<OrderId> for OrderRecord {
    fn key(&self) -> OrderId {
        self.id
    }
}

impl OrderAction {
    const fn route(self) -> &'static str {
        match self {
            Self::Cancel => "/v1/orders/{id}/cancel",
            Self::Ship => "/v1/orders/{id}/ship",
            Self::Deliver => "/v1/orders/{id}/deliver",
        }
    }
}

impl OrderClient {
    /// A client that calls through `service`.
    pub fn new(service: ServiceClient) -> Self {
        Self { service }
    }

    /// Orders by id; unknown ones, and those that the viewer has no part in, are absent.
    pub async fn orders_by_ids(
        &self,
        context: &CallContext,
        (viewer, ids): (&Viewer, &[OrderId]),
    ) -> Result<HashMap<OrderId, OrderRecord>, CallError> {
        let read = ViewerRead::new(viewer, ids_query(("/v1/orders", "ids"), ids));
        self.service.viewer(context, read, |answer: Items<_>| answer.among(ids)).await
    }

    /// The orders that each user placed, one page each, newest first.
    pub async fn orders_by_buyer(
        &self,
        context: &CallContext,
        viewer: &Viewer,
        (buyers, page): (&[UserId], &PageArguments),
    ) -> Result<HashMap<UserId, PageRecord<OrderRecord>>, CallError> {
        let read = ViewerRead::new(viewer, pages_query(("/v1/orders/by-buyer", "buyer_ids"), buyers, page));
        self.service.viewer(context, read, |answer: Pages<_, _>| answer.of(buyers, page)).await
    }

    /// The orders with an item that each user sells, one page each, newest first.
    pub async fn orders_by_seller(
        &self,
        context: &CallContext,
        viewer: &Viewer,
        (sellers, page): (&[UserId], &PageArguments),
    ) -> Result<HashMap<UserId, PageRecord<OrderRecord>>, CallError> {
        let read = ViewerRead::new(viewer, pages_query(("/v1/orders/by-seller", "seller_ids"), sellers, page));
        self.service.viewer(context, read, |answer: Pages<_, _>| answer.of(sellers, page)).await
    }

    /// Places an order, once under that key.
    pub async fn place(
        &self,
        context: &CallContext,
        (viewer, items, idempotency_key): (&Viewer, Vec<OrderLine>, String),
    ) -> Result<OrderRecord, CallError> {
        #[derive(Serialize)]
        struct Body {
            items: Vec<OrderLine>,
        }
        let command =
            Command::new(Method::POST, "/v1/orders", &[]).by(viewer).json(&Body { items }).once(Some(idempotency_key));
        self.service.command(context, command).await
    }

    /// Takes an order a step on.
    pub async fn step(
        &self,
        context: &CallContext,
        (viewer, order, action): (&Viewer, OrderId, OrderAction),
        idempotency_key: Option<String>,
    ) -> Result<OrderRecord, CallError> {
        let command = Command::new(Method::POST, action.route(), &[&order]).by(viewer).once(idempotency_key);
        self.service.command(context, command).await
    }
}
