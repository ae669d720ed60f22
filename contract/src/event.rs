//! Events between the services and the BFF: CloudEvents 1.0 in JSON, and their positions. A position is `EPOCH:SEQ`: the
//! sequence numbers of one epoch are 1, 2, 3 … in the order in which readers can see the events, without gaps.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{Time, text};

/// Longest epoch; services make one of 12.
const MAX_EPOCH: usize = 32;

/// A place in the events of one service: behind the event with that number. `EPOCH:SEQ` as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// A random word, made with the service's outbox. Another epoch means that the numbers began anew.
    pub epoch: Arc<str>,
    /// The number of the last event before this place; 0 before the first.
    pub sequence: u64,
}

/// Text that is not a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected EPOCH:SEQ")]
pub struct PositionError;

/// An event: CloudEvents 1.0 (JSON event format, structured mode), with the extensions `sequence`, `traceparent` and
/// `tracestate`. Unknown members are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CloudEvent {
    /// The version of the specification: `1.0`.
    pub specversion: String,
    /// Unique among the events of its source.
    pub id: String,
    /// The service: `post-service`.
    pub source: String,
    /// `post.published`, `order.placed`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of the changed object.
    pub subject: String,
    /// When the change was made, by the service's clock.
    pub time: Time,
    /// The path of the JSON Schema of `data`, at the service.
    pub dataschema: String,
    /// Ids, the object's version, statuses and counts; never texts that users wrote.
    pub data: Value,
    /// The event's number, in 20 digits: the extension wants text whose order is that of the events.
    pub sequence: Sequence,
    /// The trace of the request that made the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The trace's state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracestate: Option<String>,
}

/// The number of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sequence(pub u64);

/// One page of a service's events, as `GET /v1/events` with `Accept: application/json` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventPage {
    /// The events, in their order.
    pub items: Vec<CloudEvent>,
    /// Where the next page begins: everything up to here that was asked for is in this page or an earlier one.
    pub position: Position,
    /// Whether there are more events behind `position` already.
    pub has_next: bool,
}

impl Position {
    /// The place behind the event with that number, in the same epoch.
    #[must_use]
    pub fn at(&self, sequence: u64) -> Self {
        Self { epoch: Arc::clone(&self.epoch), sequence }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.sequence)
    }
}

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let (epoch, sequence) = text.split_once(':').ok_or(PositionError)?;
        let is_epoch = (1..=MAX_EPOCH).contains(&epoch.len()) && epoch.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_number = !sequence.is_empty() && sequence.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = sequence == "0" || !sequence.starts_with('0');
        // The databases store the number as a signed 64-bit integer.
        let sequence: i64 = sequence.parse().map_err(|_| PositionError)?;
        let sequence = u64::try_from(sequence).map_err(|_| PositionError)?;
        if is_epoch && is_number && is_plain { Ok(Self { epoch: epoch.into(), sequence }) } else { Err(PositionError) }
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::parse(deserializer)
    }
}

impl Serialize for Sequence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:020}", self.0))
    }
}

impl<'de> Deserialize<'de> for Sequence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::parse(deserializer)
    }
}

impl FromStr for Sequence {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        text.parse().map(Self).map_err(|_| PositionError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_written_as_it_is_read() {
        for text in ["a:0", "4f3c2b1a0d9e:17", "x:9223372036854775807"] {
            assert_eq!(text.parse::<Position>().unwrap().to_string(), text);
        }
        for text in ["", ":", "a:", ":1", "a", "a:-1", "a:+1", "a:01", "a:1 ", "a b:1", "é:1", "a:9223372036854775808"]
        {
            assert_eq!(text.parse::<Position>(), Err(PositionError), "{text}");
        }
        assert_eq!(format!("{}:1", "x".repeat(33)).parse::<Position>(), Err(PositionError));
    }

    #[test]
    fn the_order_of_sequences_is_the_order_of_their_texts() {
        let text = |number| serde_json::to_string(&Sequence(number)).unwrap();
        assert_eq!(text(42), "\"00000000000000000042\"");
        assert!(text(9) < text(10));
        assert_eq!(serde_json::from_str::<Sequence>(&text(42)).unwrap(), Sequence(42));
    }
}
