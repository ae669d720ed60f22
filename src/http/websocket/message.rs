//! The messages of `graphql-transport-ws`. In: text from a client. Out: a message, or the reason why it is none; and the text of
//! the server's messages.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{http::parameters, requests::Parameters};

/// Longest id of an operation, in bytes.
const MAX_ID: usize = 256;

/// A message of a client.
#[derive(Debug)]
pub enum ClientMessage {
    /// `connection_init`, with the value of `authorization`.
    Init(Option<String>),
    /// `ping` with its payload.
    Ping(Option<Value>),
    /// `ping` with the viewer's new token.
    Renewal(String),
    /// `pong`.
    Pong,
    /// `subscribe`.
    Subscribe {
        /// The id that the client gives the operation.
        id: String,
        /// The operation.
        parameters: Box<Parameters>,
    },
    /// `complete`: the client wants no more of that operation.
    Complete(String),
}

impl ClientMessage {
    /// Reads a message. Unknown members are ignored.
    ///
    /// # Errors
    /// Why it is no message of the protocol.
    pub fn read(text: &str) -> Result<Self, String> {
        let message: Value = serde_json::from_str(text).map_err(|_| "the message is not JSON".to_owned())?;
        let Value::Object(mut message) = message else { return Err("the message must be an object".to_owned()) };
        let Some(Value::String(kind)) = message.remove("type") else {
            return Err("`type` must be a string".to_owned());
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::Init(authorization(&mut payload(&mut message)?.unwrap_or_default())?)),
            "ping" => Self::ping(payload(&mut message)?),
            "pong" => payload(&mut message).map(|_| Self::Pong),
            "subscribe" => Self::subscribe(message),
            "complete" => id(&mut message).map(Self::Complete),
            _ => Err("`type` is not a message of graphql-transport-ws".to_owned()),
        }
    }

    fn ping(payload: Option<Map<String, Value>>) -> Result<Self, String> {
        let mut payload = payload;
        match payload.as_mut().map(authorization).transpose()?.flatten() {
            Some(token) => Ok(Self::Renewal(token)),
            None => Ok(Self::Ping(payload.map(Value::Object))),
        }
    }

    fn subscribe(mut message: Map<String, Value>) -> Result<Self, String> {
        let id = id(&mut message)?;
        let payload = payload(&mut message)?.ok_or("`payload` must be an object")?;
        let mut parameters = parameters::from_members(payload).map_err(|failure| failure.to_string())?;
        let has_id = parameters.id.is_some() || parameters.automatic.is_some();
        // graphql-ws sends no message without the member: with an id, its text is empty.
        parameters.text.take_if(|text| has_id && text.is_empty());
        if parameters.text.is_none() && !has_id {
            return Err("`payload` must have `query` or `documentId`".to_owned());
        }
        Ok(Self::Subscribe { id, parameters: Box::new(parameters) })
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, String> {
    match message.remove("id") {
        Some(Value::String(id)) if (1..=MAX_ID).contains(&id.len()) => Ok(id),
        _ => Err(format!("`id` must be a string of 1 to {MAX_ID} bytes")),
    }
}

fn payload(message: &mut Map<String, Value>) -> Result<Option<Map<String, Value>>, String> {
    match message.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(payload)) => Ok(Some(payload)),
        Some(_) => Err("`payload` must be an object".to_owned()),
    }
}

/// The token of a payload, which is removed from it: as `Bearer …`, or alone.
fn authorization(payload: &mut Map<String, Value>) -> Result<Option<String>, String> {
    // Both are removed: a pong has the rest of its ping's payload.
    let [small, capital] = ["authorization", "Authorization"].map(|name| payload.remove(name));
    let is_given = |value: &Value| !value.is_null() && value != "";
    match small.filter(is_given).or(capital.filter(is_given)) {
        None => Ok(None),
        Some(Value::String(token)) if token.contains(' ') => Ok(Some(token)),
        Some(Value::String(token)) => Ok(Some(format!("Bearer {token}"))),
        Some(_) => Err("`authorization` must be a string".to_owned()),
    }
}

/// `connection_ack`
pub(super) fn ack(position: Option<String>) -> String {
    json!({"type": "connection_ack", "payload": {"position": position}}).to_string()
}

/// `ping`
pub(super) fn ping(payload: &Value) -> String {
    json!({"type": "ping", "payload": payload}).to_string()
}

/// `pong` with the payload of the ping.
pub(super) fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({"type": "pong", "payload": payload}).to_string(),
        None => r#"{"type":"pong"}"#.to_owned(),
    }
}

/// `next`, with a response that is JSON already.
pub(super) fn next(id: &str, response: &[u8]) -> String {
    let (id, response) = (Value::from(id).to_string(), String::from_utf8_lossy(response));
    format!(r#"{{"id":{id},"type":"next","payload":{response}}}"#)
}

/// `complete`
pub(super) fn complete(id: &str) -> String {
    json!({"id": id, "type": "complete"}).to_string()
}

/// `error`, after which nothing follows for this id.
pub(super) fn error(id: &str, errors: &impl Serialize) -> String {
    json!({"id": id, "type": "error", "payload": errors}).to_string()
}
