//! The events of a service: written with each change, numbered in the order in which readers can see them, served as a feed.
//! In: the events of commands. Out: `GET /v1/events`, and the position that every answer carries.
//!
//! `event` is what a command returns, `outbox` writes it and knows the newest number, `sequencer` numbers (PostgreSQL),
//! `listener` hears of other instances' events, `feed` answers, `retention` deletes, `store` has the SQL.

mod event;
mod feed;
mod listener;
mod outbox;
mod retention;
mod sequencer;
mod store;

use crate::database::DatabaseUrl;

pub use self::event::{Event, EventType};
pub(crate) use self::{
    event::schemas,
    feed::routes,
    outbox::{Outbox, begin_epoch},
};

/// Numbers events and listens for those of other instances; the future ends when the outbox is stopped.
pub(crate) fn run(outbox: &Outbox, url: &DatabaseUrl) -> impl Future<Output = ()> + use<> {
    let sequencer = tokio::spawn(sequencer::run(outbox.clone()));
    let listener = match url {
        DatabaseUrl::Postgres(url) => Some(tokio::spawn(listener::run(outbox.clone(), url.clone()))),
        DatabaseUrl::Sqlite(_) => None,
    };
    async move {
        // An error is a panic, which the hook has logged.
        let _ = sequencer.await;
        if let Some(listener) = listener {
            let _ = listener.await;
        }
    }
}
