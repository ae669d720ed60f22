//! Root fields that find orders.

use async_graphql::{Context, ID, Object, Result};

use crate::graphql::{access::AccessRule, directives, id, in_place::InPlace, order::Order};

/// Root fields that find orders.
#[derive(Default)]
pub struct OrderQuery;

#[Object]
impl OrderQuery {
    /// One order; `null` if it does not exist or the viewer is neither buyer, seller nor admin.
    #[graphql(
        directive = directives::access::apply(AccessRule::PartyOrAdmin),
        directive = directives::cache_control::apply(None, directives::PRIVATE),
        directive = directives::call::apply("order".into(), "/v1/orders".into())
    )]
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id: `ord_…`.")] id: ID,
    ) -> Option<Result<InPlace<Order>>> {
        match id::parse("id", &id) {
            Ok(id) => super::by_id(ctx, id).await,
            Err(error) => Some(Err(error)),
        }
    }
}
