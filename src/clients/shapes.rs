//! The shapes of answers to reads, and the check that a service answered what was requested: an id that was not requested, a
//! duplicate, or a parent without its page is a broken answer. In: the body. Out: the values by key.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use serde::{Deserialize, de::DeserializeOwned};

use super::call::{Cause, decode};
use crate::cache::Tag;

/// The most keys of a call: what the services accept.
pub const MAX_IDS: usize = 100;

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageArguments {
    /// Number of items: 1 to 100.
    pub first: u8,
    /// The page begins after this cursor.
    pub after: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, Deserialize)]
pub struct PageRecord<T> {
    /// The items.
    pub items: Vec<T>,
    /// The page's position in the list.
    pub page: PageInfoRecord,
}

/// The position of a page in its list.
#[derive(Clone, Debug, Deserialize)]
pub struct PageInfoRecord {
    /// Whether items follow.
    pub has_next: bool,
    /// Whether items precede.
    pub has_previous: bool,
    /// The cursor of each item, in the items' order.
    pub cursors: Vec<String>,
}

/// A record that names its key.
pub trait Keyed<K> {
    /// The member with the key.
    const MEMBER: &'static str = "id";

    /// The key.
    fn key(&self) -> K;
}

/// A value of a public answer, with the cache tags of the objects in it.
pub trait Shown {
    /// Calls `tag` with each tag. A count has none: it belongs to the requested object.
    fn each_tag(&self, tag: &mut dyn FnMut(Tag)) {
        let _ = tag;
    }
}

impl AsRef<PageArguments> for PageArguments {
    fn as_ref(&self) -> &PageArguments {
        self
    }
}

impl<T: Shown> Shown for PageRecord<T> {
    fn each_tag(&self, tag: &mut dyn FnMut(Tag)) {
        self.items.iter().for_each(|item| item.each_tag(tag));
    }
}

impl<T> PageRecord<T> {
    fn answers(&self, arguments: &PageArguments) -> bool {
        self.items.len() <= usize::from(arguments.first) && self.items.len() == self.page.cursors.len()
    }
}

pub(super) fn records<K: Eq + Hash, T: DeserializeOwned + Keyed<K>>(
    body: &str,
    (): &(),
    requested: &[K],
) -> Result<HashMap<K, T>, Cause> {
    #[derive(Deserialize)]
    struct Body<T> {
        items: Vec<T>,
    }
    let Body { items } = decode::<Body<T>>(body)?;
    let requested: HashSet<&K> = requested.iter().collect();
    let mut records = HashMap::with_capacity(items.len());
    for record in items {
        let key = record.key();
        if !requested.contains(&key) || records.insert(key, record).is_some() {
            return Err(Cause::NotRequested("a record that was not requested"));
        }
    }
    Ok(records)
}

pub(super) fn pages<K: Eq + Hash + DeserializeOwned, T: DeserializeOwned>(
    body: &str,
    page: &PageArguments,
    requested: &[K],
) -> Result<HashMap<K, PageRecord<T>>, Cause> {
    #[derive(Deserialize)]
    #[serde(bound = "K: DeserializeOwned + Eq + Hash, T: DeserializeOwned")]
    struct Body<K, T> {
        pages: HashMap<K, PageRecord<T>>,
    }
    let Body { pages } = decode::<Body<K, T>>(body)?;
    let is_whole = pages.len() == requested.len() && requested.iter().all(|parent| pages.contains_key(parent));
    let is_sound = pages.values().all(|found| found.answers(page));
    if is_whole && is_sound { Ok(pages) } else { Err(Cause::NotRequested("not the pages that were requested")) }
}

pub(super) fn counts<K: Eq + Hash + DeserializeOwned, T: DeserializeOwned>(
    body: &str,
    (): &(),
    requested: &[K],
) -> Result<HashMap<K, T>, Cause> {
    #[derive(Deserialize)]
    #[serde(bound = "K: DeserializeOwned + Eq + Hash, T: DeserializeOwned")]
    struct Body<K, T> {
        counts: HashMap<K, T>,
    }
    let Body { counts } = decode::<Body<K, T>>(body)?;
    let requested: HashSet<&K> = requested.iter().collect();
    let is_foreign = counts.keys().any(|key| !requested.contains(key));
    if is_foreign { Err(Cause::NotRequested("a count that was not requested")) } else { Ok(counts) }
}

pub(super) fn flags<K: Eq + Hash + Copy + DeserializeOwned>(
    body: &str,
    (): &(),
    requested: &[K],
) -> Result<HashMap<K, bool>, Cause> {
    #[derive(Deserialize)]
    struct Body<K> {
        ids: Vec<K>,
    }
    let mut flags: HashMap<K, bool> = requested.iter().map(|key| (*key, false)).collect();
    for key in decode::<Body<K>>(body)?.ids {
        // Not requested, or there already.
        if flags.insert(key, true) != Some(false) {
            return Err(Cause::NotRequested("a flag that was not requested"));
        }
    }
    Ok(flags)
}

pub(super) fn list<G: AsRef<PageArguments>, T: DeserializeOwned>(
    body: &str,
    parameters: &G,
    _: &[()],
) -> Result<HashMap<(), PageRecord<T>>, Cause> {
    let page: PageRecord<T> = decode(body)?;
    let is_sound = page.answers(parameters.as_ref());
    if is_sound { Ok([((), page)].into()) } else { Err(Cause::NotRequested("not the page that was requested")) }
}

pub(super) fn document<V: DeserializeOwned>(body: &str, (): &(), _: &[()]) -> Result<HashMap<(), V>, Cause> {
    Ok([((), decode(body)?)].into())
}
