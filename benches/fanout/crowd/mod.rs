//! The subscribers, a process of their own. In: orders over HTTP, from the measuring process. Out: what the subscribers received, and
//! how long after the change.
//!
//! `subscriber` is one WebSocket, `tally` counts what all of them receive.

mod subscriber;
mod tally;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, routing::post};
use bytes::Bytes;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    task::{AbortHandle, JoinSet},
};

use crate::deployment::{Process, Target, announce};
use subscriber::Subscriber;
use tally::Tally;
pub use tally::{Report, now};

/// Handshakes at the same time: fewer than a listener's backlog.
const HANDSHAKES: usize = 256;

/// An order: subscribers of these topics at that port, one a topic.
#[derive(Serialize, Deserialize)]
pub struct Connect {
    /// The server's port on the loopback.
    pub port: u16,
    /// A subscriber for each.
    pub topics: Vec<String>,
    /// The cursor behind which they subscribe.
    pub after: Option<String>,
    /// Whether they pause a second after each message. What these receive is not counted.
    pub are_slow: bool,
}

/// An order: a report, once that many messages have been received, or none for so long.
#[derive(Serialize, Deserialize)]
pub struct Expect {
    /// Messages.
    pub deliveries: usize,
    /// Patience in milliseconds.
    pub within_ms: u64,
}

/// The crowd, as the measuring process drives it.
pub struct Crowd(Process);

#[derive(Default)]
struct Members {
    tally: Arc<Tally>,
    running: Mutex<Vec<AbortHandle>>,
}

impl Crowd {
    /// A process without subscribers.
    pub fn start() -> Self {
        Self(Process::in_role(&["crowd"]))
    }

    /// Connects subscribers; all have sent their subscription.
    pub async fn connect(&self, order: &Connect) {
        self.ask::<()>("/connect", order).await;
    }

    /// Ends all connections.
    pub async fn disconnect(&self) {
        self.ask::<()>("/disconnect", &()).await;
    }

    /// What was received since the last report, once it is all there.
    pub async fn report(&self, deliveries: usize) -> Report {
        let report: Report = self.ask("/report", &Expect { deliveries, within_ms: 60_000 }).await;
        assert_eq!(report.deliveries, deliveries, "messages received");
        assert_eq!(report.broken, 0, "connections that broke");
        report
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, order: &impl Serialize) -> T {
        let body = Some(Bytes::from(serde_json::to_vec(order).unwrap()));
        let answer = Target { port: self.0.ports[0], path: path.into(), body, token: None }.ask().await;
        serde_json::from_slice(&answer).unwrap()
    }
}

/// Serves orders until the measuring process ends this one.
#[tokio::main(worker_threads = 2)]
pub async fn run() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let routes = Router::new()
        .route("/connect", post(connect))
        .route("/disconnect", post(disconnect))
        .route("/report", post(report))
        .with_state(Arc::<Members>::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    announce(&[listener.local_addr().unwrap().port()]);
    axum::serve(listener, routes).await.unwrap();
}

async fn connect(State(members): State<Arc<Members>>, order: Bytes) -> String {
    let Connect { port, topics, after, are_slow } = serde_json::from_slice(&order).unwrap();
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
    let mut connecting = JoinSet::new();
    for topic in topics {
        let subscriber = Subscriber { port, topic, after: after.clone(), is_slow: are_slow };
        let (handshakes, tally) = (Arc::clone(&handshakes), Arc::clone(&members.tally));
        connecting.spawn(async move {
            let _turn = handshakes.acquire().await;
            let socket = subscriber.connect().await;
            tokio::spawn(subscriber.read(socket, tally)).abort_handle()
        });
    }
    let connected = connecting.join_all().await;
    members.running.lock().extend(connected);
    json!(null).to_string()
}

async fn disconnect(State(members): State<Arc<Members>>) -> String {
    members.running.lock().drain(..).for_each(|task| task.abort());
    json!(null).to_string()
}

async fn report(State(members): State<Arc<Members>>, order: Bytes) -> String {
    let Expect { deliveries, within_ms } = serde_json::from_slice(&order).unwrap();
    let report = members.tally.report(deliveries, Duration::from_millis(within_ms)).await;
    serde_json::to_string(&report).unwrap()
}
