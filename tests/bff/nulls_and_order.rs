//! Answers have the order of the selection, and nulls exactly where the specification puts them (section 6.4.4).

use harness::stub::{Gate, counts};
use serde_json::{Value, json};

use crate::app::App;

const UNKNOWN: &str = "ffffffffffff7fff8fffffffffffffff";

#[tokio::test]
async fn fields_come_in_the_order_of_the_selection() {
    let app = App::start().await;
    let id = app.services.town().posts[0].id;
    // `users` is answered last.
    let (users, posts) = (Gate::closed(), Gate::closed());
    app.services.gate(&["GET /v1/users"], &users);
    app.services.gate(&["GET /v1/users?ids"], &posts);
    let query = format!(
        "{{ users(first: 1) {{ pageInfo {{ hasPreviousPage hasNextPage }} nodes {{ name handle }} }} __typename
            b: post(id: \"{id}\") {{ title ...F id a: author {{ name handle }} title }} }}
        fragment F on Post {{ offer {{ soldOut stock price {{ currency amount }} }} tags title }}"
    );
    let in_turn = async {
        posts.arrived(1).await;
        posts.open();
        users.open();
    };
    let (answer, ()) = tokio::join!(app.client.run(&query), in_turn);
    let expected = format!(
        r#"{{"data":{{"users":{{"pageInfo":{{"hasPreviousPage":false,"hasNextPage":true}},"nodes":[{{"name":"User Number 29","handle":"user29"}}]}},"__typename":"Query","b":{{"title":"Post 0","offer":{{"soldOut":false,"stock":3,"price":{{"currency":"EUR","amount":"10.00"}}}},"tags":["all","t0"],"id":"{id}","a":{{"name":"User Number 0","handle":"user0"}}}}}}}}"#
    );
    assert_eq!(answer.text, expected);
}

#[tokio::test]
async fn lists_keep_the_services_order() {
    let app = App::start().await;
    let titles = async |order: &str| -> Vec<String> {
        let query = format!("{{ posts(first: 3, orderBy: {order}) {{ nodes {{ title }} }} }}");
        let data = app.client.run(&query).await.data();
        let nodes = data["posts"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|post| post["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles("NEWEST").await, ["Post 149", "Post 148", "Post 147"]);
    assert_eq!(titles("OLDEST").await, ["Post 0", "Post 1", "Post 2"]);
    assert_eq!(
        app.services.calls().iter().map(|call| call.query["order"].as_str()).collect::<Vec<_>>(),
        ["newest", "oldest"]
    );
}

#[tokio::test]
async fn pages_follow_each_other_by_their_cursors() {
    let app = App::start().await;
    let query = "query($after: Cursor) { posts(first: 60, after: $after, filter: {forSale: true}) {
        edges { cursor node { title offer { stock } } } nodes { title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let first = app.client.run_with(query, json!({})).await.data()["posts"].take();
    let (info, edges) = (&first["pageInfo"], first["edges"].as_array().unwrap());
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(false)));
    assert_eq!((&info["startCursor"], &info["endCursor"]), (&edges[0]["cursor"], &edges[59]["cursor"]));
    let second = app.client.run_with(query, json!({"after": info["endCursor"]})).await.data()["posts"].take();
    assert_eq!(second["nodes"].as_array().unwrap().len(), 15);
    assert_eq!(
        (&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]),
        (&json!(false), &json!(true))
    );
    let beyond = app.client.run_with(query, json!({"after": second["pageInfo"]["endCursor"]})).await.data();
    let nothing = json!({"hasNextPage": false, "hasPreviousPage": true, "startCursor": null, "endCursor": null});
    assert_eq!(beyond["posts"], json!({"edges": [], "nodes": [], "pageInfo": nothing}));
}

#[tokio::test]
async fn what_does_not_exist_is_null_without_an_error() {
    let app = App::start().await;
    let query = format!(
        "{{ viewer {{ id }} user(by: {{id: \"usr_{UNKNOWN}\"}}) {{ id }} nobody: user(by: {{handle: \"nobody\"}}) {{ id }}
        post(id: \"pst_{UNKNOWN}\") {{ id }} order(id: \"ord_{UNKNOWN}\") {{ id }} node(id: \"cmt_{UNKNOWN}\") {{ id }} }}"
    );
    let data = app.client.run(&query).await.data();
    let nothing = json!({"viewer": null, "user": null, "nobody": null, "post": null, "order": null, "node": null});
    assert_eq!(data, nothing);
    let data = app.person(1).run(&query.replace("viewer { id }", "")).await.data();
    assert!(data.as_object().unwrap().values().all(Value::is_null), "{data}");
}

#[tokio::test]
async fn a_bad_argument_nulls_its_own_field_and_nothing_else() {
    let app = App::start().await;
    let (user, post) = {
        let town = app.services.town();
        (town.users[3].id, town.posts[3].id)
    };
    for (field, path) in [
        (format!("post(id: \"{user}\") {{ id }}"), "post"),
        ("post(id: \"\") { id }".into(), "post"),
        (format!("post(id: \"{}\") {{ id }}", post.to_string().to_uppercase()), "post"),
        (format!("user(by: {{id: \"{post}\"}}) {{ id }}"), "user"),
        ("user(by: {handle: \"a b\"}) { id }".into(), "user"),
        ("user(by: {handle: \"\"}) { id }".into(), "user"),
        ("user(by: {handle: \"a\\u202Eb\"}) { id }".into(), "user"),
        ("user(by: {handle: \"a\\u0000b\"}) { id }".into(), "user"),
        ("user(by: {handle: \"a,b\"}) { id }".into(), "user"),
        (format!("order(id: \"{post}\") {{ id }}"), "order"),
        ("node(id: \"nonsense\") { id }".into(), "node"),
        ("node(id: \"pst_nonsense\") { id }".into(), "node"),
        ("users(first: 0) { nodes { id } }".into(), "users"),
        ("users(first: 101) { nodes { id } }".into(), "users"),
        ("users(first: -1) { nodes { id } }".into(), "users"),
        ("posts(first: 0) { nodes { id } }".into(), "posts"),
        ("posts(after: \"forged\") { nodes { id } }".into(), "posts"),
        ("posts(after: \"\") { nodes { id } }".into(), "posts"),
        (format!("posts(filter: {{authorId: \"{post}\"}}) {{ nodes {{ id }} }}"), "posts"),
    ] {
        let query = format!("query($id: ID!) {{ {field} good: user(by: {{id: $id}}) {{ handle }} }}");
        let answer = app.client.run_with(&query, json!({"id": user})).await;
        assert_eq!(
            (answer.status, answer.errors()),
            (200, vec![format!("BAD_REQUEST {path}")]),
            "{field}: {}",
            answer.text
        );
        assert_eq!(answer.json()["data"], json!({path: null, "good": {"handle": "user3"}}), "{field}");
    }
}

#[tokio::test]
async fn a_bad_argument_of_an_edge_nulls_that_edge_for_each_parent() {
    let app = App::start().await;
    for arguments in ["first: 0", "first: 101", "first: -1", "after: \"forged\"", "first: 1, after: \"\""] {
        let query = format!(
            "{{ users(first: 2) {{ nodes {{ handle bad: posts({arguments}) {{ nodes {{ id }} }} good: posts(first: 1) {{ nodes {{ title }} }} }} }} }}"
        );
        let answer = app.client.run(&query).await;
        let paths = ["BAD_REQUEST users.nodes.0.bad", "BAD_REQUEST users.nodes.1.bad"];
        assert_eq!(answer.errors(), paths, "{arguments}");
        let expected = json!({"handle": "user29", "bad": null, "good": {"nodes": [{"title": "Post 149"}]}});
        assert_eq!(answer.json()["data"]["users"]["nodes"][0], expected, "{arguments}");
    }
}

#[tokio::test]
async fn a_failed_non_null_field_takes_the_nearest_nullable_parent() {
    let app = App::start().await;
    let post = app.services.town().posts[3].id;
    let query = format!(
        "{{ post(id: \"{post}\") {{ title author {{ handle }} excerpt(length: -1) likeCount }}
            posts(first: 2) {{ nodes {{ excerpt(length: 1001) }} }}
            users(first: 1) {{ nodes {{ handle posts(first: 1) {{ edges {{ node {{ excerpt(length: 0) }} }} }} }} }} }}"
    );
    let answer = app.client.run(&query).await;
    let expected = json!({"post": null, "posts": null, "users": {"nodes": [{"handle": "user29", "posts": null}]}});
    assert_eq!(answer.json()["data"], expected);
    let errors = answer.errors();
    assert!(errors.contains(&"BAD_REQUEST post.excerpt".to_owned()), "{errors:?}");
    assert!(errors.iter().any(|error| error.starts_with("BAD_REQUEST posts.nodes.")), "{errors:?}");
    let nested = "BAD_REQUEST users.nodes.0.posts.edges.0.node.excerpt";
    assert!(errors.contains(&nested.to_owned()) && errors.len() <= 4, "{errors:?}");
}

#[tokio::test]
async fn nodes_come_in_the_order_asked_with_null_where_there_is_nothing_to_see() {
    let app = App::start().await;
    let ids = {
        let town = app.services.town();
        let theirs = town.orders.iter().find(|order| !order.has_party(town.users[1].id)).unwrap().id.to_string();
        let [user, post] = [town.users[2].id.to_string(), town.posts[4].id.to_string()];
        [post.clone(), format!("usr_{UNKNOWN}"), "junk".into(), user, theirs, post]
    };
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Post { title } ... on User { handle } } }";
    let answer = app.person(1).run_with(query, json!({"ids": ids})).await;
    let post = json!({"title": "Post 4"});
    assert_eq!(answer.json()["data"]["nodes"], json!([post, null, null, {"handle": "user2"}, null, post]));
    assert_eq!(answer.errors(), ["BAD_REQUEST nodes.2"]);

    let many: Vec<String> = (0..101).map(|_| format!("usr_{UNKNOWN}")).collect();
    let answer = app.client.run_with(query, json!({"ids": many})).await;
    assert_eq!((answer.status, answer.errors()), (200, vec!["BAD_REQUEST nodes".to_owned()]));
    assert_eq!(answer.json()["data"], Value::Null, "`nodes` is not nullable: null goes up to `data`");
}

