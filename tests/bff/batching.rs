//! No N+1: the exact number of calls that a query costs, whatever the size of its lists.

use std::collections::BTreeSet;

use harness::stub::{Gate, Services, counts};
use harness::town::Sizes;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn nested_lists_are_one_call_a_level() {
    let app = App::of(Sizes { users: 60, ..Sizes::default() }).await;
    let data = app.client.run("{ users(first: 50) { nodes { posts(first: 3) { nodes { title } } } } }").await.data();
    assert_eq!(data["users"]["nodes"].as_array().unwrap().len(), 50);
    let expected = counts([("GET /v1/users", 1), ("GET /v1/posts/by-author", 1)]);
    assert_eq!(app.services.counts(), expected);
    let call = &app.services.calls_of("GET /v1/posts/by-author")[0];
    assert_eq!((call.keys.len(), call.query["first"].as_str()), (50, "3"));
}

#[tokio::test]
async fn four_levels_over_two_services_are_a_call_for_each_route_and_hundred_keys() {
    let app = App::start().await;
    let query = "{ users(first: 30) { nodes { posts(first: 4) { nodes {
        author { handle } commentCount likeCount comments(first: 2) { nodes { author { name } } } } } } } }";
    app.client.run(query).await.data();
    let expected = [
        ("GET /v1/users", 1),
        ("GET /v1/posts/by-author", 1),
        // Thirty people, each fetched once although they are authors of posts and of comments.
        ("GET /v1/users?ids", 1),
        // 120 posts.
        ("GET /v1/comments/by-post", 2),
        ("GET /v1/comments/counts", 2),
        ("GET /v1/likes/counts", 2),
    ];
    assert_eq!(app.services.counts(), counts(expected));
}

#[tokio::test]
async fn a_level_of_long_lists_within_long_lists_leaves_as_one_batch() {
    let app = App::of(Sizes { users: 40, posts: 1_600, comments: 0, orders: 0 }).await;
    let query = "{ users(first: 40) { nodes { posts(first: 40) { nodes { likeCount } } } } }";
    app.client.run(query).await.data();
    let expected = [("GET /v1/users", 1), ("GET /v1/posts/by-author", 1), ("GET /v1/likes/counts", 16)];
    assert_eq!(app.services.counts(), counts(expected));
}

#[tokio::test]
async fn aliases_with_other_arguments_are_a_call_each_and_with_the_same_ones_none_more() {
    let app = App::start().await;
    let query = "{ users(first: 10) { nodes {
        one: posts(first: 1) { nodes { id } } two: posts(first: 2) { nodes { id } } again: posts(first: 1) { nodes { title } }
    } } }";
    let data = app.client.run(query).await.data();
    let user = &data["users"]["nodes"][0];
    let sizes = ["one", "two", "again"].map(|alias| user[alias]["nodes"].as_array().unwrap().len());
    assert_eq!(sizes, [1, 2, 1]);
    assert_eq!(app.services.counts(), counts([("GET /v1/users", 1), ("GET /v1/posts/by-author", 2)]));
}

#[tokio::test]
async fn fragments_cost_what_the_fields_in_them_cost() {
    let app = App::start().await;
    let query = "query { users(first: 10) { nodes { ...A ... on User { posts(first: 2) { nodes { ...B } } } } } }
        fragment A on User { posts(first: 2) { nodes { title author { handle } } } postCount }
        fragment B on Post { likeCount author { name } }";
    app.client.run(query).await.data();
    let expected = [
        ("GET /v1/users", 1),
        ("GET /v1/posts/by-author", 1),
        ("GET /v1/posts/counts", 1),
        ("GET /v1/users?ids", 1),
        ("GET /v1/likes/counts", 1),
    ];
    assert_eq!(app.services.counts(), counts(expected));
}

#[tokio::test]
async fn nodes_of_four_kinds_are_a_call_a_kind() {
    let app = App::start().await;
    let ids = {
        let town = app.services.town();
        json!([town.users[5].id, town.posts[0].id, town.posts[1].id, town.comments[100].id, town.orders[1].id])
    };
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
        ... on User { handle } ... on Post { author { handle } }
        ... on Comment { author { handle } post { title } } ... on Order { number buyer { handle } } } }";
    let data = app.person(0).run_with(query, json!({"ids": ids})).await.data();
    let kinds: Vec<_> = data["nodes"].as_array().unwrap().iter().map(|node| node["__typename"].as_str()).collect();
    assert_eq!(kinds, ["User", "Post", "Post", "Comment", "Order"].map(Some));
    let expected =
        [("GET /v1/users?ids", 2), ("GET /v1/posts?ids", 2), ("GET /v1/comments?ids", 1), ("GET /v1/orders?ids", 1)];
    assert_eq!(app.services.counts(), counts(expected));
    assert_no_id_twice(&app.services, "GET /v1/users?ids");
    assert_no_id_twice(&app.services, "GET /v1/posts?ids");
}

