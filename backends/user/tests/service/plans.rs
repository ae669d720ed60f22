//! Every statement of every read is answered from an index: no table is read whole, nothing is sorted.

use chassis::database::plans::slow_plans;
use contract::token::Role;

use crate::town::{Town, user};

#[tokio::test]
async fn no_statement_scans_a_table_or_sorts() {
    let town = Town::of(3).await;
    town.follow(&[(1, 2), (2, 1), (3, 1)]).await;
    let (ids, token) = (format!("{},{},{}", user(1), user(2), user(3)), town.token(1, Role::Member).await);
    let users = town.get("/v1/users?first=1").await;
    let followers = town.get(&format!("/v1/followers/by-user?user_ids={ids}&first=1")).await;
    let page = &followers.json["pages"][user(1).to_string()]["page"];
    let (of_users, of_followers) = (&users.json["page"]["end_cursor"], &page["end_cursor"]);
    for path in [
        format!("/v1/users?after={}", of_users.as_str().unwrap()),
        format!("/v1/users?ids={ids}"),
        "/v1/users?handles=user_1,user_2".to_owned(),
        format!("/v1/users/counts?ids={ids}"),
        format!("/v1/followers/by-user?user_ids={ids}&after={}", of_followers.as_str().unwrap()),
        format!("/v1/following/by-user?user_ids={ids}"),
    ] {
        assert_eq!(town.get(&path).await.status, 200, "{path}");
    }
    for path in [format!("/v1/accounts?ids={ids}"), format!("/v1/follows?ids={ids}")] {
        assert_eq!(town.get_as(&token, &path).await.status, 200, "{path}");
    }
    // Two pages of all users, three of by-user lists, five by ids or handles, the key set, the inserts above.
    assert!(town.database.statements().all().len() >= 12);
    let slow = slow_plans(&town.database, &[]).await.unwrap();
    assert!(slow.is_empty(), "{slow:#?}");
}
