//! Rate limits: told in every answer, enforced, and lifted as time passes.

use crate::notes::Notebook;

#[tokio::test]
async fn an_empty_bucket_is_a_429_that_says_when_to_come_back() {
    let book = Notebook::with(|settings| settings.rate_limit = 1).await;
    let mut remaining = Vec::new();
    for _ in 0..4 {
        let reply = book.send(book.request("GET", "/v1/nothing")).await;
        assert_eq!(reply.header("x-ratelimit-limit"), "4");
        remaining.push(reply.header("x-ratelimit-remaining").to_owned());
    }
    assert_eq!(remaining, ["3", "2", "1", "0"]);
    let reply = book.send(book.request("GET", "/v1/nothing")).await;
    assert_eq!((reply.status, reply.code(), reply.header("retry-after")), (429, "RATE_LIMITED", "1"));
    assert_eq!(book.send(book.request("GET", "/livez")).await.status, 204);
}
