//! Mutations: what each caller is allowed to do.

use harness::client::Answer;
use serde_json::{Value, json};

use super::{CALLERS, World, rule, schema};
use crate::town::{Town, texts};

/// How a mutation went for its caller.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Allowed,
    Missing,
    Refused(String),
}

fn verdict(answer: &Answer, mutation: &str) -> Verdict {
    if let Some(error) = answer.errors().first() {
        return Verdict::Refused(error.split(' ').next().unwrap_or_default().to_owned());
    }
    let errors = texts(&answer.json()["data"][mutation]["userErrors"], "/code");
    match errors.first().map(String::as_str) {
        // What the order's state forbids was allowed to the caller.
        None | Some("WRONG_STATE") => Verdict::Allowed,
        Some("NOT_FOUND") => Verdict::Missing,
        Some(other) => panic!("{mutation}: {other}: {}", answer.text),
    }
}

fn expected_verdict(rule: &str, caller: &str) -> Verdict {
    let refused = |code: &str| Verdict::Refused(code.into());
    match (rule, caller) {
        ("ANYONE", _) => Verdict::Allowed,
        (_, "anonymous") => refused("UNAUTHENTICATED"),
        ("SIGNED_IN", _) | (_, "admin") => Verdict::Allowed,
        ("AUTHOR_OR_ADMIN" | "BUYER_OR_ADMIN" | "PARTY_OR_ADMIN", "ada") => Verdict::Allowed,
        ("SELLER_OR_ADMIN" | "PARTY_OR_ADMIN", "seller") => Verdict::Allowed,
        ("SELLER_OR_ADMIN", "ada") | ("BUYER_OR_ADMIN", "seller") | ("AUTHOR_OR_ADMIN", _) => refused("FORBIDDEN"),
        _ => Verdict::Missing,
    }
}

#[tokio::test]
async fn every_mutation_is_done_for_whom_its_rule_names() {
    let town = Town::start().await;
    let world = World::new(&town).await;
    let schema = schema();
    let mutations = schema.get_object("Mutation").unwrap();
    // What ends a session or takes the post away comes last.
    let last = |name: &str| matches!(name, "deletePost" | "logOut");
    let (end, begin): (Vec<_>, Vec<_>) = mutations.fields.iter().partition(|(name, _)| last(name));
    for (name, field) in begin.into_iter().chain(end) {
        // Refusals first: who is allowed may change what the next caller finds.
        let mut callers = CALLERS;
        callers.sort_by_key(|caller| expected_verdict(rule(field), caller) == Verdict::Allowed);
        for caller in callers {
            if name == "deletePost" && caller == "admin" {
                continue; // ada has deleted it by then; admins are shown in `mutations.rs`.
            }
            let input = input(&world, name, caller);
            let (head, argument) = match &field.arguments.first() {
                Some(argument) => (format!("($input: {})", argument.ty), "(input: $input)"),
                None => (String::new(), ""),
            };
            let query = format!("mutation{head} {{ {name}{argument} {{ userErrors {{ code }} }} }}");
            let answer = world.clients[caller].run_with(&query, json!({ "input": input })).await;
            let at = format!("{name} as {caller}: {}", answer.text);
            assert_eq!(verdict(&answer, name), expected_verdict(rule(field), caller), "{at}");
            // 401 only when nothing else could run.
            let status = if matches!(&verdict(&answer, name), Verdict::Refused(code) if code == "UNAUTHENTICATED") {
                401
            } else {
                200
            };
            assert_eq!(answer.status, status, "{at}");
        }
    }
}

fn input(world: &World, mutation: &str, caller: &str) -> Value {
    let (post, order) = (&world.post, &world.order);
    match mutation {
        "signUp" => {
            json!({"handle": format!("new_{caller}"), "name": "New", "email": format!("new_{caller}@example.com"), "password": "long enough"})
        }
        "logIn" => json!({"email": "grace@example.com", "password": demo::PASSWORD}),
        "refreshSession" => json!({"refreshToken": world.refresh_tokens[caller]}),
        "logOut" => Value::Null,
        "updateProfile" => json!({"bio": "changed"}),
        "followUser" | "unfollowUser" => json!({"userId": if caller == "seller" { &world.ada } else { &world.seller }}),
        "publishPost" => json!({"title": "t", "body": "b"}),
        "editPost" => json!({"postId": post, "title": "changed"}),
        "deletePost" => json!({"postId": post}),
        "addComment" => json!({"postId": post, "body": "b"}),
        "likePost" | "unlikePost" => json!({"postId": post}),
        "placeOrder" => {
            json!({"items": [{"postId": if caller == "seller" { &world.ada_sells } else { &world.seller_sells }, "quantity": 1}], "idempotencyKey": caller})
        }
        "cancelOrder" | "shipOrder" | "deliverOrder" => json!({"orderId": order}),
        other => panic!("no input for {other}"),
    }
}
