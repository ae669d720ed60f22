//! Demo orders. The first are ada's: one in every status as buyer, then one in every status as seller; the rest have random
//! buyers and sellers.

use contract::{Currency, UserId};
use order_service::{
    OrderStatus,
    seed::{OrderItemSeed, OrderSeed},
};

use crate::{
    plan::{Numbers, Plan, later, spread},
    posts::Sale,
};

/// The index of ada among the users.
const ADA: usize = 0;

const STATES: [OrderStatus; 6] = [
    OrderStatus::Pending,
    OrderStatus::Confirmed,
    OrderStatus::Rejected,
    OrderStatus::Shipped,
    OrderStatus::Delivered,
    OrderStatus::Cancelled,
];

/// The users, and the posts for sale by currency.
pub(crate) struct Market {
    pub(crate) users: Vec<UserId>,
    pub(crate) sales: Vec<(Currency, Vec<Sale>)>,
}

pub(crate) fn orders(plan: Plan, market: Market) -> impl Iterator<Item = OrderSeed> {
    let count = plan.scale.orders();
    let mut numbers = plan.numbers("orders");
    (0..count).map(move |index| {
        let state = STATES[if index < 2 * STATES.len() { index % STATES.len() } else { numbers.below(STATES.len()) }];
        let adas = index < 2 * STATES.len();
        let (buyer, seller) = match index {
            _ if !adas => (numbers.below(market.users.len()), None),
            _ if index < STATES.len() => (ADA, None),
            _ => (1 + numbers.below(market.users.len() - 1), Some(ADA)),
        };
        let (currency, items) = items(&mut numbers, &market, buyer, seller);
        let placed_at = spread(index, count, 90, 2);
        OrderSeed {
            id: numbers.id(placed_at),
            buyer_id: market.users[buyer],
            placed_at,
            steps: steps(state)
                .iter()
                .scan(placed_at, |last, &status| {
                    *last = later(*last, &mut numbers, 1);
                    Some((status, *last))
                })
                .collect(),
            rejection_reason: matches!(state, OrderStatus::Rejected).then(|| "not enough stock".to_owned()),
            currency,
            items,
        }
    })
}

/// The steps from `pending` to a status.
fn steps(state: OrderStatus) -> &'static [OrderStatus] {
    match state {
        OrderStatus::Pending => &[],
        OrderStatus::Confirmed => &[OrderStatus::Confirmed],
        OrderStatus::Rejected => &[OrderStatus::Rejected],
        OrderStatus::Shipped => &[OrderStatus::Confirmed, OrderStatus::Shipped],
        OrderStatus::Delivered => &[OrderStatus::Confirmed, OrderStatus::Shipped, OrderStatus::Delivered],
        OrderStatus::Cancelled => &[OrderStatus::Cancelled],
    }
}

/// One to three items in one currency, none of the buyer's own; the first is of `seller`, if one is given.
fn items(
    numbers: &mut Numbers,
    market: &Market,
    buyer: usize,
    seller: Option<usize>,
) -> (Currency, Vec<OrderItemSeed>) {
    let fits = |sale: &&Sale| sale.seller != buyer && seller.is_none_or(|seller| sale.seller == seller);
    let offered: Vec<_> = market.sales.iter().filter(|(_, sales)| sales.iter().any(|sale| fits(&sale))).collect();
    let (currency, sales) = *numbers.one_of(&offered);
    let from_anywhere = sales.iter().cycle().skip(numbers.below(sales.len())).take(sales.len());
    let mut chosen: Vec<&Sale> = from_anywhere.into_iter().find(fits).into_iter().collect();
    let wanted = numbers.below(3);
    for index in numbers.distinct(wanted, sales.len(), usize::MAX) {
        let sale = &sales[index];
        if sale.seller != buyer && chosen.iter().all(|other| other.post_id != sale.post_id) {
            chosen.push(sale);
        }
    }
    let item = |sale: &Sale| OrderItemSeed {
        post_id: sale.post_id,
        seller_id: market.users[sale.seller],
        title: sale.title.clone(),
        quantity: 1 + numbers.below(3) as i64,
        unit_price: sale.price,
    };
    (*currency, chosen.into_iter().map(item).collect())
}
