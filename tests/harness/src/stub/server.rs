//! One stub service: a listener that can die and come back at the same address, and what happens to a request.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::behaviour::{Behaviour, written};
use super::call::{Call, CallLog};
use super::chances::Chances;
use super::feed::Feed;
use super::gate::Gate;
use crate::token::Signer;
use crate::town::Town;

/// What the three stubs have in common.
pub(super) struct Shared {
    pub(super) town: Mutex<Town>,
    pub(super) log: CallLog,
    /// By route.
    pub(super) gates: Mutex<BTreeMap<String, Gate>>,
    pub(super) chances: Mutex<Option<Chances>>,
    pub(super) signer: Signer,
    pub(super) key_sets_served: Mutex<usize>,
}

/// Status and body of an answer.
pub(super) type Answer = (u16, Value);

/// What a service answers to a call.
pub(super) type Routes = fn(&mut Town, &Call) -> Answer;

/// One stub service.
pub struct Stub {
    address: SocketAddr,
    state: Arc<State>,
    listening: Option<Listening>,
}

struct State {
    shared: Arc<Shared>,
    routes: Routes,
    behaviour: Mutex<Behaviour>,
    feed: Feed,
}

struct Listening {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Stub {
    pub(super) async fn start(name: &'static str, shared: Arc<Shared>, routes: Routes) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State { shared, routes, behaviour: Mutex::new(Behaviour::Well), feed: Feed::new(name) });
        let listening = Some(listen(listener, Arc::clone(&state)));
        Self { address, state, listening }
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its events.
    pub fn feed(&self) -> Feed {
        self.state.feed.clone()
    }

    /// Behaves like that from now on.
    pub async fn behave(&mut self, behaviour: Behaviour) {
        let before = std::mem::replace(&mut *self.state.behaviour.lock().unwrap(), behaviour);
        if before.is_of_the_connection() || behaviour.is_of_the_connection() {
            // Connections kept open from before would not notice.
            if let Some(Listening { stop, task }) = self.listening.take() {
                stop.cancel();
                task.await.unwrap();
            }
            if behaviour != Behaviour::Dead {
                let listener = TcpListener::bind(self.address).await.unwrap();
                self.listening = Some(listen(listener, Arc::clone(&self.state)));
            }
        }
    }
}

fn listen(listener: TcpListener, state: Arc<State>) -> Listening {
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    connections.spawn(serve(accepted.unwrap().0, Arc::clone(&state)));
                }
                () = stopped.cancelled() => break,
            }
        }
        drop(listener);
        connections.shutdown().await;
    });
    Listening { stop, task }
}

async fn serve(mut connection: TcpStream, state: Arc<State>) {
    let behaviour = *state.behaviour.lock().unwrap();
    match behaviour {
        Behaviour::HangsUp => {}
        Behaviour::NotHttp => {
            // The request first, and all of it: bytes before a request, or a reset by unread ones, are another failure.
            let _ = connection.read(&mut [0; 1024]).await;
            let _ = connection.write_all(b"220 mail.example ESMTP ready\r\n\r\n").await;
            let _ = connection.shutdown().await;
            let _ = tokio::io::copy(&mut connection, &mut tokio::io::sink()).await;
        }
        _ => {
            let service = tower::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let state = Arc::clone(&state);
                async move {
                    let response = state.handle(request.map(Body::new)).await;
                    // An error in place of a response makes hyper close the connection.
                    let closes = *state.behaviour.lock().unwrap() == Behaviour::Closes;
                    if closes { Err(std::io::Error::other("closed on purpose")) } else { Ok(response) }
                }
            });
            let connection = TokioIo::new(connection);
            // A client that hangs up, and an answer that breaks off on purpose, are no failure of the stub.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(connection, TowerToHyperService::new(service))
                .await;
        }
    }
}

impl State {
    async fn handle(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let mut behaviour = *self.behaviour.lock().unwrap();
        if parts.uri.path() == "/.well-known/jwks.json" {
            *self.shared.key_sets_served.lock().unwrap() += 1;
            return behaviour.spoil((200, json!({"keys": [self.shared.signer.jwk()]})), &[]).await;
        }
        if parts.uri.path() == "/v1/events" {
            let is_stream = parts.headers.get("accept").is_some_and(|accept| accept == "text/event-stream");
            let gate = self.shared.gates.lock().unwrap().get("GET /v1/events").cloned();
            if let Some(gate) = gate.filter(|_| !is_stream) {
                gate.pass().await;
            }
            return self.feed.answer(&parts.uri, &parts.headers);
        }
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let call = Call::new(&parts.method, &parts.uri, parts.headers, &body);
        self.shared.log.push(call.clone());
        let gate = self.shared.gates.lock().unwrap().get(&call.route).cloned();
        if let Some(gate) = gate {
            gate.pass().await;
        }
        let mut answer = (self.routes)(&mut self.shared.town.lock().unwrap(), &call);
        if answer.0 >= 400 {
            return written(answer.0, &answer.1);
        }
        if let Some(chances) = &*self.shared.chances.lock().unwrap()
            && parts.method == "GET"
        {
            behaviour = chances.apply(&call, &mut answer.1);
        }
        behaviour.spoil(answer, &call.keys).await
    }
}

/// The services' error body.
pub(super) fn refused(status: u16, code: &str) -> Answer {
    (status, json!({"error": {"code": code, "message": format!("{code} it is"), "details": [], "request_id": "r"}}))
}
