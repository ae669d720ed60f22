//! Writes messages: many small ones together, a long one in fragments; and gives a client up that accepts none.

use bytes::Bytes;
use futures::{FutureExt, SinkExt, StreamExt};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use super::{Connection, End};
use crate::http::websocket::operation::Output;

/// Bytes of a frame that is sent, at most.
const FRAGMENT: usize = 16 * 1024;
/// Steps that are taken at most before the next message of the client is read.
const BURST: usize = 32;

impl Connection {
    /// A step, and those that are ready behind it, in one write: a client that catches up has many. Nothing is written after the
    /// end of the token because an event was there in the same moment. Nothing else may come before the first step: the position
    /// of a ping would include its event.
    pub(super) async fn burst(&mut self, first: Output) -> Result<(), End> {
        if self.session.as_ref().and_then(|session| session.expires).is_some_and(|expires| expires <= Instant::now()) {
            return self.tick().await;
        }
        self.step(first).await?;
        for _ in 1..BURST {
            if self.next_timer() <= Instant::now() {
                break;
            }
            let Some(Some(output)) = self.steps.next().now_or_never() else { break };
            self.step(output).await?;
        }
        self.flush().await
    }

    /// Sends a message.
    pub(super) async fn send(&mut self, text: String) -> Result<(), End> {
        self.feed(text).await?;
        self.flush().await
    }

    /// Adds a message to those that are written with the next [`Self::flush`], or before it when they are many. A long one goes
    /// out in fragments (RFC 6455, section 5.4): the write buffer would stay as large as the largest message.
    pub(super) async fn feed(&mut self, text: String) -> Result<(), End> {
        if text.len() <= FRAGMENT {
            return self.write(Some(Message::text(text))).await;
        }
        let (mut rest, mut kind) = (Bytes::from(text), Data::Text);
        while !rest.is_empty() {
            let fragment = rest.split_to(FRAGMENT.min(rest.len()));
            let frame = Frame::message(fragment, OpCode::Data(kind), rest.is_empty());
            self.write(Some(Message::Frame(frame))).await?;
            kind = Data::Continue;
        }
        Ok(())
    }

    pub(super) async fn flush(&mut self) -> Result<(), End> {
        self.write(None).await
    }

    /// Feeds a message, or flushes; gives the client up that accepts nothing for `connections.write_ms`, or until the connection
    /// has to end.
    pub(super) async fn write(&mut self, message: Option<Message>) -> Result<(), End> {
        let stalled = self.peer.progress.clone().stalled();
        let writing = async {
            match message {
                Some(message) => self.socket.feed(message).await,
                None => self.socket.flush().await,
            }
        };
        let over = async {
            if !self.clock.is_closing {
                self.closing.as_mut().await;
                self.clock.close_within(self.app.random_drain());
            }
            sleep_until(self.clock.end).await;
        };
        tokio::select! {
            biased;
            written = writing => written.map_err(|_| End::Gone),
            () = stalled => Err(End::Gone),
            () = over => Err(End::Gone),
        }
    }
}
