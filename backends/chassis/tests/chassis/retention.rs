//! Retention: a running service deletes events that are older than its setting, the oldest first; and the plans of the
//! outbox' statements, those of the deletion among them.

use std::time::Duration;

use chassis::{
    database::plans::slow_plans,
    testing::{Reply, forget_events},
};
use contract::{EventPage, Position};
use tokio::time::{Instant, sleep};

use super::{events::page, notes::Notebook};

/// A service that stores events for a second, by its own clock.
async fn forgetful() -> Notebook {
    Notebook::with(|settings| settings.event_retention_seconds = 1).await
}

fn sequences(page: &Reply) -> Vec<u64> {
    let page: EventPage = serde_json::from_value(page.json.clone()).unwrap();
    page.items.iter().map(|event| event.sequence.0).collect()
}

/// Reads from `position` until it has expired; what was read meanwhile had no gap. Returns the oldest position.
async fn until_expired(notes: &Notebook, position: &Position) -> Position {
    let began = Instant::now();
    loop {
        let read = page(notes, &format!("after={position}")).await;
        if read.status == 410 {
            assert_eq!(read.code(), "POSITION_EXPIRED");
            return read.json["error"]["details"][0]["issue"].as_str().unwrap().parse().unwrap();
        }
        let seen = sequences(&read);
        assert!(seen.iter().zip(position.sequence + 1..).all(|(seen, expected)| *seen == expected), "{seen:?}");
        assert!(began.elapsed() < Duration::from_secs(10), "nothing was deleted");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_running_service_deletes_events_that_are_older_than_its_setting() {
    let notes = forgetful().await;
    for id in 1..=5 {
        assert_eq!(notes.send(notes.note(id, "old")).await.status, 201);
    }
    let events = notes.events("").await;
    assert_eq!(events.len(), 5);
    let start: Position = page(&notes, "").await.json["position"].as_str().unwrap().parse().unwrap();
    assert_eq!(start.sequence, 5);

    notes.clock.advance(Duration::from_secs(2));
    assert_eq!(notes.send(notes.note(6, "young")).await.status, 201);

    let oldest = until_expired(&notes, &start.at(0)).await;
    assert_eq!(oldest, start, "the young one is stored");
    assert_eq!(sequences(&page(&notes, &format!("after={oldest}")).await), [6]);
    notes.clock.advance(Duration::from_secs(2));
    assert_eq!(until_expired(&notes, &start).await, start.at(6), "the head survives its event");
    assert_eq!(notes.events("keys=6").await, []);
    assert_eq!(notes.send(notes.note(7, "young")).await.status, 201);
    assert_eq!(notes.events("keys=7").await[0].sequence.0, 7);
}

/// The clocks of instances differ: an event with an earlier time may have the later number.
#[tokio::test]
async fn an_old_event_behind_a_young_one_is_deleted_with_it_and_not_before() {
    let notes = Notebook::open().await;
    let behind = notes.beside().await;
    notes.clock.advance(Duration::from_secs(10));
    for (instance, id) in [(&notes, 1), (&behind, 2)] {
        assert_eq!(instance.send(instance.note(id, "x")).await.status, 201);
        notes.events("").await;
    }
    let stored = async || notes.events("").await.iter().map(|event| event.sequence.0).collect::<Vec<_>>();
    forget_events(&notes.database, Duration::from_secs(5)).await;
    assert_eq!(stored().await, [1, 2]);
    notes.clock.advance(Duration::from_secs(6));
    forget_events(&notes.database, Duration::from_secs(5)).await;
    assert_eq!(stored().await, [0; 0]);
}

#[tokio::test]
async fn no_statement_of_the_outbox_scans_a_table_or_sorts() {
    let notes = forgetful().await;
    for id in 1..=3 {
        assert_eq!(notes.send(notes.note(id, "x")).await.status, 201);
    }
    notes.events("").await;
    let start: Position = page(&notes, "").await.json["position"].as_str().unwrap().parse().unwrap();
    for keys in ["", "&keys=1", "&keys=1,2,3"] {
        for types in ["", "&types=note.created", "&types=note.created,note.deleted"] {
            for from in [format!("after={}", start.at(0)), "age=60s".to_owned()] {
                assert_eq!(page(&notes, &format!("{from}{keys}{types}")).await.status, 200, "{from}{keys}{types}");
            }
        }
    }
    notes.clock.advance(Duration::from_secs(2));
    until_expired(&notes, &start.at(0)).await;

    let statements: Vec<String> = notes.outbox.statements().all().iter().map(|sql| sql.text().to_owned()).collect();
    for part in ["FROM event_keys WHERE key = ", "MIN(sequence + 0)", "AND kind IN ", "DELETE FROM outbox"] {
        assert!(statements.iter().any(|statement| statement.contains(part)), "{part} ran");
    }
    // The events of several keys are merged in order, at most a page of each.
    let slow = slow_plans(&notes.outbox, &["SELECT DISTINCT"]).await.unwrap();
    assert!(slow.is_empty(), "{slow:#?}");
    let slow = slow_plans(&notes.database, &[]).await.unwrap();
    assert!(slow.is_empty(), "{slow:#?}");
}
