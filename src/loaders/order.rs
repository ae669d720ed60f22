//! Loaders of the order service's batch routes. Orders are private: without a viewer there are none.

use std::{collections::HashMap, sync::Arc};

use contract::{OrderId, UserId};

use super::{Batch, Request};
use crate::clients::{PageArguments, PageRecord, order::OrderRecord};

/// Orders by id.
pub type OrdersById = Batch<(), OrderId, OrderRecord>;
/// A page of orders for each user.
pub type OrdersByUser = Batch<PageArguments, UserId, PageRecord<OrderRecord>>;

pub(super) fn orders_by_id(request: &Arc<Request>) -> OrdersById {
    Batch::new(request, |request, (), ids| {
        Box::pin(async move {
            let Some(viewer) = &request.viewer else { return Ok(HashMap::new()) };
            request.clients.orders.orders_by_ids(&request.context, (viewer, &ids)).await
        })
    })
}

pub(super) fn orders_by_buyer(request: &Arc<Request>) -> OrdersByUser {
    Batch::new(request, |request, page, ids| {
        Box::pin(async move {
            let Some(viewer) = &request.viewer else { return Ok(HashMap::new()) };
            request.clients.orders.orders_by_buyer(&request.context, viewer, (&ids, &page)).await
        })
    })
}

pub(super) fn orders_by_seller(request: &Arc<Request>) -> OrdersByUser {
    Batch::new(request, |request, page, ids| {
        Box::pin(async move {
            let Some(viewer) = &request.viewer else { return Ok(HashMap::new()) };
            request.clients.orders.orders_by_seller(&request.context, viewer, (&ids, &page)).await
        })
    })
}
