//! Root fields that find orders.

use async_graphql::{Context, ID, Object, Result};

use super::{Order, routes::ORDERS};
use crate::graphql::{directives, id, in_place::InPlace, rule::AccessRule};

/// Root fields that find orders.
#[derive(Default)]
pub struct OrderQuery;

#[Object]
impl OrderQuery {
    /// One order; `null` if it does not exist or the viewer is neither buyer, seller nor admin.
    #[graphql(
        directive = directives::access::apply(AccessRule::PartyOrAdmin),
        directive = directives::Cached::apply(&ORDERS),
        directive = directives::Call::apply(&ORDERS)
    )]
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id: `ord_…`.")] id: ID,
    ) -> Option<Result<InPlace<Order>>> {
        match id::parse("id", &id) {
            Ok(id) => Order::by_id(ctx, id).await,
            Err(error) => Some(Err(error)),
        }
    }
}
