//! The SQL of the outbox. In: events, positions, filters. Out: stored events as CloudEvents, and the numbers of the oldest and the newest one.

use contract::{CloudEvent, Position, Time, event::Sequence};
use sqlx::{FromRow, Row, any::AnyRow};

use super::event::Event;
use crate::database::{Connection, DatabaseError, Engine, Sql, row::time};

/// A number of events, as the databases store it.
pub(super) fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// The place behind the last event.
pub(super) struct Head(pub(super) Position);

impl FromRow<'_, AnyRow> for Head {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let (epoch, sequence): (&str, i64) = (row.try_get("epoch")?, row.try_get("sequence")?);
        Ok(Self(Position { epoch: epoch.into(), sequence: sequence.unsigned_abs() }))
    }
}

/// What is known of a change beside its event.
pub(super) struct Change<'a> {
    /// When it is made.
    pub(super) at: Time,
    /// `traceparent` and `tracestate` of its request.
    pub(super) trace: (Option<String>, Option<String>),
    /// Its events.
    pub(super) events: &'a [Event],
}

/// The events that a reader wants.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Their types; empty for all.
    pub(super) kinds: Vec<String>,
    /// Ids, of which an event must have one; empty for all events.
    pub(super) keys: Vec<String>,
}

/// A stored event with its number; `source` and `dataschema` are the service's.
struct Stored(CloudEvent);

impl FromRow<'_, AnyRow> for Stored {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let (kind, data): (String, &str) = (row.try_get("kind")?, row.try_get("data")?);
        let sequence: i64 = row.try_get("sequence")?;
        let data = serde_json::from_str(data)
            .map_err(|error| sqlx::Error::ColumnDecode { index: "data".into(), source: Box::new(error) })?;
        Ok(Self(CloudEvent {
            specversion: "1.0".to_owned(),
            id: row.try_get("id")?,
            source: String::new(),
            dataschema: format!("/events/{kind}.json"),
            kind,
            subject: row.try_get("subject")?,
            time: time(row, "time")?,
            data,
            sequence: Sequence(sequence.unsigned_abs()),
            traceparent: row.try_get("traceparent")?,
            tracestate: row.try_get("tracestate")?,
        }))
    }
}

/// The place behind the last event that readers can see.
pub(super) async fn head(connection: &mut Connection) -> Result<Position, DatabaseError> {
    let select = Sql::new("SELECT epoch, sequence FROM outbox_head");
    connection.optional::<Head>(select).await?.map(|Head(head)| head).ok_or_else(|| sqlx::Error::RowNotFound.into())
}

/// The number of the oldest stored event; `None` if there is none.
pub(super) async fn oldest(connection: &mut Connection) -> Result<Option<u64>, DatabaseError> {
    let select = Sql::new("SELECT MIN(sequence) AS oldest FROM outbox WHERE sequence IS NOT NULL");
    let row: Option<(Option<i64>,)> = connection.optional(select).await?;
    Ok(row.and_then(|(oldest,)| oldest).map(i64::unsigned_abs))
}

/// The number of the first event that is not older than `since`; `None` if all are.
pub(super) async fn first_since(connection: &mut Connection, since: Time) -> Result<Option<u64>, DatabaseError> {
    // Without the `+ 0` PostgreSQL walks all older events in their order, to find the first that is young enough.
    let select =
        Sql::new("SELECT MIN(sequence + 0) AS first FROM outbox WHERE sequence IS NOT NULL AND time >= ").bind(since);
    let row: Option<(Option<i64>,)> = connection.optional(select).await?;
    Ok(row.and_then(|(first,)| first).map(i64::unsigned_abs))
}

