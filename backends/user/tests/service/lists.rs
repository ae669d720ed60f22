//! Lists: whole and in order through any number of pages, of one parent or many, while rows come and go.

use crate::town::{Town, user};
use chassis::testing::members;

#[tokio::test]
async fn all_users_newest_first_page_by_page() {
    let town = Town::of(5).await;
    let mut seen = Vec::new();
    let mut path = "/v1/users?first=2".to_owned();
    loop {
        let reply = town.get(&path).await;
        assert_eq!(reply.json["page"]["has_previous"], !seen.is_empty());
        assert_eq!(reply.json["page"]["cursors"].as_array().unwrap().len(), members(&reply.json, "handle").len());
        seen.extend(members(&reply.json, "handle").into_iter().map(str::to_owned));
        if reply.json["page"]["has_next"] == false {
            break;
        }
        path = format!("/v1/users?first=2&after={}", reply.json["page"]["end_cursor"].as_str().unwrap());
    }
    assert_eq!(seen, ["User_5", "User_4", "User_3", "User_2", "User_1"]);
}

#[tokio::test]
async fn a_cursor_keeps_its_place_while_rows_come_and_go() {
    let town = Town::of(4).await;
    let first = town.get("/v1/users?first=2").await;
    let cursor = first.json["page"]["end_cursor"].as_str().unwrap();
    town.add_user(9).await;
    let rest = town.get(&format!("/v1/users?first=2&after={cursor}")).await;
    assert_eq!(members(&rest.json, "handle"), ["User_2", "User_1"]);
}

#[tokio::test]
async fn every_parent_gets_its_page_even_an_empty_one() {
    let town = Town::of(5).await;
    town.follow(&[(2, 1), (3, 1), (4, 1), (1, 2)]).await;
    let ids = format!("{},{},{}", user(1), user(2), user(9));
    let reply = town.get(&format!("/v1/followers/by-user?user_ids={ids}&first=2")).await;
    let pages = &reply.json["pages"];
    assert_eq!(pages.as_object().unwrap().len(), 3);
    assert_eq!(members(&pages[user(1).to_string()], "handle"), ["User_4", "User_3"]);
    assert_eq!(pages[user(1).to_string()]["page"]["has_next"], true);
    assert_eq!(members(&pages[user(2).to_string()], "handle"), ["User_1"]);
    assert_eq!(members(&pages[user(9).to_string()], "handle").len(), 0);

    let cursor = pages[user(1).to_string()]["page"]["end_cursor"].as_str().unwrap();
    let next = town.get(&format!("/v1/followers/by-user?user_ids={}&after={cursor}", user(1))).await;
    assert_eq!(members(&next.json["pages"][user(1).to_string()], "handle"), ["User_2"]);
}

#[tokio::test]
async fn followed_users_are_listed_newest_follow_first() {
    let town = Town::of(4).await;
    town.follow(&[(1, 3), (1, 2), (1, 4)]).await;
    let reply = town.get(&format!("/v1/following/by-user?user_ids={}", user(1))).await;
    assert_eq!(members(&reply.json["pages"][user(1).to_string()], "handle"), ["User_4", "User_2", "User_3"]);
}

#[tokio::test]
async fn a_hundred_parents_are_one_statement() {
    let town = Town::of(100).await;
    let pairs: Vec<(u8, u8)> = (2..=100).map(|number| (number, number - 1)).collect();
    town.follow(&pairs).await;
    let before = town.database.statements().all().len();
    let ids: Vec<String> = (1..=100).map(|number| user(number).to_string()).collect();
    let reply = town.get(&format!("/v1/followers/by-user?user_ids={}&first=1", ids.join(","))).await;
    assert_eq!(town.database.statements().all().len(), before + 1);
    assert_eq!(reply.json["pages"].as_object().unwrap().len(), 100);
    assert_eq!(members(&reply.json["pages"][user(99).to_string()], "handle"), ["User_100"]);
}