#[tokio::test]
async fn a_user_who_is_everywhere_is_fetched_once() {
    let app = App::start().await;
    let (ada, post) = {
        let town = app.services.town();
        (town.users[1].id, town.posts_of(town.users[1].id)[0].id)
    };
    let query = "query($user: ID!, $post: ID!) {
        viewer { handle } user(by: {id: $user}) { handle } node(id: $user) { ... on User { name } }
        post(id: $post) { author { handle posts(first: 5) { nodes { author { name } } } } }
        posts(first: 100) { nodes { author { handle } } }
    }";
    app.person(1).run_with(query, json!({"user": ada, "post": post})).await.data();
    assert_no_id_twice(&app.services, "GET /v1/users?ids");
}

#[tokio::test]
async fn a_user_whose_fetch_is_under_way_is_not_fetched_again_from_another_level() {
    let app = App::start().await;
    let (author, post) = {
        let town = app.services.town();
        (town.posts[7].author_id, town.posts[7].id)
    };
    let users = Gate::closed();
    let counted = Gate::closed();
    app.services.gate(&["GET /v1/users?ids"], &users);
    app.services.gate(&["GET /v1/comments/counts"], &counted);
    let query = "query($user: ID!, $post: ID!) {
        user(by: {id: $user}) { handle } post(id: $post) { author { handle } commentCount } }";
    let open = async {
        // The level of `author` has left, with the first fetch of that user still under way.
        counted.arrived(1).await;
        users.open();
        counted.open();
    };
    let variables = json!({"user": author, "post": post});
    let (answer, ()) = tokio::join!(app.client.run_with(query, variables), open);
    let data = answer.data();
    assert_eq!(data["user"], data["post"]["author"]);
    assert_eq!(app.services.calls_of("GET /v1/users?ids").len(), 1);
}

#[tokio::test]
async fn a_page_of_a_hundred_is_one_call_a_route() {
    let app = App::of(Sizes { users: 120, ..Sizes::default() }).await;
    let data = app.client.run("{ posts(first: 100) { nodes { author { handle } likeCount } } }").await.data();
    assert_eq!(data["posts"]["nodes"].as_array().unwrap().len(), 100);
    let expected = [("GET /v1/posts", 1), ("GET /v1/users?ids", 1), ("GET /v1/likes/counts", 1)];
    assert_eq!(app.services.counts(), counts(expected));
}

#[tokio::test]
async fn more_than_a_hundred_ids_are_calls_of_a_hundred_in_flight_together() {
    let app = App::of(Sizes { users: 60, posts: 240, ..Sizes::default() }).await;
    let together = Gate::together(3);
    app.services.gate(&["GET /v1/likes/counts"], &together);
    app.client.run("{ users(first: 60) { nodes { posts(first: 4) { nodes { likeCount } } } } }").await.data();
    let mut sizes: Vec<_> = app.services.calls_of("GET /v1/likes/counts").iter().map(|call| call.keys.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [40, 100, 100]);
}

#[tokio::test]
async fn counts_and_the_viewer_s_flags_are_batched_too() {
    let app = App::start().await;
    let query = "{ posts(first: 50) { nodes { likeCount commentCount viewerLikes
        author { viewerFollows followerCount followingCount postCount } } } }";
    let data = app.person(1).run(query).await.data();
    let expected = [
        ("GET /v1/posts", 1),
        ("GET /v1/likes/counts", 1),
        ("GET /v1/comments/counts", 1),
        ("GET /v1/likes", 1),
        ("GET /v1/users?ids", 1),
        ("GET /v1/follows?ids", 1),
        ("GET /v1/users/counts?ids", 1),
        ("GET /v1/posts/counts", 1),
    ];
    assert_eq!(app.services.counts(), counts(expected));
    let flags = |name: &str| -> BTreeSet<String> {
        let nodes = data["posts"]["nodes"].as_array().unwrap();
        nodes.iter().map(|post| post.pointer(name).unwrap().to_string()).collect()
    };
    let both = BTreeSet::from(["false".to_owned(), "true".to_owned()]);
    assert_eq!((flags("/viewerLikes"), flags("/author/viewerFollows")), (both.clone(), both));
}

