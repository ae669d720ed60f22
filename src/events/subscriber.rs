//! One subscriber: a cursor and a wake-up, no queue. It enters the index first and then reads from its cursor; being live means
//! that nothing is behind the cursor. Start, slowness and resumption are one path: a slow subscriber costs no memory and loses
//! nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use contract::Position;
use feed::PageError;
use tokio::{sync::Notify, time::sleep};

use super::{
    hub::{Found, Hub},
    log::Behind,
    older::{Page, PageRequest},
    subscribers::Number,
};
use crate::{
    budgets::Payer,
    clients::{Interest, Occurrence, Topic},
};

/// The pause before a page that could not be read is asked for again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A subscriber to some events of one service.
pub(super) struct Subscriber {
    place: Arc<Place>,
    wake: Arc<Notify>,
    /// A page of older events, read from its beginning up to the cursor.
    page: Option<Arc<Page>>,
    payer: Payer,
}

/// What a subscriber asks for, and how far it is. Leaves the index when dropped.
pub(super) struct Place {
    hub: Arc<Hub>,
    topic: &'static Topic,
    /// The topic's place at the hub.
    index: usize,
    keys: Option<Vec<String>>,
    number: Number,
    epoch: Arc<str>,
    /// Everything up to here was delivered, or is not asked for.
    cursor: AtomicU64,
    /// Whether older events are being read: then the log says nothing about progress.
    is_behind: AtomicBool,
}

/// Why a subscriber gets no more events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The events have begun a new epoch, or never had this position.
    Unknown,
    /// The next events are no longer stored.
    Expired,
}

impl Place {
    /// The service whose events they are.
    pub(super) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The topic.
    pub(super) const fn topic(&self) -> &'static Topic {
        self.topic
    }

    /// Everything up to here that was asked for has been delivered.
    pub(super) fn progress(&self) -> Position {
        if !self.is_behind.load(Ordering::Acquire)
            && let Found::Behind(Behind::Nothing(head)) = self.find()
        {
            return head;
        }
        self.cursor()
    }

    /// The event was delivered, or is not for this viewer.
    pub(super) fn advance(&self, occurrence: &Occurrence) {
        self.move_to(occurrence.event.sequence.0);
    }

    fn cursor(&self) -> Position {
        Position { epoch: Arc::clone(&self.epoch), sequence: self.cursor.load(Ordering::Acquire) }
    }

    fn move_to(&self, sequence: u64) {
        self.cursor.fetch_max(sequence, Ordering::AcqRel);
    }

    fn find(&self) -> Found {
        self.hub.find(self.index, self.keys.as_deref(), &self.cursor())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hub.unsubscribe(self.index, self.keys.as_deref(), self.number);
    }
}

impl Subscriber {
    /// A subscriber behind `cursor`.
    pub(super) fn new(hub: Arc<Hub>, interest: Interest, cursor: Position, payer: Payer) -> Self {
        let Interest { topic, keys, .. } = interest;
        let (wake, index) = (Arc::new(Notify::new()), hub.topic(topic));
        let number = hub.subscribe(index, keys.as_deref(), &wake);
        let (epoch, cursor) = (cursor.epoch, AtomicU64::new(cursor.sequence));
        let place = Place { hub, topic, index, keys, number, epoch, cursor, is_behind: AtomicBool::new(false) };
        Self { place: Arc::new(place), wake, page: None, payer }
    }

    /// What it asks for, and how far it is.
    pub(super) const fn place(&self) -> &Arc<Place> {
        &self.place
    }

    /// The next event behind the cursor; waits for it. The same one is returned until [`Place::advance`].
    pub(super) async fn next(&mut self) -> Result<Arc<Occurrence>, Lost> {
        loop {
            if let Some(occurrence) = self.next_of_page() {
                return Ok(occurrence);
            }
            match self.place.find() {
                Found::Behind(Behind::Event(occurrence)) => return Ok(occurrence),
                Found::Behind(Behind::Nothing(head)) => self.place.move_to(head.sequence),
                Found::Behind(Behind::Older) => {
                    self.fetch().await?;
                    continue;
                }
                // This process may not know of a new epoch yet, or the client not: the service knows.
                Found::OtherEpoch => {
                    self.fetch().await?;
                    if self.page.as_ref().is_some_and(|page| page.events.is_empty()) {
                        sleep(AGAIN_AFTER).await;
                    }
                    continue;
                }
                Found::NotYet => {}
            }
            self.wake.notified().await;
        }
    }

    /// Asks the service about a position that the log does not show to be right, so that a lost one is noticed at once.
    pub(super) async fn check(&mut self) -> Result<(), PageError> {
        let is_known = match self.place.find() {
            Found::Behind(Behind::Event(_)) => true,
            // A cursor beyond the newest event known here is valid only if this process is behind the service.
            Found::Behind(Behind::Nothing(head)) => {
                self.place.hub.known_newest().is_some_and(|newest| head.sequence <= newest.sequence)
            }
            Found::Behind(Behind::Older) | Found::OtherEpoch | Found::NotYet => false,
        };
        if !is_known {
            let page = self.read_page().await?;
            self.take(page);
        }
        Ok(())
    }

    fn next_of_page(&mut self) -> Option<Arc<Occurrence>> {
        let page = self.page.as_ref()?;
        let cursor = self.place.cursor().sequence;
        let next = page.events.get(page.events.partition_point(|event| event.event.sequence.0 <= cursor)).cloned();
        if next.is_none() {
            self.place.move_to(page.until);
            self.place.is_behind.store(false, Ordering::Release);
            self.page = None;
        }
        next
    }

    async fn fetch(&mut self) -> Result<(), Lost> {
        loop {
            match self.read_page().await {
                Ok(page) => {
                    self.take(page);
                    return Ok(());
                }
                Err(PageError::Unknown) => return Err(Lost::Unknown),
                Err(PageError::Expired) => return Err(Lost::Expired),
                Err(PageError::Failed(_)) => sleep(AGAIN_AFTER).await,
            }
        }
    }

    fn take(&mut self, page: Arc<Page>) {
        self.page = Some(page);
        self.place.is_behind.store(true, Ordering::Release);
    }

    async fn read_page(&self) -> Result<Arc<Page>, PageError> {
        let request = PageRequest {
            service: self.place.hub.service,
            types: self.place.topic.types,
            keys: self.place.keys.as_deref(),
            after: &self.place.cursor(),
            payer: self.payer,
        };
        self.place.hub.older.page(request).await
    }
}
