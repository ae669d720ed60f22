//! What the root fields of subscriptions do. A field is resolved for one of two reasons: a client subscribes, and the field says
//! which events it asks for; or an event has come, and the field makes its object of it.

use std::sync::Arc;

use async_graphql::{Context, Error, Result};
use futures::{Stream, stream};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::scalars::Cursor;
use crate::clients::{Interest, Occurrence, Topic};

/// Why a root field of a subscription is resolved.
#[derive(Clone)]
pub enum Occasion {
    /// A client subscribes. Takes the field's answer.
    Subscribing(Arc<Mutex<Option<Interest>>>),
    /// An event has come.
    Event(Arc<Occurrence>),
}

impl Occasion {
    /// The occasion of the execution that the field belongs to.
    pub fn of<'a>(ctx: &Context<'a>) -> &'a Self {
        ctx.data_unchecked()
    }
}

/// The arguments of a root field.
pub struct Asked {
    /// Ids, of which an event must have one; `None` for all events of the topic.
    pub keys: Option<Vec<String>>,
    /// The cursor behind which the client wants the events.
    pub after: Option<Cursor>,
}

/// The stream of a root field: nothing where a client subscribes, else the object of the event. The members of the object are
/// those of the event's data, and `cursor` and `subject`.
///
/// # Errors
/// The event's data is not as the service promises.
pub fn events<T: DeserializeOwned + Send + 'static>(
    ctx: &Context<'_>,
    topic: &'static Topic,
    asked: Asked,
) -> Result<impl Stream<Item = T> + use<T>> {
    let event = match Occasion::of(ctx) {
        Occasion::Subscribing(answer) => {
            let Asked { keys, after } = asked;
            *answer.lock() = Some(Interest { topic, keys, after: after.map(|Cursor(after)| after) });
            None
        }
        Occasion::Event(occurrence) => Some(object(occurrence)?),
    };
    Ok(stream::iter(event))
}

fn object<T: DeserializeOwned>(Occurrence { event, cursor }: &Occurrence) -> Result<T> {
    let mut members = match &event.data {
        Value::Object(members) => members.clone(),
        _ => return Err(Error::new("the data of an event is not an object")),
    };
    members.insert("cursor".to_owned(), (&**cursor).into());
    members.insert("subject".to_owned(), event.subject.as_str().into());
    serde_json::from_value(Value::Object(members)).map_err(|error| Error::new(format!("the data of an event: {error}")))
}
