//! What the order service answers. Other people's orders look like missing ones.

use contract::{OrderId, Time};
use serde_json::Value;

use super::call::Call;
use super::page::{self, Item, item};
use super::server::{Answer, refused};
use crate::token::Bearer;
use crate::town::{Order, OrderStep, Post, Town};

pub(super) fn answer(town: &mut Town, call: &Call) -> Answer {
    let Some(caller) = Bearer::of(call) else { return refused(401, "UNAUTHENTICATED") };
    let visible = |order: &&Order| caller.admin || order.has_party(caller.id);
    match call.route.as_str() {
        "GET /v1/orders?ids" => {
            let orders: Vec<Item> = town.orders.iter().filter(visible).map(|it| item(it.id, it)).collect();
            page::by_keys(call, orders.into_iter())
        }
        "GET /v1/orders/by-buyer" => page::of_parents(call, |user| {
            let mine = town.orders.iter().rev().filter(visible);
            mine.filter(|it| it.buyer_id.to_string() == user).map(|it| item(it.id, it)).collect()
        }),
        "GET /v1/orders/by-seller" => page::of_parents(call, |user| {
            let Ok(user) = user.parse() else { return Vec::new() };
            let mine = town.orders.iter().rev().filter(visible);
            mine.filter(|it| it.is_sold_by(user)).map(|it| item(it.id, it)).collect()
        }),
        "POST /v1/orders" => place(town, call, caller),
        "POST /v1/orders/{id}/cancel" => step(town, call, "cancelled"),
        "POST /v1/orders/{id}/ship" => step(town, call, "shipped"),
        "POST /v1/orders/{id}/deliver" => step(town, call, "delivered"),
        _ => refused(404, "NOT_FOUND"),
    }
}

fn place(town: &mut Town, call: &Call, caller: Bearer) -> Answer {
    let lines = call.body["items"].as_array().unwrap();
    let line = |line: &Value| {
        let post = town.posts.iter().find(|post| line["post_id"] == post.id.to_string());
        Some((post.filter(|post| post.offer.is_some())?, line["quantity"].as_i64()?))
    };
    let Some(lines) = lines.iter().map(line).collect::<Option<Vec<(&Post, i64)>>>() else {
        return refused(422, "NOT_FOR_SALE");
    };
    if lines.iter().any(|(post, quantity)| post.offer.is_some_and(|offer| *quantity > i64::from(offer.stock))) {
        return refused(409, "STOCK_EXHAUSTED");
    }
    let now = town.orders.last().map_or(Time::from_millis(0), |order| order.placed_at);
    let id = OrderId::from_parts(now, 1_000_000 + town.orders.len() as u128);
    let order = Order::placed(id, caller.id, &lines, now);
    town.orders.push(order.clone());
    (202, item(id, &order).1)
}

fn step(town: &mut Town, call: &Call, status: &'static str) -> Answer {
    let Some(order) = town.orders.iter_mut().find(|order| order.id.to_string() == call.segment(3)) else {
        return refused(404, "NOT_FOUND");
    };
    order.status = status;
    order.history.push(OrderStep { status, at: order.updated_at });
    (202, item(order.id, order).1)
}
