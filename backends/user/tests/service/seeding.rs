//! Demo data in bulk: fast, and no different from what signing up and following leave.

use chassis::testing::members;
use std::time::Instant;

use contract::{Time, UserId, token::Role};
use user_service::seed::{FollowSeed, UserSeed, hash_password, seed_follows, seed_users};

use crate::town::{PASSWORD, Town, user, user_of};

const USERS: usize = 10_000;
const FOLLOWS: usize = 100_000;

fn id(number: usize) -> UserId {
    UserId::from_parts(Time::from_millis(1_600_000_000_000), number as u128)
}

fn person(number: usize) -> UserSeed {
    let fits = |number: usize| (FOLLOWS / USERS) as i64 + i64::from(number == 0);
    UserSeed {
        id: id(number),
        handle: format!("Maker_{number}"),
        name: format!("Maker {number}"),
        email: format!("Maker_{number}@example.com"),
        role: if number == 0 { Role::Admin } else { Role::Member },
        avatar_url: Some("https://images.example.com/a.png".into()),
        bio: None,
        created_at: Time::from_millis(1_600_000_000_000 + number as i64),
        follower_count: fits(number),
        following_count: fits(number),
    }
}

#[tokio::test]
async fn many_users_and_follows_are_there_in_a_moment() {
    let town = Town::of(0).await;
    let hash = hash_password(PASSWORD).unwrap();
    let started = Instant::now();
    seed_users(&town.database, &hash, (0..USERS).map(person)).await.unwrap();
    let follow = |number: usize| FollowSeed {
        follower_id: id(number % USERS),
        followed_id: id((number % USERS + number / USERS + 1) % USERS),
        created_at: Time::from_millis(1_700_000_000_000 + number as i64),
    };
    seed_follows(&town.database, (0..FOLLOWS).map(follow)).await.unwrap();
    println!("{USERS} users and {FOLLOWS} follows in {:?}", started.elapsed());

    let session = town.send(town.log_in("maker_0@EXAMPLE.com", PASSWORD)).await;
    assert_eq!((session.status, user_of(&session)), (201, id(0)));
    let accounts = town.get_as(session.text("access_token"), &format!("/v1/accounts?ids={}", id(7))).await;
    assert_eq!(accounts.json["items"][0]["role"], "member", "seen by the seeded admin");
    let followed = town.get(&format!("/v1/following/by-user?user_ids={}", id(5))).await;
    assert_eq!(followed.json["pages"][id(5).to_string()]["items"].as_array().unwrap().len(), FOLLOWS / USERS);
    assert_eq!(members(&town.get("/v1/users?handles=MAKER_9999").await.json, "handle"), ["Maker_9999"]);
}

#[tokio::test]
async fn all_rows_or_none() {
    let town = Town::of(1).await;
    let twice = (0..1_000).map(|number| person(number % 999));
    assert!(seed_users(&town.database, "", twice).await.is_err());
    assert_eq!(members(&town.get("/v1/users").await.json, "handle"), ["User_1"]);
    assert_eq!(town.get(&format!("/v1/users/{}", user(1))).await.status, 200);
}
