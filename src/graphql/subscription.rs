//! What the root fields of subscriptions do: when a client subscribes, the field says which events it asks for.

use std::sync::Arc;

use async_graphql::Context;
use futures::{Stream, stream};
use parking_lot::Mutex;

use super::scalars::Cursor;
use crate::clients::{Interest, Topic};

/// Takes what the root field asks for.
pub type Asking = Arc<Mutex<Option<Interest>>>;

/// The arguments of a root field.
pub struct Asked {
    /// Ids, of which an event must have one; `None` for all events of the topic.
    pub keys: Option<Vec<String>>,
    /// The cursor behind which the client wants the events.
    pub after: Option<Cursor>,
}

/// Notes what a root field asks for. Its stream has nothing: events are executed by themselves (`execution/`).
pub fn events<T: Send + 'static>(
    ctx: &Context<'_>,
    topic: &'static Topic,
    asked: Asked,
) -> impl Stream<Item = T> + use<T> {
    let Asked { keys, after } = asked;
    *ctx.data_unchecked::<Asking>().lock() = Some(Interest { topic, keys, after: after.map(|Cursor(after)| after) });
    stream::empty()
}
