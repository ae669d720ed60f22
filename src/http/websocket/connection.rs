//! One WebSocket: reads the client's messages, runs its operations beside each other, writes theirs, and keeps time. Nothing is
//! queued: while the client accepts no bytes, no operation takes its next step and no message is read.

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use contract::{RequestId, TraceContext};
use futures::{
    SinkExt, StreamExt,
    future::{AbortHandle, Abortable, Aborted, BoxFuture},
    stream::FuturesUnordered,
};
use http::request::Parts;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use rand::RngExt;
use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message},
};

use super::{
    close::Close,
    message::{self, ClientMessage},
    metered::Metered,
    operation::{Operation, Step},
    session::{Session, WARNING},
};
use crate::{
    clients::CallContext,
    events::{Handle, Seat, cursor},
    http::{App, connection::Progress, graphql::client_name, rate::Rate, request_line::RequestLine},
    operations::OperationKind,
    requests::{Ask, Client, Parameters},
};

/// How long a client has for its `connection_init`.
const INIT_WITHIN: Duration = Duration::from_secs(3);
/// The time between two pings of the server.
const PING_EVERY: Duration = Duration::from_secs(15);
/// How long after a ping a client without a sign of life is given up.
const PONG_WITHIN: Duration = Duration::from_secs(30);
/// How long the client has to answer a close frame.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Messages that a client may send per second, with ten seconds' worth at once. Beyond that they are read more slowly.
const MESSAGES_PER_SECOND: usize = 200;
/// All kinds of operation.
const ALL: &[OperationKind] = &[OperationKind::Query, OperationKind::Mutation, OperationKind::Subscription];

type Socket = WebSocketStream<Metered<TokioIo<Upgraded>>>;

/// The other side, as the handshake showed it.
pub(super) struct Peer {
    /// The head of the handshake.
    pub(super) parts: Parts,
    /// The client's address, behind trusted proxies.
    pub(super) client: IpAddr,
    /// Whether the client accepts bytes.
    pub(super) progress: Progress,
    /// The place among the connections.
    pub(super) _seat: Seat,
}

/// A connection.
pub(super) struct Connection {
    app: Arc<App>,
    socket: Socket,
    peer: Peer,
    /// `None` before `connection_init`.
    session: Option<Session>,
    running: HashMap<Arc<str>, Entry>,
    steps: FuturesUnordered<Abortable<BoxFuture<'static, Step>>>,
    clock: Timers,
    messages: Rate,
    subscribes: Rate,
}

/// An operation that runs.
struct Entry {
    abort: AbortHandle,
    /// Of a subscription that has begun.
    handle: Option<Handle>,
}

/// When something is due.
struct Timers {
    init: Instant,
    ping: Instant,
    /// When a client that has not answered the last ping is given up.
    pong: Option<Instant>,
    /// Pings without a pong.
    unanswered: u32,
    /// When the connection is as old as it may be, or has to end for a restart.
    end: Instant,
    is_closing: bool,
}

/// Why the connection ends.
enum End {
    /// The server closes it.
    Close(Close),
    /// The server closes it: where the next message begins is not known.
    Failed(Close),
    /// The client has closed it.
    Closed,
    /// The client has gone, or accepts nothing.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

impl Connection {
    pub(super) fn new(app: Arc<App>, socket: Socket, peer: Peer) -> Self {
        let now = Instant::now();
        let share: f64 = rand::rng().random_range(0.9..1.0);
        let end = now + app.live.lifetime.mul_f64(share);
        let clock = Timers {
            init: now + INIT_WITHIN,
            ping: now + PING_EVERY,
            pong: None,
            unanswered: 0,
            end,
            is_closing: false,
        };
        let subscribes = Rate::new(app.live.subscribes_per_second);
        Self {
            app,
            socket,
            peer,
            session: None,
            running: HashMap::new(),
            steps: FuturesUnordered::new(),
            clock,
            messages: Rate::new(MESSAGES_PER_SECOND),
            subscribes,
        }
    }

    /// Runs until either side ends it. Queries and subscriptions end with it, a mutation that has begun does not.
    pub(super) async fn run(mut self) {
        let end = loop {
            if let Err(end) = self.turn().await {
                break end;
            }
        };
        self.steps.clear();
        self.running.clear();
        // An error, or no answer: the client has gone.
        let _ = timeout(CLOSE_WITHIN, self.end(end)).await;
    }

    /// The closing handshake (RFC 6455, section 7.1.2), also with a client that is in the middle of a message: a socket that is
    /// closed with unread bytes is reset, and the client would not see why.
    async fn end(&mut self, end: End) -> Result<(), Error> {
        let mut is_lost = matches!(end, End::Failed(_));
        match end {
            End::Gone => return Ok(()),
            // Reading on sends the answer to the client's close frame.
            End::Closed => {}
            End::Close(close) | End::Failed(close) => {
                tracing::debug!(code = close.code(), client = %self.peer.client, "a WebSocket is closed");
                self.socket.close(Some(close.frame())).await?;
            }
        }
        // What the client still sends is not read as messages any more.
        while !is_lost && let Some(received) = self.socket.next().await {
            is_lost = received.is_err();
            self.socket.get_mut().release_all();
        }
        if is_lost {
            self.socket.get_mut().discard().await?;
        }
        Ok(())
    }

