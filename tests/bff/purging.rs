//! What a kept answer is thrown away by: a tag for each object and list that it shows, and for what it says is not there.

use std::collections::BTreeSet;

use harness::client::Answer;
use serde_json::Value;

use crate::app::App;
use crate::caching::{assert_kept, got};

fn tags(answer: &Answer) -> BTreeSet<String> {
    let tags: Vec<_> = answer.header("surrogate-key").unwrap().split(' ').map(str::to_owned).collect();
    let set: BTreeSet<_> = tags.iter().cloned().collect();
    assert_eq!(set.len(), tags.len(), "a tag stands there twice: {tags:?}");
    set
}

fn set<T: ToString>(tags: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    tags.into_iter().map(|tag| tag.to_string()).collect()
}

#[tokio::test]
async fn tags_name_every_object_and_list_also_without_their_ids_in_the_selection() {
    let app = App::start().await;
    let query = "{ posts(first: 3) { nodes { title author { name } comments(first: 1) { nodes { body } } } } }";
    let answer = got(&app, query).await;
    let expected = {
        let town = app.services.town();
        let mut expected = set(["posts"]);
        for post in town.posts.iter().rev().take(3) {
            expected.extend([post.id.to_string(), post.author_id.to_string(), format!("{}:comments", post.id)]);
            let newest = town.comments.iter().rev().find(|comment| comment.post_id == post.id).unwrap();
            expected.insert(newest.id.to_string());
        }
        expected
    };
    assert_eq!(tags(&answer), expected);
}

#[tokio::test]
async fn lists_and_counts_of_a_user_have_their_tags() {
    let app = App::start().await;
    let user = app.services.town().users[3].id;
    let of = |fields: &str| format!("{{ user(by: {{ id: \"{user}\" }}) {{ {fields} }} }}");
    for (fields, list) in [
        ("followers(first: 1) { pageInfo { endCursor } }", "followers"),
        ("following(first: 1) { pageInfo { endCursor } }", "following"),
        ("posts(first: 1) { pageInfo { endCursor } }", "posts"),
    ] {
        let tags = tags(&got(&app, &of(fields)).await);
        assert!(tags.is_superset(&set([user.to_string(), format!("{user}:{list}")])), "{tags:?}");
        // And whoever is on the page, since its cursors are theirs.
        assert_eq!(tags.len(), 3, "{tags:?}");
    }
    // A count is a field of its object.
    let counts = got(&app, &of("postCount followerCount followingCount")).await;
    assert_eq!(tags(&counts), set([user]));
    let post = app.services.town().posts[3].id;
    let counts = got(&app, &format!("{{ post(id: \"{post}\") {{ likeCount commentCount }} }}")).await;
    assert_eq!(tags(&counts), set([post]));
    assert!(tags(&got(&app, "{ users(first: 1) { pageInfo { hasNextPage } } }").await).contains("users"));
}

#[tokio::test]
async fn what_does_not_exist_is_tagged_by_what_was_asked_for() {
    let app = App::start().await;
    let (post, user) = ("pst_00000000000070008000000000000000", "usr_00000000000070008000000000000000");
    let answer = got(&app, &format!("{{ post(id: \"{post}\") {{ title }} }}")).await;
    assert_eq!(answer.data()["post"], Value::Null);
    assert_kept(&answer, "a post that is not there");
    assert_eq!(tags(&answer), set([post]));
    let answer = got(&app, &format!("{{ user(by: {{ id: \"{user}\" }}) {{ name }} }}")).await;
    assert_eq!((answer.data()["user"].clone(), tags(&answer)), (Value::Null, set([user])));
    // Nobody has the handle: whoever takes it joins the list of all users.
    let answer = got(&app, "{ user(by: { handle: \"nobody\" }) { name } }").await;
    assert_eq!((answer.data()["user"].clone(), tags(&answer)), (Value::Null, set(["users"])));
    // An edge to what is gone names it.
    let (id, author) = {
        let mut town = app.services.town();
        let author = town.posts[4].author_id;
        town.users.retain(|user| user.id != author);
        (town.posts[4].id, author)
    };
    let answer = got(&app, &format!("{{ post(id: \"{id}\") {{ author {{ name }} }} }}")).await;
    assert_eq!(answer.data()["post"]["author"], Value::Null);
    assert_eq!(tags(&answer), set([id.to_string(), author.to_string()]));
    // A list without anything in it, too.
    let answer = got(&app, "{ posts(filter: { tag: \"none\" }) { nodes { title } } }").await;
    assert_eq!(tags(&answer), set(["posts"]));
}

#[tokio::test]
async fn more_than_three_kibibytes_of_tags_become_those_of_the_types() {
    let app = App::start().await;
    let page = |first: usize| format!("{{ posts(first: {first}) {{ nodes {{ title }} }} }}");
    // `posts`, and as many times a space and an id of 36 characters as fit.
    let most = (3 * 1024 - "posts".len()) / 37;
    let answer = got(&app, &page(most)).await;
    assert_eq!(tags(&answer).len(), 1 + most);
    assert!(answer.header("surrogate-key").unwrap().len() <= 3 * 1024);
    let answer = got(&app, &page(most + 1)).await;
    assert_kept(&answer, "many");
    assert_eq!(tags(&answer), set(["Post"]));
    let answer = got(&app, "{ posts(first: 100) { nodes { author { name } comments { nodes { body } } } } }").await;
    assert_eq!(tags(&answer), set(["Comment", "Post", "User"]));
}
