//! Every statement of every route is answered from an index: no table is read whole, nothing is sorted.

use chassis::database::plans::slow_plans;
use contract::token::Role;
use serde_json::json;

use crate::town::{PASSWORD, Town, user, user_of};

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
    command(&town).await;
    // Of the reads: two pages of all users, three of by-user lists, five by ids or handles, the key set. The key's
    // rotation runs elsewhere: `src/keys.rs`.
    let mut statements: Vec<_> = town.database.statements().all();
    statements.retain(|statement| !statement.text().starts_with("INSERT"));
    assert!(statements.len() >= 11 + 16, "{}", statements.len());
    let slow = slow_plans(&town.database, &[]).await.unwrap();
    assert!(slow.is_empty(), "{slow:#?}");
}

/// Every command at least once, each branch of it that runs statements of its own.
async fn command(town: &Town) {
    let send = async |request| {
        let reply = town.send(request).await;
        assert!(reply.status < 300, "{}", reply.json);
        reply
    };
    for _ in 0..2 {
        send(town.sign_up("ada").header("idempotency-key", "k")).await;
    }
    assert_eq!(town.send(town.sign_up("ada")).await.status, 409);
    let session = send(town.log_in("ada@example.com", PASSWORD)).await;
    let token = session.text("access_token");
    for _ in 0..2 {
        assert_eq!(town.refresh(session.text("refresh_token")).await.status, 200);
    }
    let path = format!("/v1/users/{}", user_of(&session));
    let all = json!({"name": "Ada", "bio": null, "avatar_url": "https://example.com/a.png"});
    for body in [&json!({"name": "Ada"}), &json!({"bio": null}), &json!({"avatar_url": null}), &all, &json!({})] {
        send(town.command_with("PATCH", &path, body).bearer_auth(token)).await;
    }
    for method in ["PUT", "DELETE"] {
        send(town.request(method, &format!("{path}/following/{}", user(1))).bearer_auth(token)).await;
    }
    send(town.request("DELETE", "/v1/sessions/current").bearer_auth(token)).await;
}