/// Adds the events of a change. On SQLite they have their numbers at once; returns the last one.
pub(super) async fn insert(connection: &mut Connection, change: &Change<'_>) -> Result<Option<u64>, DatabaseError> {
    let Change { at, trace, events } = change;
    let mut next = match connection.engine() {
        Engine::Sqlite => Some(reserve(connection, events.len()).await?),
        Engine::Postgres => None,
    };
    for event in *events {
        let keys = keys(event);
        let statement = Sql::new(
            "INSERT INTO outbox (sequence, id, kind, subject, time, keys, data, traceparent, tracestate) VALUES (",
        )
        .bind(next.map(number))
        .push(", ")
        .bind(contract::RequestId::generate().as_str())
        .push(", ")
        .bind(event.kind)
        .push(", ")
        .bind(event.subject.as_str())
        .push(", ")
        .bind(*at)
        .push(", ")
        .bind(keys.join(" "))
        .push(", ")
        .bind(event.data.to_string())
        .push(", ")
        .bind(trace.0.clone())
        .push(", ")
        .bind(trace.1.clone());
        connection.execute(statement.push(")")).await?;
        if let Some(sequence) = &mut next {
            for key in keys {
                let statement = Sql::new("INSERT INTO event_keys (key, sequence, kind) VALUES (").bind(key).push(", ");
                connection.execute(statement.bind(number(*sequence)).push(", ").bind(event.kind).push(")")).await?;
            }
            *sequence += 1;
        }
    }
    Ok(next.map(|next| next - 1))
}

