//! Events that are older than the log: read from the service in pages, by the subscriber's own topic and keys. A page is read
//! once for all subscribers that want it at about the same time.

use std::{sync::Arc, time::Duration};

use contract::Position;
use feed::{PageError, PageQuery, Source};
use moka::sync::Cache;
use tokio::sync::Semaphore;

use super::{cursor, shared_work::SharedWork};
use crate::{budgets::Payer, clients::Occurrence, services::Service};

/// Pages read at a time for one service.
const FETCHES: usize = 64;
/// Pages read at a time for one viewer or network.
const FETCHES_OF_PAYER: usize = 4;
/// Events of a page: what a subscription that is behind keeps in memory, about 1 KiB each.
const PAGE: usize = 100;
/// The timeout of a page.
const WITHIN: Duration = Duration::from_secs(10);
/// How long a page is kept for others.
const KEPT: Duration = Duration::from_secs(10);
/// Events in the pages kept, at most.
const EVENTS_KEPT: u64 = 16_384;
/// Viewers whose fetches are counted at most.
const PAYERS: u64 = 10_000;

/// A page of older events.
pub(super) struct Page {
    /// The events, in their order.
    pub(super) events: Vec<Arc<Occurrence>>,
    /// Everything up to here that was asked for is in the page.
    pub(super) until: u64,
}

type PageCell = Arc<SharedWork<Result<Arc<Page>, PageError>>>;

/// Reads pages of one service's events.
pub(super) struct Older {
    source: Source,
    fetches: Arc<Semaphore>,
    of_payers: Cache<Payer, Arc<Semaphore>>,
    pages: Cache<Arc<PageQuery>, PageCell>,
}

/// The events that a page should have.
pub(super) struct PageRequest<'a> {
    pub(super) service: Service,
    pub(super) types: &'static [&'static str],
    pub(super) keys: Option<&'a [String]>,
    pub(super) after: &'a Position,
    pub(super) payer: Payer,
}

impl Older {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            fetches: Arc::new(Semaphore::new(FETCHES)),
            of_payers: Cache::builder().max_capacity(PAYERS).time_to_idle(KEPT * 6).build(),
            pages: Cache::builder().max_capacity(EVENTS_KEPT).weigher(weight).time_to_live(KEPT).build(),
        }
    }

    /// The page behind a position. One that could not be read is read again for the next subscriber that asks.
    pub(super) async fn page(&self, request: PageRequest<'_>) -> Result<Arc<Page>, PageError> {
        let PageRequest { service, types, keys, after, payer } = request;
        let query = Arc::new(PageQuery {
            after: after.clone(),
            types: types.iter().map(|&kind| kind.to_owned()).collect(),
            keys: keys.unwrap_or_default().to_vec(),
            first: PAGE,
        });
        let cell = self.pages.get_with(Arc::clone(&query), PageCell::default);
        let start = || {
            let (source, fetches, query) = (self.source.clone(), Arc::clone(&self.fetches), Arc::clone(&query));
            let of_payer = self.of_payers.get_with(payer, || Arc::new(Semaphore::new(FETCHES_OF_PAYER)));
            Ok::<_, PageError>(async move {
                // The semaphores are never closed.
                let _turn = (of_payer.acquire().await.ok(), fetches.acquire().await.ok());
                read(&source, service, &query).await
            })
        };
        let (pages, key) = (self.pages.clone(), Arc::clone(&query));
        let then = move |cell: &PageCell| match cell.get() {
            // Weighed again, now that there are events.
            Some(Ok(_)) => pages.insert(key, Arc::clone(cell)),
            _ => pages.invalidate(&key),
        };
        cell.result(start, then).await?.unwrap_or_else(|| Err(PageError::Failed("the reader has panicked".into())))
    }
}

async fn read(source: &Source, service: Service, query: &PageQuery) -> Result<Arc<Page>, PageError> {
    let page = source.page(query, WITHIN).await?;
    let position = page.position;
    let events = page.items.into_iter().map(|event| {
        let cursor = cursor::of_event(service, &position.at(event.sequence.0)).into();
        Arc::new(Occurrence { event, cursor })
    });
    Ok(Arc::new(Page { events: events.collect(), until: position.sequence }))
}

/// The events of a page that is kept, and what it takes beside them.
fn weight(_: &Arc<PageQuery>, cell: &PageCell) -> u32 {
    let events = cell.get().and_then(|page| page.as_ref().ok()).map_or(0, |page| page.events.len());
    u32::try_from(events + 1).unwrap_or(u32::MAX)
}
