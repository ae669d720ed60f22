//! Following: once or often, one at a time or all at once, the counts are those of the list.

use chassis::testing::{Reply, members};
use contract::{UserId, token::Role};
use futures::future::join_all;

use crate::town::{Town, user};

async fn set(town: &Town, token: &str, method: &str, path: &str) -> Reply {
    town.send(town.request(method, path).bearer_auth(token)).await
}

fn path(follower: UserId, followed: UserId) -> String {
    format!("/v1/users/{follower}/following/{followed}")
}

/// The users of the towns have as many followers as their numbers to begin with.
const OF_THREE: i64 = 3;

#[tokio::test]
async fn following_again_changes_nothing_and_neither_does_ending_it_again() {
    let town = Town::of(3).await;
    let token = town.token(2, Role::Member).await;
    for _ in 0..2 {
        assert_eq!(set(&town, &token, "PUT", &path(user(2), user(3))).await.status, 204);
        assert_eq!((town.counts(user(3)).await.0, town.counts(user(2)).await.1), (OF_THREE + 1, 1));
    }
    let list = town.get(&format!("/v1/followers/by-user?user_ids={}", user(3))).await;
    assert_eq!(members(&list.json["pages"][user(3).to_string()], "handle"), ["User_2"]);
    for _ in 0..2 {
        assert_eq!(set(&town, &token, "DELETE", &path(user(2), user(3))).await.status, 204);
        assert_eq!((town.counts(user(3)).await.0, town.counts(user(2)).await.1), (OF_THREE, 0));
    }
    assert_eq!(town.get(&format!("/v1/users/{}", user(2))).await.json["version"], 1);
}

#[tokio::test]
async fn twenty_at_once_at_two_instances_count_once() {
    let town = Town::of(3).await;
    let other = town.beside().await;
    let (token, second_to_third) = (town.token(2, Role::Member).await, path(user(2), user(3)));
    for (method, followers, following) in [("PUT", OF_THREE + 1, 1), ("DELETE", OF_THREE, 0)] {
        let instance = |number: usize| if number.is_multiple_of(2) { &town } else { &other };
        let follows = (0..20).map(|number| set(instance(number), &token, method, &second_to_third));
        assert!(join_all(follows).await.iter().all(|reply| reply.status == 204));
        assert_eq!((town.counts(user(3)).await.0, town.counts(user(2)).await.1), (followers, following), "{method}");
    }
}

#[tokio::test]
async fn everybody_may_follow_everybody_at_once() {
    let town = Town::of(6).await;
    let tokens = join_all((1..=6).map(|number| town.token(number, Role::Member))).await;
    let pairs = (1..=6).flat_map(|a| (1..=6).filter(move |b| a != *b).map(move |b| (a, b)));
    let follows =
        pairs.map(async |(a, b)| set(&town, &tokens[usize::from(a) - 1], "PUT", &path(user(a), user(b))).await);
    assert!(join_all(follows).await.iter().all(|reply| reply.status == 204));
    for number in 1..=6 {
        assert_eq!(town.counts(user(number)).await, (i64::from(number) + 5, 5));
    }
}

#[tokio::test]
async fn whom_somebody_follows_is_their_own_choice() {
    let town = Town::of(3).await;
    let (member, admin) = (town.token(2, Role::Member).await, town.token(1, Role::Admin).await);
    for method in ["PUT", "DELETE"] {
        assert_eq!(set(&town, &admin, method, &path(user(2), user(3))).await.code(), "FORBIDDEN");
        let oneself = set(&town, &member, method, &path(user(2), user(2))).await;
        assert_eq!((oneself.status, oneself.fields().as_slice()), (422, ["other"].as_slice()));
        assert_eq!(set(&town, &member, method, &path(user(2), user(9))).await.status, 404);
        assert_eq!(set(&town, &member, method, &path(user(9), user(2))).await.status, 404);
        let post = format!("/v1/users/{}/following/{}", user(2), user(3)).replace("following/usr", "following/pst");
        assert_eq!(town.send(town.request(method, &post).bearer_auth(&member)).await.status, 400);
        let anonymous = town.request(method, &format!("/v1/users/{}/following/{}", user(2), user(3)));
        assert_eq!(town.send(anonymous).await.status, 401);
    }
    assert_eq!(town.counts(user(3)).await.0, OF_THREE);
}
