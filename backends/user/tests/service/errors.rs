//! Bad input gets one clear error of the one shape.

use chassis::testing::API_KEY;
use contract::token::Role;

use crate::town::{Town, user};

#[tokio::test]
async fn parameters_that_do_not_fit_are_refused_with_their_name() {
    let town = Town::of(1).await;
    let too_many = vec![user(1).to_string(); 101].join(",");
    let post = user(1).to_string().replace("usr_", "pst_");
    for (path, word) in [
        ("/v1/users?first=0".to_owned(), "first"),
        ("/v1/users?first=101".to_owned(), "first"),
        ("/v1/users?first=-1".to_owned(), "first"),
        ("/v1/users?after=forged".to_owned(), "after"),
        ("/v1/users?ids=".to_owned(), "ids"),
        (format!("/v1/users?ids={too_many}"), "ids"),
        (format!("/v1/users?ids={post}"), "user"),
        (format!("/v1/users?ids={}&handles=abc", user(1)), "ids"),
        (format!("/v1/users/{post}"), "user"),
        ("/v1/users/counts".to_owned(), "ids"),
        ("/v1/followers/by-user".to_owned(), "user_ids"),
    ] {
        let reply = town.get(&path).await;
        assert_eq!(reply.status, 400, "{path}");
        let error = &reply.json["error"];
        assert_eq!(error["code"], "BAD_REQUEST", "{path}");
        let said = format!("{} {}", error["message"], error["details"]);
        assert!(said.contains(word), "{path}: {said}");
        assert_eq!(error["request_id"], reply.header("x-request-id"));
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let town = Town::of(2).await;
    let users = town.get("/v1/users?first=1").await;
    let cursor = users.json["page"]["end_cursor"].as_str().unwrap();
    let reply = town.get(&format!("/v1/followers/by-user?user_ids={}&after={cursor}", user(1))).await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn unknown_routes_and_methods_get_the_same_shape_of_error() {
    let town = Town::of(0).await;
    let reply = town.get("/v1/nothing").await;
    assert_eq!((reply.status, &reply.json["error"]["code"]), (404, &"NOT_FOUND".into()));
    let request = reqwest::Client::new().delete(format!("{}/v1/users/counts", town.service.url));
    let reply = town.send(request).await;
    assert_eq!((reply.status, &reply.json["error"]["code"]), (405, &"METHOD_NOT_ALLOWED".into()));
    assert!(!reply.header("allow").is_empty());
}

#[tokio::test]
async fn past_the_deadline_the_answer_is_504() {
    let town = Town::of(1).await;
    let path = format!("/v1/users?ids={}", user(1));
    let reply = town.send(town.request("GET", &path).header("x-request-timeout-ms", "0")).await;
    assert_eq!((reply.status, &reply.json["error"]["code"]), (504, &"DEADLINE_EXCEEDED".into()));
}

#[tokio::test]
async fn ids_of_request_and_trace_are_taken_over() {
    let town = Town::of(0).await;
    let reply = town.send(town.request("GET", "/v1/users").header("x-request-id", "mine-1")).await;
    assert_eq!(reply.header("x-request-id"), "mine-1");
}

#[tokio::test]
async fn a_client_address_is_believed_from_the_bff_only() {
    let town = Town::of(0).await;
    let remaining = async |key: &str, address: &str| {
        let request = town.request("GET", "/v1/users").header("x-api-key", key).header("x-client-address", address);
        town.send(request).await.header("x-ratelimit-remaining").parse::<u32>().unwrap()
    };
    assert_eq!(remaining(API_KEY, "192.0.2.1").await, 1999);
    assert_eq!(remaining(API_KEY, "192.0.2.2").await, 1999, "another client's bucket");
    let first = remaining("wrong", "192.0.2.3").await;
    assert!(remaining("wrong", "192.0.2.4").await <= first, "the socket's bucket, whoever is named");
}

#[tokio::test]
async fn who_says_twice_who_they_are_is_refused() {
    let town = Town::of(1).await;
    let good = format!("Bearer {}", town.token(1, Role::Member).await);
    for (name, values) in [
        ("authorization", [good.as_str(), good.as_str()]),
        ("authorization", [good.as_str(), "Bearer x"]),
        ("x-api-key", [API_KEY, API_KEY]),
        ("x-api-key", [API_KEY, "wrong"]),
    ] {
        let request = town.request("GET", "/v1/users").header(name, values[0]).header(name, values[1]);
        let reply = town.send(request).await;
        assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"), "{values:?}");
        assert_eq!(reply.message(), format!("the header {name} is repeated"));
    }
    let once = town.request("GET", "/v1/users").header("authorization", &good).header("x-api-key", API_KEY);
    assert_eq!(town.send(once).await.status, 200);
}

#[tokio::test]
async fn a_service_says_that_it_is_alive_ready_and_what_it_offers() {
    let town = Town::of(0).await;
    assert_eq!(town.get("/livez").await.status, 204);
    assert_eq!(town.get("/readyz").await.status, 204);
    let description = town.get("/openapi.json").await.json;
    assert_eq!(description["openapi"], "3.1.0");
    assert!(description["paths"]["/v1/users/{id}"]["get"].is_object());
    let any_error = &description["paths"]["/v1/users/{id}"]["patch"]["responses"]["default"];
    assert_eq!(any_error["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/ErrorBody");
    assert!(description["components"]["schemas"]["ErrorBody"].is_object());
    let metrics = town.request("GET", "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("http_requests_total{method=\"GET\",route=\"/readyz\",status=\"204\"} 1"), "{metrics}");
}