#[tokio::test]
async fn private_fields_are_null_with_the_reason_for_whoever_may_not_see_them() {
    let app = App::start().await;
    let user = app.services.town().users[2].id;
    let query = "query($id: ID!) { user(by: {id: $id}) { handle email role orders(first: 1) { nodes { id } }
        sales(first: 1) { nodes { id } } viewerFollows } }";
    let ask = async |client: harness::client::Client| client.run_with(query, json!({"id": user})).await;
    let private = ["email", "orders", "role", "sales"];

    let answer = ask(app.client.clone()).await;
    assert_eq!(answer.errors(), private.map(|field| format!("UNAUTHENTICATED user.{field}")));
    let nothing =
        json!({"handle": "user2", "email": null, "role": null, "orders": null, "sales": null, "viewerFollows": null});
    assert_eq!(answer.json()["data"]["user"], nothing);

    let answer = ask(app.person(1)).await;
    assert_eq!(answer.errors(), private.map(|field| format!("FORBIDDEN user.{field}")));
    assert_eq!(answer.json()["data"]["user"]["handle"], "user2");

    for person in [0, 2] {
        let data = ask(app.person(person)).await.data();
        assert_eq!((&data["user"]["email"], &data["user"]["role"]), (&json!("user2@example.com"), &json!("MEMBER")));
        assert_eq!(data["user"]["orders"]["nodes"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_order_is_null_without_an_error_for_whoever_is_no_party_to_it() {
    let app = App::start().await;
    let (order, buyer, seller, stranger) = {
        let town = app.services.town();
        let order = &town.orders[1];
        let person = |is: &dyn Fn(&harness::town::User) -> bool| town.users.iter().skip(1).position(is).unwrap() + 1;
        let buyer = person(&|user| user.id == order.buyer_id);
        let seller = person(&|user| order.is_sold_by(user.id));
        (order.id, buyer, seller, person(&|user| !order.has_party(user.id)))
    };
    let query = "query($id: ID!) { order(id: $id) { id } node(id: $id) { id } }";
    let ask = async |client: harness::client::Client| client.run_with(query, json!({"id": order})).await.data();
    let found = json!({"order": {"id": order}, "node": {"id": order}});
    let nothing = json!({"order": null, "node": null});
    assert_eq!(ask(app.client.clone()).await, nothing);
    assert_eq!(ask(app.person(stranger)).await, nothing);
    for party in [buyer, seller, 0] {
        assert_eq!(ask(app.person(party)).await, found);
    }
}

#[tokio::test]
async fn fields_of_one_response_key_are_merged() {
    let app = App::start().await;
    let query = "{ user(by: {handle: \"User5\"}) { handle ...N } user(by: {handle: \"User5\"}) { name } }
        fragment N on User { name bio posts(first: 1) { nodes { title } } posts(first: 1) { nodes { tags } } }";
    let answer = app.client.run(query).await;
    let expected = r#"{"data":{"user":{"handle":"user5","name":"User Number 5","bio":null,"posts":{"nodes":[{"title":"Post 125","tags":["all","t1"]}]}}}}"#;
    assert_eq!(answer.text, expected);
    assert_eq!(app.services.counts(), counts([("GET /v1/users?handles", 1), ("GET /v1/posts/by-author", 1)]));
}

#[tokio::test]
async fn outcomes_of_commands_are_user_errors_with_paths_into_the_input() {
    let app = App::start().await;
    let mutation = "mutation {
        signUp(input: {handle: \"user3\", name: \"n\", email: \"e@example.com\", password: \"long enough\"}) { session { accessToken } userErrors { code field message } }
        logIn(input: {email: \"user3@example.com\", password: \"wrong\"}) { session { accessToken } userErrors { code field } }
        likePost(input: {postId: \"usr_1\"}) { post { id } userErrors { code field } }
        missing: likePost(input: {postId: \"pst_ffffffffffff7fff8fffffffffffffff\"}) { post { id } userErrors { code field } }
        placeOrder(input: {items: [{postId: \"pst_ffffffffffff7fff8fffffffffffffff\", quantity: 1}], idempotencyKey: \"k\"}) { order { id } userErrors { code } }
        publishPost(input: {title: \"t\", body: \"b\", offer: {price: {amount: \"1.001\", currency: EUR}, stock: 1}}) { post { id } userErrors { code field } }
    }";
    let mutation = mutation.replace("currency: EUR", "currency: \"EUR\"");
    let data = app.person(1).run(&mutation).await.data();
    let taken = json!([{"code": "TAKEN", "field": ["handle"], "message": "belongs to somebody else"}]);
    assert_eq!(data["signUp"], json!({"session": null, "userErrors": taken}));
    assert_eq!(data["logIn"]["userErrors"], json!([{"code": "WRONG_CREDENTIALS", "field": null}]));
    assert_eq!(data["likePost"]["userErrors"], json!([{"code": "INVALID", "field": ["postId"]}]));
    assert_eq!(data["missing"], json!({"post": null, "userErrors": [{"code": "NOT_FOUND", "field": null}]}));
    assert_eq!(data["placeOrder"], json!({"order": null, "userErrors": [{"code": "NOT_FOR_SALE"}]}));
    let price = json!([{"code": "INVALID", "field": ["offer", "price", "amount"]}]);
    assert_eq!(data["publishPost"], json!({"post": null, "userErrors": price}));
}
