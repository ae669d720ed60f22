//! The read routes of the order service. Orders depend on the viewer: without one there are none.

use contract::{OrderId, UserId};

use super::Order;
use crate::{
    clients::{PageArguments, PageRecord, Route, TheViewer},
    services::Service,
};

/// Orders by id; those in which the viewer has no part do not exist.
pub static ORDERS: Route<TheViewer, (), OrderId, Order> = Route::records(Service::Order, "/v1/orders", "ids");

/// The orders placed by each user, newest first.
pub static ORDERS_BY_BUYER: Route<TheViewer, PageArguments, UserId, PageRecord<Order>> =
    Route::pages(Service::Order, "/v1/orders/by-buyer", "buyer_ids");

/// The orders with an item sold by each user, newest first.
pub static ORDERS_BY_SELLER: Route<TheViewer, PageArguments, UserId, PageRecord<Order>> =
    Route::pages(Service::Order, "/v1/orders/by-seller", "seller_ids");
