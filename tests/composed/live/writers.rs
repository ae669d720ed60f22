//! Steady changes, each made exactly once although the services are killed: a change is sent again under its idempotency key until
//! it is answered.

use std::{net::SocketAddr, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::{sync::watch, time::sleep};

/// A user who publishes, comments and buys.
pub struct Writer {
    pub post_service: SocketAddr,
    pub order_service: SocketAddr,
    pub token: String,
    /// The post that is commented on.
    pub post: String,
    /// The posts that are bought.
    pub offers: Vec<String>,
    pub seed: u64,
    /// The pause between two changes, in milliseconds, at most.
    pub pause: u64,
    pub stop: watch::Receiver<bool>,
}

impl Writer {
    /// Writes until told to stop.
    pub async fn write(self) {
        let mut random = StdRng::seed_from_u64(self.seed);
        let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
        let mut number = 0;
        while !*self.stop.borrow() {
            number += 1;
            let key = format!("{}-{number}", self.seed);
            let (service, path, body) = match random.random_range(0..4) {
                0 => (self.post_service, "/v1/posts".to_owned(), json!({"title": key, "body": "b", "tags": []})),
                1 | 2 => (self.post_service, format!("/v1/posts/{}/comments", self.post), json!({"body": key})),
                _ => {
                    let post = &self.offers[random.random_range(0..self.offers.len())];
                    let item = json!({"post_id": post, "quantity": 1});
                    (self.order_service, "/v1/orders".to_owned(), json!({"items": [item]}))
                }
            };
            let url = format!("http://{service}{path}");
            let request = client.post(url).header("idempotency-key", key).header("authorization", &self.token);
            send(request.header("content-type", "application/json").body(body.to_string())).await;
            sleep(Duration::from_millis(random.random_range(0..self.pause))).await;
        }
    }
}

/// Sends a change until it is answered. A refusal (an offer that is sold out) is an answer.
async fn send(request: reqwest::RequestBuilder) {
    loop {
        let again = request.try_clone().unwrap();
        #[expect(clippy::disallowed_methods, reason = "a test's client")]
        let answered = again.send().await;
        if answered.is_ok_and(|response| !response.status().is_server_error()) {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
