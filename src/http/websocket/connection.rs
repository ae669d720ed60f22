//! One WebSocket: reads the client's messages, runs its operations beside each other, writes theirs, and keeps time. Beyond a write
//! buffer of a few KiB nothing is queued: while the client accepts no bytes, no operation takes its next step and no message is
//! read. `operations` are those of the client, `timers` what is due when,
//! `writing` how messages go out.

mod operations;
mod timers;
mod writing;

use std::{collections::HashMap, net::IpAddr, pin::Pin, sync::Arc, time::Duration};

use futures::{
    StreamExt,
    stream::{AbortHandle, Abortable, BoxStream, SelectAll},
};
use http::HeaderMap;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message},
};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::{
    close::Close,
    frames::Frames,
    message::{self, ClientMessage},
    operation::Output,
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

type Socket = WebSocketStream<Frames<TokioIo<Upgraded>>>;

/// The other side, as the handshake showed it.
pub(super) struct Peer {
    /// The name that the client gave in the handshake.
    pub(super) name: Option<String>,
    /// `traceparent` and `tracestate` of the handshake, and no other header: connections are many, and stay for long.
    pub(super) trace: HeaderMap,
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
    steps: SelectAll<Abortable<BoxStream<'static, Output>>>,
    clock: Timers,
    /// Rings when the next thing is due. It and `closing` are kept from turn to turn: registering either takes a lock that all
    /// connections share.
    alarm: Pin<Box<Sleep>>,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
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
        let closing = Box::pin(app.closing.clone().cancelled_owned());
        Self {
            app,
            socket,
            peer,
            session: None,
            running: HashMap::new(),
            steps: SelectAll::new(),
            clock,
            alarm: Box::pin(sleep_until(Instant::now())),
            closing,
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
        let within = if self.clock.is_closing { CLOSE_WITHIN.min(self.app.last_words()) } else { CLOSE_WITHIN };
        // An error, or no answer: the client has gone.
        let _ = timeout(within, self.end(end)).await;
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
        }
        if is_lost {
            self.socket.get_mut().discard().await?;
        }
        Ok(())
    }

    /// Waits for whatever comes first, and does it.
    async fn turn(&mut self) -> Result<(), End> {
        let (now, due) = (Instant::now(), self.next_timer());
        if due <= now {
            return self.tick().await;
        }
        if self.alarm.deadline() != due {
            self.alarm.as_mut().reset(due);
        }
        let may_read = self.messages.ready_at();
        tokio::select! {
            Some(output) = self.steps.next(), if !self.steps.is_empty() => self.burst(output).await,
            received = async {
                if may_read > now {
                    sleep_until(may_read).await;
                }
                self.socket.next().await
            } => self.receive(received).await,
            () = self.alarm.as_mut() => self.tick().await,
            () = self.closing.as_mut(), if !self.clock.is_closing => {
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
            Some(Err(error)) => return Err(Close::of(&error).map_or(End::Gone, End::Failed)),
            Some(Ok(message)) => message,
        };
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
}
