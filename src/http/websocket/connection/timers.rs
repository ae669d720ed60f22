//! What a WebSocket does by the clock: the time for `connection_init`, pings with the position of the socket's subscriptions, the end
//! of a client without a sign of life, of the token, and of the connection itself.

use std::time::Duration;

use rand::RngExt;
use serde_json::json;
use tokio::time::Instant;

use super::{Close, Connection, End, cursor, message};
use crate::http::{App, websocket::session::WARNING};

/// How long a client has for its `connection_init`.
const INIT_WITHIN: Duration = Duration::from_secs(3);
/// The time between two pings of the server.
const PING_EVERY: Duration = Duration::from_secs(15);
/// How long after a ping a client without a sign of life is given up.
const PONG_WITHIN: Duration = Duration::from_secs(30);

/// When something is due.
pub(super) struct Timers {
    init: Instant,
    ping: Instant,
    /// When a client that has not answered the last ping is given up.
    pub(super) pong: Option<Instant>,
    /// Pings without a pong.
    pub(super) unanswered: u32,
    /// When the connection is as old as it may be, or has to end for a restart.
    pub(super) end: Instant,
    pub(super) is_closing: bool,
}

impl Timers {
    /// The timers of a connection that begins.
    pub(super) fn new(app: &App) -> Self {
        let now = Instant::now();
        let share: f64 = rand::rng().random_range(0.9..1.0);
        Self {
            init: now + INIT_WITHIN,
            ping: now + PING_EVERY,
            pong: None,
            unanswered: 0,
            end: now + app.live.lifetime.mul_f64(share),
            is_closing: false,
        }
    }

    /// The connection ends after that time: the server restarts.
    pub(super) fn close_within(&mut self, time: Duration) {
        (self.is_closing, self.end) = (true, Instant::now() + time);
    }
}

impl Connection {
    /// When the next thing is due.
    pub(super) fn next_timer(&self) -> Instant {
        let Timers { init, ping, pong, end, .. } = self.clock;
        let init = self.session.is_none().then_some(init);
        let token = self.session.as_ref().and_then(|session| {
            let expires = session.expires?;
            Some(if session.is_warned { expires } else { expires.checked_sub(WARNING).unwrap_or(expires) })
        });
        [init, pong, token].into_iter().flatten().chain([ping, end]).min().unwrap_or(end)
    }

    /// Does what is due.
    pub(super) async fn tick(&mut self) -> Result<(), End> {
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
}