/// The ids of an event, each once.
fn keys(event: &Event) -> Vec<&str> {
    let mut keys: Vec<&str> = event.keys.iter().map(String::as_str).chain([event.subject.as_str()]).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Reserves that many numbers; returns the first.
async fn reserve(connection: &mut Connection, events: usize) -> Result<u64, DatabaseError> {
    let events = i64::try_from(events).unwrap_or(i64::MAX);
    let update = Sql::new("UPDATE outbox_head SET sequence = sequence + ").bind(events).push(" RETURNING sequence");
    let row: Option<(i64,)> = connection.optional(update).await?;
    let (last,) = row.ok_or(sqlx::Error::RowNotFound)?;
    Ok((last - events).unsigned_abs() + 1)
}

/// The events behind `after` up to and including `until`, at most `first`, in their order.
pub(super) async fn page(
    connection: &mut Connection,
    range: std::ops::Range<u64>,
    filter: &Filter,
    first: usize,
) -> Result<Vec<CloudEvent>, DatabaseError> {
    const SELECT: &str = "SELECT sequence, id, kind, subject, time, data, traceparent, tracestate FROM outbox WHERE ";
    let (after, until) = (number(range.start), number(range.end));
    let select = if filter.keys.is_empty() {
        let select = Sql::new(SELECT).push("sequence > ").bind(after).push(" AND sequence <= ").bind(until);
        of_kinds(select, &filter.kinds)
    } else {
        let mut select = Sql::new(SELECT).push("sequence IN (SELECT DISTINCT sequence FROM (");
        // A limited select of each key from its index, merged in order up to the limit: the events of others cost nothing.
        for (index, key) in filter.keys.iter().enumerate() {
            select =
                select.push(if index == 0 { "SELECT sequence FROM (" } else { " UNION ALL SELECT sequence FROM (" });
            select = select.push("SELECT sequence FROM event_keys WHERE key = ").bind(key.as_str());
            select = select.push(" AND sequence > ").bind(after).push(" AND sequence <= ").bind(until);
            select = of_kinds(select, &filter.kinds)
                .push(" ORDER BY sequence LIMIT ")
                .push_number(first)
                .push(") AS page_of_key");
        }
        select.push(") AS page_of_keys ORDER BY sequence LIMIT ").push_number(first).push(")")
    };
    let select = select.push(" ORDER BY sequence LIMIT ").push_number(first);
    let stored: Vec<Stored> = connection.all(select).await?;
    Ok(stored.into_iter().map(|Stored(event)| event).collect())
}

fn of_kinds(select: Sql, kinds: &[String]) -> Sql {
    if kinds.is_empty() { select } else { select.push(" AND kind IN ").bind_list(kinds.iter().map(String::as_str)) }
}

/// Whether there are events without a number (PostgreSQL).
pub(super) async fn any_without_number(connection: &mut Connection) -> Result<bool, DatabaseError> {
    let select = Sql::new("SELECT insertion FROM outbox WHERE sequence IS NULL LIMIT 1");
    Ok(connection.optional::<(i64,)>(select).await?.is_some())
}

/// Numbers at most `limit` events of committed changes (PostgreSQL); returns the new head and how many they were. The lock of
/// the head's row and the read of the rows are two statements: the second one sees all that committed before the lock.
pub(super) async fn give_numbers(connection: &mut Connection, limit: usize) -> Result<(Position, u64), DatabaseError> {
    let lock = Sql::new("SELECT epoch, sequence FROM outbox_head FOR UPDATE");
    let Head(before) = connection.optional(lock).await?.ok_or(sqlx::Error::RowNotFound)?;
    let number = Sql::new("WITH next AS (SELECT insertion, ROW_NUMBER() OVER (ORDER BY insertion) AS place FROM (")
        .push("SELECT insertion FROM outbox WHERE sequence IS NULL ORDER BY insertion LIMIT ")
        .push_number(limit)
        .push(") AS waiting), numbered AS (UPDATE outbox SET sequence = ")
        .bind(number(before.sequence))
        .push(" + next.place FROM next WHERE outbox.insertion = next.insertion")
        .push(" RETURNING outbox.sequence, outbox.kind, outbox.keys), keyed AS (")
        .push("INSERT INTO event_keys (key, sequence, kind) SELECT word, sequence, kind FROM numbered")
        .push(" CROSS JOIN LATERAL unnest(string_to_array(keys, ' ')) AS words (word))")
        .push(
            " UPDATE outbox_head SET sequence = sequence + (SELECT COUNT(*) FROM numbered) RETURNING epoch, sequence",
        );
    let Head(after) = connection.optional(number).await?.ok_or(sqlx::Error::RowNotFound)?;
    let given = after.sequence - before.sequence;
    Ok((after, given))
}

/// Tells the other instances of the new head when the transaction commits (PostgreSQL).
pub(super) async fn notify(connection: &mut Connection, head: &Position) -> Result<(), DatabaseError> {
    let select = Sql::new("SELECT CAST(pg_notify('tessera_events', ").bind(head.to_string()).push(") AS TEXT)");
    connection.optional::<(String,)>(select).await.map(drop)
}

/// Deletes the oldest events, at most `limit`, up to the first that is not older than `before`: no gap arises. Returns how many
/// they were. Only that many rows are read, however many are stored.
pub(super) async fn forget(connection: &mut Connection, before: Time, limit: usize) -> Result<u64, DatabaseError> {
    let select = Sql::new("SELECT MIN(CASE WHEN time >= ")
        .bind(before)
        .push(" THEN sequence END) AS first_kept, MAX(sequence) AS last FROM (SELECT sequence, time FROM outbox")
        .push(" WHERE sequence > 0 ORDER BY sequence LIMIT ")
        .push_number(limit)
        .push(") AS page_of_oldest");
    let row: Option<(Option<i64>, Option<i64>)> = connection.optional(select).await?;
    let (first_kept, last) = row.unwrap_or_default();
    let Some(end) = first_kept.or_else(|| last.map(|last| last + 1)) else { return Ok(0) };
    connection.execute(Sql::new("DELETE FROM event_keys WHERE sequence < ").bind(end)).await?;
    connection.execute(Sql::new("DELETE FROM outbox WHERE sequence < ").bind(end)).await
}

/// Begins a new epoch: every position of before is unknown from now on. Returns the head.
pub(super) async fn begin_epoch(connection: &mut Connection, epoch: &str) -> Result<Position, DatabaseError> {
    let update = Sql::new("UPDATE outbox_head SET epoch = ").bind(epoch).push(" RETURNING epoch, sequence");
    connection.optional::<Head>(update).await?.map(|Head(head)| head).ok_or_else(|| sqlx::Error::RowNotFound.into())
}
