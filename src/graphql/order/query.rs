//! Root fields that find orders.

use async_graphql::{Context, ID, Object, Result};
use contract::{OrderId, UserId};

use super::{Order, routes::ORDERS};
use crate::{
    clients::{Cell, Form, plain},
    graphql::{
        access::party_or_admin,
        directives, id,
        roots::{Finds, Guard, Judged, Returns, Root, Sought, Target},
        rule::AccessRule,
        table::{Plain, Record},
    },
};

/// Root fields that find orders.
#[derive(Default)]
pub struct OrderQuery;

/// `order`
pub static ORDER: Root = Root {
    name: "order",
    returns: Returns::One,
    finds: &[Finds { guard: Some(&PARTIES), ..Finds::public(Order::table) }],
    seek: |arguments, viewer| {
        let id = id::parse("id", &arguments.required("id")?);
        Ok(Sought::of(id.map(|id: OrderId| viewer.map(|_| Target::object(&ORDERS, &id)))))
    },
};

/// Who may see an order: its buyer, its sellers, and admins.
pub static PARTIES: Guard = Guard {
    wants: |layout| {
        let id = <UserId as Plain>::FORM;
        layout.column("buyer_id", id, false);
        let items = layout.column("items", Form::Objects, false);
        layout.columns[items].below.column("seller_id", id, false);
    },
    admits: |viewer, Judged { answer, layout, row }| {
        let party = |cell: Cell| plain(answer.text(cell.range()))?.parse().ok();
        let items = layout.find("items");
        let (Some(buyer), Some(items)) = (layout.find("buyer_id"), items) else { return false };
        let below = answer.rows.below(items);
        let seller = layout.columns[items].below.find("seller_id");
        let items = answer.rows.cell(row, items).rows();
        let sellers = items.filter_map(|item| party(below.cell(item, seller?)));
        party_or_admin(viewer, party(answer.rows.cell(row, buyer)).into_iter().chain(sellers))
    },
};

#[Object]
impl OrderQuery {
    /// One order; `null` if it does not exist or the viewer is neither buyer, seller nor admin.
    #[graphql(
        directive = directives::access::apply(AccessRule::PartyOrAdmin),
        directive = directives::Cached::apply(&ORDERS),
        directive = directives::Call::apply(&ORDERS)
    )]
    async fn order(&self, ctx: &Context<'_>, #[graphql(desc = "Id: `ord_…`.")] id: ID) -> Option<Result<Order>> {
        match id::parse("id", &id) {
            Ok(id) => Order::by_id(ctx, id).await,
            Err(error) => Some(Err(error)),
        }
    }
}
