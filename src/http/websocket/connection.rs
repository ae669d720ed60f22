//! One WebSocket: reads the client's messages, runs its operations beside each other, writes theirs, and keeps time. Nothing is
//! queued: while the client accepts no bytes, no operation takes its next step and no message is read. `operations` are those of
//! the client, `timers` what is due when.

mod operations;
mod timers;

use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use futures::{
    SinkExt, StreamExt,
    future::{AbortHandle, Abortable, Aborted, BoxFuture},
    stream::FuturesUnordered,
};
use http::request::Parts;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message},
};

use super::{
    close::Close,
    message::{self, ClientMessage},
    metered::Metered,
    operation::Step,
    session::Session,
};
use crate::{
    events::{Handle, Seat, cursor},
    http::{App, connection::Progress, rate::Rate},
};
use timers::Timers;

/// How long the client has to answer a close frame.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// Messages that a client may send per second, with ten seconds' worth at once. Beyond that they are read more slowly.
const MESSAGES_PER_SECOND: usize = 200;
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
        let clock = Timers::new(&app);
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
                self.clock.close_within(self.app.random_drain());
                Ok(())
            }
        }
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

    /// Sends a message; gives the client up that accepts nothing for `connections.write_ms`.
    async fn send(&mut self, text: String) -> Result<(), End> {
        let stalled = self.peer.progress.clone().stalled();
        tokio::select! {
            sent = self.socket.send(Message::text(text)) => sent.map_err(|_| End::Gone),
            () = stalled => Err(End::Gone),
        }
    }
}