    /// Waits for whatever comes first, and does it.
    async fn turn(&mut self) -> Result<(), End> {
        let closing = self.app.closing.clone();
        let due = self.next_timer();
        // Nothing is delivered after the end of a token because an event was there, too.
        if due <= Instant::now() {
            return self.tick().await;
        }
        let may_read = self.messages.ready_at();
        tokio::select! {
            step = self.steps.next(), if !self.steps.is_empty() => match step {
                Some(Ok(step)) => self.step(step).await,
                Some(Err(Aborted)) | None => Ok(()),
            },
            received = async { sleep_until(may_read).await; self.socket.next().await } => self.receive(received).await,
            () = sleep_until(due) => self.tick().await,
            () = closing.cancelled(), if !self.clock.is_closing => {
                self.clock.is_closing = true;
                self.clock.end = Instant::now() + self.app.random_drain();
                Ok(())
            }
        }
    }

    fn next_timer(&self) -> Instant {
        let Timers { init, ping, pong, end, .. } = self.clock;
        let init = self.session.is_none().then_some(init);
        let token = self.session.as_ref().and_then(|session| {
            let expires = session.expires?;
            Some(if session.is_warned { expires } else { expires.checked_sub(WARNING).unwrap_or(expires) })
        });
        [init, pong, token].into_iter().flatten().chain([ping, end]).min().unwrap_or(end)
    }

    async fn tick(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now >= self.clock.end {
            return Err(Close::restarting().into());
        }
        if self.session.is_none() && now >= self.clock.init {
            return Err(Close::no_init().into());
        }
        if self.clock.pong.is_some_and(|pong| now >= pong) {
            return Err(End::Gone);
        }
        if let Some(session) = &mut self.session
            && let Some(expires) = session.expires
        {
            if now >= expires {
                return Err(Close::forbidden("the access token has expired").into());
            }
            if !session.is_warned && now + WARNING >= expires {
                session.is_warned = true;
                let left = expires.saturating_duration_since(now).as_millis();
                let payload = json!({"tokenExpiresInMs": u64::try_from(left).unwrap_or(u64::MAX)});
                self.clock.unanswered += 1;
                self.send(message::ping(&payload)).await?;
            }
        }
        if now >= self.clock.ping {
            self.clock.ping = now + PING_EVERY;
            self.clock.pong.get_or_insert(now + PONG_WITHIN);
            let payload = self.progress();
            self.clock.unanswered += 1;
            self.send(message::ping(&payload)).await?;
        }
        Ok(())
    }

    /// The smallest position of the socket's subscriptions, and how far behind the services this process is. There is no position
    /// while an operation is set up, or may be on its way (the client has not answered a ping): it may be a subscription to older
    /// events.
    fn progress(&self) -> serde_json::Value {
        let mut positions = self.app.events.known_positions();
        let is_set_up = self.clock.unanswered == 0 && self.running.values().all(|entry| entry.handle.is_some());
        for (service, position) in self.running.values().filter_map(|entry| Some(entry.handle.as_ref()?.progress())) {
            let known = positions.entry(service).or_insert_with(|| position.clone());
            if known.epoch != position.epoch || known.sequence > position.sequence {
                *known = position;
            }
        }
        let lags = self.app.events.lags();
        let behind: serde_json::Map<_, _> =
            lags.map(|(service, lag)| (service.name().to_owned(), (lag.as_millis() as u64).into())).collect();
        let position = (is_set_up && !positions.is_empty()).then(|| cursor::of_all(&positions));
        json!({"position": position, "behindMs": behind})
    }

    async fn receive(&mut self, received: Option<Result<Message, Error>>) -> Result<(), End> {
        self.clock.pong = None;
        self.messages.take();
        let message = match received {
            None => return Err(End::Gone),
            Some(Err(Error::Io(error))) if error.kind() == std::io::ErrorKind::OutOfMemory => {
                return Err(End::Failed(Close::try_again("the server is receiving too much at the moment")));
            }
            Some(Err(error)) => return Err(Close::of(&error).map_or(End::Gone, End::Failed)),
            Some(Ok(message)) => message,
        };
        match &message {
            // A fragmented message may be incomplete around it.
            Message::Ping(payload) | Message::Pong(payload) => self.socket.get_mut().release(payload.len()),
            _ => self.socket.get_mut().release_all(),
        }
        match message {
            Message::Text(text) => {
                let message = ClientMessage::read(&text).map_err(Close::invalid)?;
                self.handle(message).await
            }
            Message::Binary(_) => Err(Close::invalid("messages are text").into()),
            // The library answers both.
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(()),
            Message::Close(_) => Err(End::Closed),
        }
    }

