//! Every statement of every route is answered from an index: no table is read whole, nothing is sorted.

use chassis::database::plans::slow_plans;
use order_service::OrderStatus;

use crate::market::{ADA, ADMIN, GRACE, Market, basket, order, post, seeded};

#[tokio::test]
async fn no_statement_scans_a_table_or_sorts() {
    let market = Market::open().await;
    market.seed((1..=20).map(|number| seeded(number, OrderStatus::Confirmed))).await;
    let users = format!("{},{}", ADA.id(), GRACE.id());
    for list in ["by-buyer?buyer_ids", "by-seller?seller_ids"] {
        let path = format!("/v1/orders/{list}={users}&first=2");
        let first = market.get_as(ADMIN, &path).await;
        let cursors = first.json["pages"].as_object().unwrap().values().map(|page| &page["page"]["end_cursor"]);
        let after = cursors.filter_map(|cursor| cursor.as_str()).next().unwrap();
        assert_eq!(market.get_as(ADMIN, &format!("{path}&after={after}")).await.status, 200);
    }
    assert_eq!(market.get_as(ADA, &format!("/v1/orders?ids={},{}", order(1), order(2))).await.status, 200);
    market.posts.publish(post(1), GRACE.id(), Some((100, "EUR", 9)));
    assert_eq!(market.place(ADA, "k", &basket(&[(post(1), 1)])).await.status, 202);
    assert_eq!(market.step(GRACE, order(1), "ship").await.status, 202);

    let statements: Vec<String> =
        market.database.statements().all().iter().map(|statement| statement.text().to_owned()).collect();
    for part in ["FROM orders o WHERE", "FROM sales s", "FROM order_items", "FROM order_steps", "UPDATE orders"] {
        assert!(statements.iter().any(|statement| statement.contains(part)), "{part} ran");
    }
    let slow = slow_plans(&market.database, &[]).await.unwrap();
    assert!(slow.is_empty(), "{slow:#?}");
}
