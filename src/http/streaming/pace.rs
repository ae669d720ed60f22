//! What a stream does next. In: a subscription, and the times at which something is due. Out: a message, a sign of life, or the
//! end. The next message is asked for when the client has accepted the last one.

use std::{fmt::Write, sync::Arc, time::Duration};

use contract::Clock;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use rand::RngExt;
use tokio::time::{Instant, sleep_until};

use super::End;
use crate::{
    events::{Full, Handle, Message, Seat, Subscription, cursor},
    http::App,
    requests::Refused,
};

/// The longest time without a sign of life.
pub(in crate::http) const HEARTBEAT: Duration = Duration::from_secs(15);

/// The places of a stream among those of its network and its viewer.
pub(in crate::http) struct StreamSeats {
    _network: Seat,
    _viewer: Option<Seat>,
}

impl StreamSeats {
    /// The places of a subscription's stream.
    pub(in crate::http) fn take(app: &App, network: Seat, subscription: &Subscription) -> Result<Self, Full> {
        let viewer = subscription.handle().viewer().map(|viewer| app.caps.sign_in(viewer.id())).transpose()?;
        Ok(Self { _network: network, _viewer: viewer })
    }
}

/// What comes next.
pub(super) enum Turn {
    Message(Arc<Message>),
    Heartbeat,
    End(End),
}

/// A stream's subscription and times.
pub(super) struct Pace {
    app: Arc<App>,
    /// A stream, so that a sign of life does not begin the next message anew.
    messages: BoxStream<'static, Result<Arc<Message>, Refused>>,
    handle: Handle,
    heartbeat: Instant,
    /// When the token ends.
    expires: Option<Instant>,
    /// When the stream is as old as it may be, or has to end for a restart.
    end: Instant,
    is_closing: bool,
    _seats: StreamSeats,
}

impl Pace {
    pub(super) fn new(app: Arc<App>, subscription: Subscription, seats: StreamSeats) -> Self {
        let (now, handle) = (Instant::now(), subscription.handle());
        let expires = handle.viewer().map(|viewer| now + viewer.expires_at().since(Clock::system().now()));
        let share: f64 = rand::rng().random_range(0.9..1.0);
        let end = now + app.live.lifetime.mul_f64(share);
        let messages = stream::unfold(subscription, async |mut subscription| {
            let next = subscription.next().await;
            Some((next, subscription))
        });
        let messages = messages.boxed();
        let mut pace = Self { app, messages, handle, heartbeat: now, expires, end, is_closing: false, _seats: seats };
        pace.put_off_heartbeat();
        pace
    }

    /// The cursor behind everything that was delivered.
    pub(super) fn cursor(&self) -> String {
        let (service, position) = self.handle.progress();
        cursor::of_event(service, &position)
    }

    /// How far this process is behind the service, for people who read the stream.
    pub(super) fn lag(&self) -> String {
        let mut text = String::new();
        for (service, lag) in self.app.events.lags() {
            // Writing to a String does not fail.
            let _ = write!(text, " {service}={}ms", lag.as_millis());
        }
        text
    }

    pub(super) async fn turn(&mut self) -> Turn {
        loop {
            let closing = self.app.closing.clone();
            let expires = self.expires.unwrap_or(self.end);
            tokio::select! {
                // Nothing is delivered after an end because an event was there in the same moment.
                biased;
                () = sleep_until(expires), if self.expires.is_some() => return Turn::End(End::TokenExpired),
                () = sleep_until(self.end) => return Turn::End(End::Restart),
                () = closing.cancelled(), if !self.is_closing => {
                    self.is_closing = true;
                    self.end = Instant::now() + self.app.random_drain();
                }
                Some(next) = self.messages.next() => {
                    if self.expires.is_some_and(|expires| expires <= Instant::now()) {
                        return Turn::End(End::TokenExpired);
                    }
                    self.put_off_heartbeat();
                    return next.map_or_else(|refused| Turn::End(End::Refused(refused)), Turn::Message);
                }
                () = sleep_until(self.heartbeat) => {
                    self.put_off_heartbeat();
                    return Turn::Heartbeat;
                }
            }
        }
    }

    /// Streams that began together send their signs of life apart.
    fn put_off_heartbeat(&mut self) {
        let share: f64 = rand::rng().random_range(0.8..1.0);
        self.heartbeat = Instant::now() + HEARTBEAT.mul_f64(share);
    }
}
