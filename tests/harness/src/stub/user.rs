//! What the user service answers.

use contract::UserId;
use serde_json::{Value, json};

use super::call::Call;
use super::page::{self, Item, item};
use super::server::{Answer, refused};
use crate::token::Bearer;
use crate::town::{Town, User};

/// The password of everybody in the town.
pub const PASSWORD: &str = "tessera-demo";

pub(super) fn answer(town: &mut Town, call: &Call) -> Answer {
    let by_id = |user: &User| item(user.id, user);
    match call.route.as_str() {
        "GET /v1/users?ids" => page::by_keys(call, town.users.iter().map(by_id)),
        "GET /v1/users?handles" => page::by_keys(call, town.users.iter().map(|user| item(&user.handle, user))),
        "GET /v1/users" => page::of_list(call, town.users.iter().rev().map(by_id).collect()),
        "GET /v1/followers/by-user" => page::of_parents(call, |user| followers(town, user)),
        "GET /v1/following/by-user" => page::of_parents(call, |user| following(town, user)),
        "GET /v1/users/counts?ids" => page::counts(call, |user| follow_counts(town, user)),
        "POST /v1/sessions" => log_in(town, call),
        "POST /v1/users" => sign_up(town, call),
        "POST /v1/sessions/refresh" => (201, session(&town.users[1])),
        _ => match Bearer::of(call) {
            Some(caller) => private(town, call, caller),
            None => refused(401, "UNAUTHENTICATED"),
        },
    }
}

fn private(town: &mut Town, call: &Call, caller: Bearer) -> Answer {
    match call.route.as_str() {
        "GET /v1/accounts?ids" => {
            let visible = town.users.iter().filter(|user| caller.admin || user.id == caller.id);
            let role = |user: &User| if user.admin { "admin" } else { "member" };
            let account = |user: &User| json!({"id": user.id, "email": user.email, "role": role(user)});
            let accounts: Vec<Item> = visible.map(|user| item(user.id, &account(user))).collect();
            page::by_keys(call, accounts.into_iter())
        }
        "GET /v1/follows?ids" => {
            page::flags(call, |other| other.parse().is_ok_and(|other| town.follows.contains(&(caller.id, other))))
        }
        "PUT /v1/users/{id}/following/{id}" => follow(town, call, true),
        "DELETE /v1/users/{id}/following/{id}" => follow(town, call, false),
        "PATCH /v1/users/{id}" => {
            let user = town.users.iter_mut().find(|user| user.id == caller.id).unwrap();
            if let Some(name) = call.body["name"].as_str() {
                user.name = name.into();
            }
            if let Some(bio) = call.body.get("bio") {
                user.bio = bio.as_str().map(str::to_owned);
            }
            (200, item(user.id, user).1)
        }
        "DELETE /v1/sessions/current" => (204, Value::Null),
        _ => refused(404, "NOT_FOUND"),
    }
}

fn follow(town: &mut Town, call: &Call, follow: bool) -> Answer {
    let pair = (call.segment(3).parse().unwrap(), call.segment(5).parse().unwrap());
    if !town.users.iter().any(|user| user.id == pair.1) {
        return refused(404, "NOT_FOUND");
    }
    if follow {
        town.follows.insert(pair)
    } else {
        town.follows.remove(&pair)
    };
    (204, Value::Null)
}

fn log_in(town: &Town, call: &Call) -> Answer {
    let user = town.users.iter().find(|user| call.body["email"] == user.email.as_str());
    match user.filter(|_| call.body["password"] == PASSWORD) {
        Some(user) => (201, session(user)),
        None => refused(401, "WRONG_CREDENTIALS"),
    }
}

fn sign_up(town: &mut Town, call: &Call) -> Answer {
    if town.users.iter().any(|user| call.body["handle"] == user.handle.as_str()) {
        let mut taken = refused(409, "TAKEN");
        taken.1["error"]["details"] = json!([{"field": "handle", "issue": "belongs to somebody else"}]);
        return taken;
    }
    (201, session(&town.users[1]))
}

fn session(user: &User) -> Value {
    json!({"access_token": "an access token", "refresh_token": "a refresh token",
        "expires_at": "2030-01-01T00:00:00.000Z", "user": user})
}

fn followers(town: &Town, of: &str) -> Vec<Item> {
    people(town, |user, of| town.follows.contains(&(user, of)), of)
}

fn following(town: &Town, of: &str) -> Vec<Item> {
    people(town, |user, of| town.follows.contains(&(of, user)), of)
}

fn people(town: &Town, are: impl Fn(UserId, UserId) -> bool, of: &str) -> Vec<Item> {
    let Ok(of) = of.parse() else { return Vec::new() };
    town.users.iter().rev().filter(|user| are(user.id, of)).map(|user| item(user.id, user)).collect()
}

fn follow_counts(town: &Town, user: &str) -> Option<Value> {
    let user = town.users.iter().map(|known| known.id).find(|id| id.to_string() == user)?;
    let followers = town.follows.iter().filter(|(_, followed)| *followed == user).count();
    let following = town.follows.iter().filter(|(follower, _)| *follower == user).count();
    Some(json!({"followers": followers, "following": following}))
}
