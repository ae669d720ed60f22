//! Mutations from the client's side: sessions, profile, follows, posts, comments, likes.

use harness::client::Client;
use serde_json::{Value, json};

use crate::town::Town;

async fn run(client: &Client, mutation: &str, input: Value) -> Value {
    let (name, rest) = mutation.split_once(' ').unwrap();
    let ty = match name {
        "followUser" | "unfollowUser" => "FollowUserInput".to_owned(),
        "likePost" | "unlikePost" => "LikePostInput".to_owned(),
        name => format!("{}{}Input", name[..1].to_uppercase(), &name[1..]),
    };
    let query = format!("mutation($input: {ty}!) {{ {name}(input: $input) {rest} }}");
    client.run_with(&query, json!({ "input": input })).await.data()[name].take()
}

#[tokio::test]
async fn somebody_signs_up_publishes_sells_and_leaves() {
    let town = Town::start().await;
    let sign_up = json!({"handle": "Newcomer", "name": "New", "email": "New@Example.com", "password": "long enough"});
    let session =
        "{ session { accessToken refreshToken expiresAt user { handle viewerFollows } } userErrors { code field } }";
    let outcome = run(&town.client, &format!("signUp {session}"), sign_up.clone()).await;
    assert_eq!(outcome["session"]["user"]["handle"], "Newcomer", "{outcome}");
    let me = town.client.signed_in(outcome["session"]["accessToken"].as_str().unwrap().to_owned());
    let data = me.run("{ viewer { handle email role postCount followerCount } }").await.data();
    assert_eq!(
        data["viewer"],
        json!({"handle": "Newcomer", "email": "New@Example.com", "role": "MEMBER", "postCount": 0, "followerCount": 0})
    );

    let offer = json!({"price": {"amount": "12.9", "currency": "EUR"}, "stock": 2});
    let publish = json!({"title": "T", "body": "B", "tags": ["wood"], "offer": offer});
    let fields = "{ post { id title tags offer { price { amount currency } stock soldOut } author { handle } } userErrors { code field } }";
    let post = run(&me, &format!("publishPost {fields}"), publish).await["post"].take();
    assert_eq!(post["offer"], json!({"price": {"amount": "12.90", "currency": "EUR"}, "stock": 2, "soldOut": false}));
    assert_eq!(post["author"]["handle"], "Newcomer");

    let edited =
        run(&me, &format!("editPost {fields}"), json!({"postId": post["id"], "title": "T2", "offer": null})).await;
    assert_eq!((&edited["post"]["title"], &edited["post"]["offer"]), (&json!("T2"), &Value::Null));
    assert_eq!(edited["post"]["tags"], json!(["wood"]), "what is absent is unchanged");

    let admin = town.sign_in("admin").await;
    let deleted = run(&admin, "deletePost { deletedPostId userErrors { code } }", json!({"postId": post["id"]})).await;
    assert_eq!(deleted, json!({"deletedPostId": post["id"], "userErrors": []}));

    let profile =
        run(&me, "updateProfile { user { name bio } userErrors { code field } }", json!({"bio": "hello"})).await;
    assert_eq!(profile["user"], json!({"name": "New", "bio": "hello"}));
    let cleared = run(&me, "updateProfile { user { name bio } userErrors { code field } }", json!({"bio": null})).await;
    assert_eq!(cleared["user"], json!({"name": "New", "bio": null}));
    let refused = run(&me, "updateProfile { user { name } userErrors { code field } }", json!({"name": null})).await;
    assert_eq!(refused, json!({"user": null, "userErrors": [{"code": "INVALID", "field": ["name"]}]}));

    assert_eq!(me.run("mutation { logOut { userErrors { code } } }").await.data()["logOut"]["userErrors"], json!([]));
    let refresh = json!({"refreshToken": outcome["session"]["refreshToken"]});
    let over = run(&town.client, "refreshSession { session { accessToken } userErrors { code } }", refresh).await;
    assert_eq!(over, json!({"session": null, "userErrors": [{"code": "WRONG_CREDENTIALS"}]}));
}

#[tokio::test]
async fn handles_and_addresses_are_taken_in_any_letter_case() {
    let town = Town::start().await;
    let sign_up =
        |handle: &str, email: &str| json!({"handle": handle, "name": "N", "email": email, "password": "long enough"});
    let fields = "signUp { session { user { id } } userErrors { code field } }";
    let handle = run(&town.client, fields, sign_up("ADA", "new@example.com")).await;
    assert_eq!(handle, json!({"session": null, "userErrors": [{"code": "TAKEN", "field": ["handle"]}]}));
    let email = run(&town.client, fields, sign_up("newcomer", "Ada@Example.COM")).await;
    assert_eq!(email, json!({"session": null, "userErrors": [{"code": "TAKEN", "field": ["email"]}]}));
}

#[tokio::test]
async fn wrong_credentials_say_no_more_than_that() {
    let town = Town::start().await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let input = json!({"email": email, "password": "wrong password"});
        let outcome = run(&town.client, "logIn { session { accessToken } userErrors { code field } }", input).await;
        assert_eq!(outcome, json!({"session": null, "userErrors": [{"code": "WRONG_CREDENTIALS", "field": null}]}));
    }
}

#[tokio::test]
async fn each_mutation_of_a_document_sees_the_truth() {
    let town = Town::start().await;
    let ada = town.sign_in("ada").await;
    let data = ada.run("{ user(by: {handle: \"grace\"}) { id } posts(first: 1) { nodes { id } } }").await.data();
    let (grace, post) = (&data["user"]["id"], &data["posts"]["nodes"][0]["id"]);
    let document = format!(
        "mutation {{
            u0: unlikePost(input: {{postId: {post}}}) {{ post {{ viewerLikes likeCount }} }}
            l1: likePost(input: {{postId: {post}}}) {{ post {{ viewerLikes likeCount }} }}
            l2: likePost(input: {{postId: {post}}}) {{ post {{ viewerLikes likeCount }} }}
            u3: unlikePost(input: {{postId: {post}}}) {{ post {{ viewerLikes likeCount }} }}
            f0: unfollowUser(input: {{userId: {grace}}}) {{ user {{ viewerFollows followerCount }} }}
            f1: followUser(input: {{userId: {grace}}}) {{ user {{ viewerFollows followerCount }} }}
            c: addComment(input: {{postId: {post}, body: \"hi\"}}) {{ comment {{ body author {{ handle }} }} post {{ commentCount comments(first: 1) {{ nodes {{ body }} }} }} }}
        }}"
    );
    let data = ada.run(&document).await.data();
    let likes = data["u0"]["post"]["likeCount"].as_i64().unwrap();
    let post = |key: &str| data[key]["post"].clone();
    assert_eq!(post("u0")["viewerLikes"], json!(false));
    assert_eq!(post("l1"), json!({"viewerLikes": true, "likeCount": likes + 1}));
    assert_eq!(post("l2"), json!({"viewerLikes": true, "likeCount": likes + 1}), "doing it again changes nothing");
    assert_eq!(post("u3"), json!({"viewerLikes": false, "likeCount": likes}));
    let followers = data["f0"]["user"]["followerCount"].as_i64().unwrap();
    assert_eq!(data["f1"]["user"], json!({"viewerFollows": true, "followerCount": followers + 1}));
    assert_eq!(data["c"]["comment"], json!({"body": "hi", "author": {"handle": "ada"}}));
    assert_eq!(data["c"]["post"]["comments"]["nodes"][0]["body"], "hi");
}