#[tokio::test]
async fn an_anonymous_caller_s_flags_cost_nothing() {
    let app = App::start().await;
    let query = "{ viewer { email } posts(first: 5) { nodes { viewerLikes author { viewerFollows email } } } }";
    app.client.run(query).await;
    assert_eq!(app.services.counts(), counts([("GET /v1/posts", 1), ("GET /v1/users?ids", 1)]));
}

#[tokio::test]
async fn calls_to_different_services_at_one_level_are_in_flight_together() {
    let app = App::start().await;
    let (roots, edges) = (Gate::together(3), Gate::together(3));
    app.services.gate(&["GET /v1/users", "GET /v1/posts", "GET /v1/orders?ids"], &roots);
    app.services.gate(&["GET /v1/followers/by-user", "GET /v1/posts/by-author", "GET /v1/orders/by-buyer"], &edges);
    let order = app.services.town().orders[1].id;
    let query = "query($order: ID!) {
        users(first: 1) { nodes { id } } posts(first: 1) { nodes { id } } order(id: $order) { number }
        viewer { followers(first: 1) { nodes { id } } posts(first: 1) { nodes { id } } orders(first: 1) { nodes { id } } }
    }";
    app.person(1).run_with(query, json!({"order": order})).await.data();
    assert_eq!(app.services.calls().len(), 7);
}

#[tokio::test]
async fn three_services_deep_is_a_call_a_level() {
    let app = App::start().await;
    let query = "{ viewer { orders(first: 10) { nodes { items { post { author { posts(first: 2) { nodes { title } } } }
        seller { handle } } buyer { name } } } } }";
    app.person(1).run(query).await.data();
    let expected = [
        // The viewer; sellers, buyers being known; authors are the sellers.
        ("GET /v1/users?ids", 2),
        ("GET /v1/orders/by-buyer", 1),
        ("GET /v1/posts?ids", 1),
        ("GET /v1/posts/by-author", 1),
    ];
    assert_eq!(app.services.counts(), counts(expected));
}

#[tokio::test]
async fn a_mutation_field_repeated_through_fragments_runs_once() {
    let app = App::start().await;
    let mutation = "mutation { ...A ...B publishPost(input: {title: \"t\", body: \"b\"}) { userErrors { code } } }
        fragment A on Mutation { publishPost(input: {title: \"t\", body: \"b\"}) { post { id } } }
        fragment B on Mutation { ... on Mutation { publishPost(input: {title: \"t\", body: \"b\"}) { post { title } } } }";
    let data = app.person(1).run(mutation).await.data();
    assert_eq!(data["publishPost"]["post"]["title"], "t");
    assert_eq!(app.services.calls_of("POST /v1/posts").len(), 1);
}

#[tokio::test]
async fn each_root_field_of_a_mutation_sees_the_truth() {
    let app = App::start().await;
    let (post, user) = {
        let town = app.services.town();
        let new = |post: &&harness::town::Post| !town.likes.contains(&(town.users[1].id, post.id));
        let stranger = town.users.iter().find(|user| !town.follows.contains(&(town.users[1].id, user.id)));
        (town.posts.iter().find(new).unwrap().id, stranger.unwrap().id)
    };
    let mutation = "mutation($post: ID!, $user: ID!) {
        like: likePost(input: {postId: $post}) { post { viewerLikes likeCount } }
        unlike: unlikePost(input: {postId: $post}) { post { viewerLikes likeCount } }
        follow: followUser(input: {userId: $user}) { user { viewerFollows followerCount } }
        unfollow: unfollowUser(input: {userId: $user}) { user { viewerFollows followerCount } }
        edit: updateProfile(input: {name: \"Renamed\"}) { user { name } }
        said: addComment(input: {postId: $post, body: \"hear\"}) { comment { body author { name } } post { commentCount } }
    }";
    let data = app.person(1).run_with(mutation, json!({"post": post, "user": user})).await.data();
    let likes = data["unlike"]["post"]["likeCount"].as_i64().unwrap();
    assert_eq!(data["like"]["post"], json!({"viewerLikes": true, "likeCount": likes + 1}));
    assert_eq!(data["unlike"]["post"]["viewerLikes"], false);
    let followers = data["unfollow"]["user"]["followerCount"].as_i64().unwrap();
    assert_eq!(data["follow"]["user"], json!({"viewerFollows": true, "followerCount": followers + 1}));
    assert_eq!(data["unfollow"]["user"]["viewerFollows"], false);
    assert_eq!(data["said"]["comment"]["author"]["name"], "Renamed");
    assert_eq!(data["said"]["post"]["commentCount"], 3);
}

fn assert_no_id_twice(services: &Services, route: &str) {
    let ids: Vec<String> = services.calls_of(route).into_iter().flat_map(|call| call.keys).collect();
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
}
