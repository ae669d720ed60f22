//! The stream of a service's events that never ends: a connection that breaks, or is silent for 45 seconds, is opened again
//! behind the last event. Numbers that are missing are fetched as a page, so that no gap is ever handed out.

use std::{collections::VecDeque, time::Duration};

use contract::{CloudEvent, Position, headers::X_FEED_POSITION};
use rand::RngExt;
use tokio::time::{sleep, timeout};

use super::{
    source::{self, PageError, PageQuery, Source},
    sse::{Message, Parser},
};

/// A connection without a byte for this long is dead: the service sends a heartbeat every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// The timeout of opening a stream or reading a page.
const WITHIN: Duration = Duration::from_secs(10);
/// The longest pause before another attempt.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The first pause at most; it doubles with each failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Events of a page that fills a gap.
const PAGE: usize = 500;

/// Where a feed begins.
#[derive(Clone, Debug)]
pub enum Start {
    /// Behind a position.
    After(Position),
    /// With the oldest event that is no older than this, by the service's clock.
    Age(Duration),
}

/// What a feed has to tell.
#[derive(Debug)]
pub enum News {
    /// The next event, and the position behind it.
    Event(Box<CloudEvent>, Position),
    /// There is no further event before this position: a heartbeat.
    UpTo(Position),
    /// A connection was opened; the service's newest event is the one before this position.
    Opened(Position),
    /// The connection broke, or could not be opened; another attempt follows.
    Broken(PageError),
}

/// The position of the feed is of no use any more. Consumers start anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The service has begun a new epoch.
    Unknown,
    /// The service has deleted what comes next.
    Expired,
}

/// The events of one service.
pub struct Feed {
    source: Source,
    start: Start,
    /// The last event that was handed out.
    position: Option<Position>,
    connection: Option<Connection>,
    /// Messages that have come and were not handed out.
    ready: VecDeque<Message>,
    /// Events that fill a gap.
    missing: VecDeque<CloudEvent>,
    failures: u32,
}

struct Connection {
    response: reqwest::Response,
    parser: Parser,
}

impl Feed {
    /// The events of `source` from `start` on. Nothing is sent before [`Self::next`].
    pub fn new(source: Source, start: Start) -> Self {
        let position = match &start {
            Start::After(position) => Some(position.clone()),
            Start::Age(_) => None,
        };
        let (ready, missing) = (VecDeque::new(), VecDeque::new());
        Self { source, start, position, connection: None, ready, missing, failures: 0 }
    }

    /// The next news. Waits for it for as long as it takes; may be dropped while it waits.
    ///
    /// # Errors
    /// The position is lost: every later call says so too.
    pub async fn next(&mut self) -> Result<News, Lost> {
        loop {
            match self.advance().await {
                Ok(Some(news)) => return Ok(news),
                Ok(None) => {}
                Err(PageError::Unknown) => return Err(Lost::Unknown),
                Err(PageError::Expired) => return Err(Lost::Expired),
                Err(error) => {
                    self.connection = None;
                    self.ready.clear();
                    self.missing.clear();
                    self.failures = self.failures.saturating_add(1);
                    return Ok(News::Broken(error));
                }
            }
        }
    }

    async fn advance(&mut self) -> Result<Option<News>, PageError> {
        if let Some(event) = self.missing.pop_front() {
            return Ok(self.hand_out(event));
        }
        if let Some(message) = self.ready.front() {
            return match self.gap_before(message)? {
                Some(after) => {
                    let query = PageQuery { after, types: Vec::new(), keys: Vec::new(), first: PAGE };
                    self.missing = self.source.page(&query, WITHIN).await?.items.into();
                    match self.missing.is_empty() {
                        true => Err(PageError::failed("the service skips events")),
                        false => Ok(None),
                    }
                }
                None => self.read_message(),
            };
        }
        if self.connection.is_none() {
            return Ok(self.open().await?.map(News::Opened));
        }
        let Some(Connection { response, parser }) = &mut self.connection else { return Ok(None) };
        let chunk = timeout(SILENCE, source::chunk(response)).await.map_err(|_| PageError::failed("silent"))??;
        let chunk = chunk.ok_or_else(|| PageError::failed("the service has ended the stream"))?;
        self.failures = 0;
        self.ready.extend(parser.push(&chunk).map_err(PageError::failed)?);
        Ok(None)
    }

    async fn open(&mut self) -> Result<Option<Position>, PageError> {
        if self.failures > 0 {
            let longest = FIRST_PAUSE.saturating_mul(1 << self.failures.min(10)).min(LONGEST_PAUSE);
            let share: f64 = rand::rng().random();
            sleep(longest.mul_f64(share)).await;
        }
        let query = match (&self.position, &self.start) {
            (Some(position), _) => format!("after={position}"),
            (None, Start::After(position)) => format!("after={position}"),
            (None, Start::Age(age)) => format!("age={}s", age.as_secs()),
        };
        let opened = timeout(WITHIN, self.source.open(&query)).await;
        let response = opened.unwrap_or_else(|_| Err(PageError::failed("timed out")))?;
        let newest = response.headers().get(X_FEED_POSITION).and_then(|value| value.to_str().ok()?.parse().ok());
        self.connection = Some(Connection { response, parser: Parser::default() });
        Ok(newest)
    }

    /// The position behind which events are missing before this message, if any are.
    fn gap_before(&self, message: &Message) -> Result<Option<Position>, PageError> {
        let (Some(known), Some(next)) = (&self.position, position_of(message)?) else { return Ok(None) };
        let reached = if message.data.is_some() { known.sequence + 1 } else { known.sequence };
        Ok((next.epoch == known.epoch && next.sequence > reached).then(|| known.clone()))
    }

    fn read_message(&mut self) -> Result<Option<News>, PageError> {
        let Some(message) = self.ready.pop_front() else { return Ok(None) };
        let Some(position) = position_of(&message)? else { return Ok(None) };
        match message.data {
            Some(data) => {
                let event: CloudEvent = serde_json::from_str(&data).map_err(PageError::failed)?;
                if event.sequence.0 != position.sequence {
                    return Err(PageError::failed("an event's number is not that of its position"));
                }
                self.position.get_or_insert_with(|| position.at(position.sequence.saturating_sub(1)));
                Ok(self.hand_out(event))
            }
            None => {
                self.position = Some(position.clone());
                Ok(Some(News::UpTo(position)))
            }
        }
    }

    /// The event as news, unless it was handed out before.
    fn hand_out(&mut self, event: CloudEvent) -> Option<News> {
        let known = self.position.as_mut()?;
        if event.sequence.0 <= known.sequence {
            return None;
        }
        known.sequence = event.sequence.0;
        Some(News::Event(Box::new(event), known.clone()))
    }
}

fn position_of(message: &Message) -> Result<Option<Position>, PageError> {
    message.id.as_deref().map(str::parse).transpose().map_err(PageError::failed)
}