    async fn handle(&mut self, message: ClientMessage) -> Result<(), End> {
        match message {
            ClientMessage::Init(_) if self.session.is_some() => Err(Close::second_init().into()),
            ClientMessage::Init(token) => {
                self.session = Some(Session::begin(&self.app, token.as_deref()).await?);
                let positions = self.app.events.positions().await;
                let position = (!positions.is_empty()).then(|| cursor::of_all(&positions));
                self.send(message::ack(position)).await
            }
            ClientMessage::Ping(payload) => self.send(message::pong(payload)).await,
            ClientMessage::Renewal(token) => self.renew(&token).await,
            ClientMessage::Pong => {
                self.clock.unanswered = self.clock.unanswered.saturating_sub(1);
                Ok(())
            }
            ClientMessage::Subscribe { id, parameters } => self.subscribe(id, *parameters).await,
            ClientMessage::Complete(id) => {
                if let Some(entry) = self.running.remove(id.as_str()) {
                    entry.abort.abort();
                }
                Ok(())
            }
        }
    }

    async fn renew(&mut self, token: &str) -> Result<(), End> {
        let Some(session) = &mut self.session else { return Err(Close::unauthorized().into()) };
        let left = session.renew(&self.app, token).await?;
        if let Some(viewer) = &session.viewer {
            self.running.values().filter_map(|entry| entry.handle.as_ref()).for_each(|handle| handle.renew(viewer));
        }
        let left = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        self.send(message::pong(Some(json!({"tokenExpiresInMs": left})))).await
    }

    async fn subscribe(&mut self, id: String, parameters: Parameters) -> Result<(), End> {
        let Some(session) = &self.session else { return Err(Close::unauthorized().into()) };
        if self.clock.is_closing {
            return Err(Close::restarting().into());
        }
        if self.running.contains_key(id.as_str()) {
            return Err(Close::id_in_use(&id).into());
        }
        let id: Arc<str> = id.into();
        let started = Instant::now();
        let trace = TraceContext::accept(&self.peer.parts.headers);
        let (deadline, request_id) = (started + self.app.request_timeout, RequestId::generate());
        let context = CallContext::new(deadline, request_id.clone(), trace, self.peer.client);
        let line = RequestLine::new("websocket", started, context.clone(), self.app.metrics.clone());
        let operation = Operation { id: Arc::clone(&id), request_id, line };
        if self.running.len() >= self.app.live.max_per_socket {
            self.app.metrics.live().limit_hit("max_per_socket");
            return self.send(operation.too_many(self.app.live.max_per_socket)).await;
        }
        if !self.subscribes.take() {
            self.app.metrics.live().limit_hit("subscribes_per_second");
            return self.send(operation.too_fast()).await;
        }
        let ask = Ask {
            parameters,
            credentials: session.credentials.clone(),
            client: Client { address: self.peer.client, name: client_name(&self.peer.parts.headers) },
            allowed_kinds: ALL,
            may_be_shared: false,
            shows_cost: false,
            resume_behind: None,
            context,
        };
        let step = operation.start(Arc::clone(&self.app), ask);
        self.go_on(id, step, None);
        Ok(())
    }

    fn go_on(&mut self, id: Arc<str>, step: BoxFuture<'static, Step>, handle: Option<Handle>) {
        let (step, abort) = futures::future::abortable(step);
        self.steps.push(step);
        self.running.insert(id, Entry { abort, handle });
    }

    async fn step(&mut self, step: Step) -> Result<(), End> {
        match step {
            Step::Begun(running, handle) => {
                // The token may have been renewed in the meantime.
                if let Some(viewer) = self.session.as_ref().and_then(|session| session.viewer.as_ref()) {
                    handle.renew(viewer);
                }
                self.go_on(Arc::clone(running.id()), running.next(), Some(handle));
                Ok(())
            }
            Step::Next(text, running) => {
                self.send(text).await?;
                let handle = self.running.get(running.id()).and_then(|entry| entry.handle.clone());
                self.go_on(Arc::clone(running.id()), running.next(), handle);
                Ok(())
            }
            Step::Last(id, texts) => {
                self.running.remove(&id);
                for text in texts {
                    self.send(text).await?;
                }
                Ok(())
            }
        }
    }

    /// Sends a message; gives the client up that accepts nothing for `connections.write_ms`.
    async fn send(&mut self, text: String) -> Result<(), End> {
        let stalled = self.peer.progress.clone().stalled();
        tokio::select! {
            sent = self.socket.send(Message::text(text)) => sent.map_err(|_| End::Gone),
            () = stalled => Err(End::Gone),
        }
    }
}
