//! Bodies that are no good, handlers that panic or never end: one shape of error, and the service lives on.

use crate::notes::Notebook;

#[tokio::test]
async fn bodies_that_cannot_be_taken_say_why() {
    let book = Notebook::open().await;
    let post = |content_type: &str, body: Vec<u8>| {
        book.request("POST", "/v1/notes").header("content-type", content_type).body(body)
    };
    let json = "application/json; charset=utf-8";
    for (request, status, code) in [
        (post(json, b"{\"id\":".to_vec()), 400, "BAD_REQUEST"),
        (post(json, b"{\"id\":1,\"text\":\"a\"} more".to_vec()), 400, "BAD_REQUEST"),
        (post(json, b"{\"id\":1,\"text\":\"\xff\"}".to_vec()), 400, "BAD_REQUEST"),
        (post(json, b"{\"id\":\"1\",\"text\":\"a\"}".to_vec()), 422, "VALIDATION_FAILED"),
        (post(json, b"{\"id\":1}".to_vec()), 422, "VALIDATION_FAILED"),
        (post("text/plain", b"{\"id\":1,\"text\":\"a\"}".to_vec()), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (post(json, vec![b' '; 10 * 1024 * 1024]), 413, "PAYLOAD_TOO_LARGE"),
    ] {
        let reply = book.send(request).await;
        assert_eq!((reply.status, reply.code()), (status, code));
        assert_eq!(reply.header("content-type"), "application/json");
    }
    assert_eq!(book.count().await, 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_said_in_our_words() {
    let book = Notebook::open().await;
    for (body, field, message) in [
        (r#"[1, "a"]"#, None, "the body must be an object"),
        (r#""a""#, None, "the body must be an object"),
        ("null", None, "the body must be an object"),
        (r#"{"id": "1", "text": "a"}"#, Some("id"), "id: must be a whole number"),
        (r#"{"id": 1, "text": null}"#, Some("text"), "text: must be a string"),
        (r#"{"id": 1}"#, Some("text"), "text: is missing"),
        (r#"{"id": 1, "text": "a", "id": 2}"#, Some("id"), "id: must not be repeated"),
    ] {
        let request = book.request("POST", "/v1/notes").header("content-type", "application/json");
        let reply = book.send(request.body(body)).await;
        assert_eq!((reply.status, reply.code()), (422, "VALIDATION_FAILED"), "{body}");
        assert_eq!(reply.json["error"]["message"], message, "{body}");
        assert_eq!(reply.json["error"]["details"][0]["field"].as_str(), field, "{body}");
    }
    assert_eq!(book.count().await, 0);
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let book = Notebook::open().await;
    let reply = book.send(book.request("GET", "/v1/panics")).await;
    assert_eq!((reply.status, reply.code()), (500, "INTERNAL"));
    assert!(!reply.json.to_string().contains("on purpose"));
    assert_eq!(book.send(book.note(1, "one")).await.status, 201);
}

#[tokio::test]
async fn a_handler_that_never_ends_is_answered_in_time() {
    let book = Notebook::open().await;
    let request = book.request("GET", "/v1/sleeps").header("x-request-timeout-ms", "60");
    let reply = book.send(request).await;
    assert_eq!((reply.status, reply.code()), (504, "DEADLINE_EXCEEDED"));
}

#[tokio::test]
async fn without_a_key_set_a_token_is_neither_good_nor_bad() {
    let book = Notebook::open().await;
    // Well formed, of a key that nobody knows.
    let token = "eyJhbGciOiJFZERTQSIsImtpZCI6ImsxIn0.eyJzdWIiOiJ4In0.AAAA";
    let reply = book.send(book.request("GET", "/v1/sleeps").bearer_auth(token)).await;
    assert_eq!((reply.status, reply.code()), (503, "DEPENDENCY_UNAVAILABLE"));
}
