//! Demo data is coherent between the services, has everything to show, and is the same for the same seed.

use serde_json::{Value, json};

use crate::town::{Town, texts};

#[tokio::test]
async fn one_query_walks_three_services_deep() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let query = "{ viewer { handle orders(first: 100) { nodes { number status total { amount currency }
        buyer { handle } items { title seller { handle } post { title author { handle
        posts(first: 2) { nodes { title author { handle } } } } } } } } } }";
    let data = ada.run(query).await.data();
    assert_eq!(data["viewer"]["handle"], "ada");
    let orders = data["viewer"]["orders"]["nodes"].as_array().unwrap();
    for order in orders {
        assert_eq!(order["buyer"]["handle"], "ada");
        for item in order["items"].as_array().unwrap() {
            assert_eq!(item["title"], item["post"]["title"], "{order}");
            assert_eq!(item["seller"], json!({"handle": item["post"]["author"]["handle"]}));
            assert_ne!(item["seller"]["handle"], "ada");
            assert!(!item["post"]["author"]["posts"]["nodes"].as_array().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn ada_buys_and_sells_in_every_state() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let query = "{ viewer { orders(first: 100) { nodes { status } } sales(first: 100) { nodes { status
        items { seller { handle } } } } } }";
    let data = ada.run(query).await.data();
    for list in ["orders", "sales"] {
        let mut states = texts(&data["viewer"][list]["nodes"], "/status");
        states.sort();
        states.dedup();
        assert_eq!(states, ["CANCELLED", "CONFIRMED", "DELIVERED", "PENDING", "REJECTED", "SHIPPED"], "{list}");
    }
    for sale in data["viewer"]["sales"]["nodes"].as_array().unwrap() {
        assert!(texts(&sale["items"], "/seller/handle").contains(&"ada".to_owned()), "{sale}");
    }
}

#[tokio::test]
async fn counts_are_those_of_the_rows() {
    let town = Town::start().await;
    let query = "{ users(first: 50) { nodes { handle followerCount followingCount postCount
        followers(first: 100) { nodes { id } } following(first: 100) { nodes { id } } posts(first: 100) { nodes { id } } } }
        posts(first: 100) { nodes { commentCount likeCount comments(first: 100) { nodes { id } } offer { price { currency } } } } }";
    let data = town.client.run(query).await.data();
    let users = data["users"]["nodes"].as_array().unwrap();
    assert_eq!(users.len(), 50);
    let length = |list: &Value| list["nodes"].as_array().unwrap().len() as u64;
    for user in users {
        assert_eq!(user["followerCount"], length(&user["followers"]), "{}", user["handle"]);
        assert_eq!(user["followingCount"], length(&user["following"]), "{}", user["handle"]);
        assert_eq!(user["postCount"], length(&user["posts"]), "{}", user["handle"]);
    }
    let posts = data["posts"]["nodes"].as_array().unwrap();
    for post in posts {
        assert_eq!(post["commentCount"], length(&post["comments"]));
        assert!(post["likeCount"].as_u64().unwrap() > 0);
    }
    let mut currencies: Vec<_> =
        posts.iter().filter_map(|post| post.pointer("/offer/price/currency")?.as_str()).collect();
    currencies.sort_unstable();
    currencies.dedup();
    assert!(currencies.len() >= 3, "{currencies:?}");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_data() {
    let (one, other) = tokio::join!(Town::start(), Town::start());
    let query = "{ users(first: 50) { nodes { id handle name email bio createdAt } }
        posts(first: 100) { nodes { id title body tags publishedAt offer { stock price { amount currency } } } } }";
    // E-mail addresses are nobody's business: both answers say so, at the same places.
    let (one, other) = (one.client.run(query).await.json(), other.client.run(query).await.json());
    assert_eq!(one["data"], other["data"]);
    assert!(one["data"]["posts"]["nodes"].as_array().unwrap().len() == 100);
}
