//! The shapes of batch answers (by ids, pages of many parents, counts, flags), the queries that ask for them, and the
//! check that a service answered what it was asked: an id not asked for, a duplicate, or a parent without its page is a
//! broken answer.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::{Display, Write},
    hash::Hash,
};

use serde::Deserialize;

use super::{
    Tag,
    call::Cause,
    tag::{Shows, Tagged},
};

/// The services take that many ids a call.
pub const MAX_IDS: usize = 100;

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageArguments {
    /// How many items: 1 to 100.
    pub first: u8,
    /// Behind which cursor.
    pub after: Option<String>,
}

/// One page of a list.
#[derive(Clone, Debug, Deserialize)]
pub struct PageRecord<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the page stands in the list.
    pub page: PageInfoRecord,
}

/// Where a page stands in its list.
#[derive(Clone, Debug, Deserialize)]
pub struct PageInfoRecord {
    /// Whether items follow.
    pub has_next: bool,
    /// Whether items precede.
    pub has_previous: bool,
    /// The cursor of each item, in the items' order.
    pub cursors: Vec<String>,
}

/// A record that says which key it answers.
pub(super) trait Keyed<K> {
    fn key(&self) -> K;
}

/// `{"items": […]}`
#[derive(Deserialize)]
pub(super) struct Items<T> {
    items: Vec<T>,
}

/// `{"pages": {"usr_…": {"items": […], "page": {…}}}}`
#[derive(Deserialize)]
#[serde(bound = "K: Deserialize<'de> + Eq + Hash, T: Deserialize<'de>")]
pub(super) struct Pages<K, T> {
    pages: HashMap<K, PageRecord<T>>,
}

/// `{"counts": {"usr_…": {…}}}`
#[derive(Deserialize)]
#[serde(bound = "K: Deserialize<'de> + Eq + Hash, T: Deserialize<'de>")]
pub(super) struct Counts<K, T> {
    counts: HashMap<K, T>,
}

/// `{"ids": ["usr_…"]}`: those of the ids asked for of which something is true.
#[derive(Deserialize)]
pub(super) struct Flags<K> {
    ids: Vec<K>,
}

impl<T> Items<T> {
    /// The records by key; what does not exist is absent.
    pub(super) fn among<K: Eq + Hash + Clone>(self, asked: &[K]) -> Result<HashMap<K, T>, Cause>
    where
        T: Keyed<K>,
    {
        let asked: HashSet<&K> = asked.iter().collect();
        let mut records = HashMap::with_capacity(self.items.len());
        for record in self.items {
            let key = record.key();
            if !asked.contains(&key) || records.insert(key, record).is_some() {
                return Err(Cause::NotAsked("a record that was not asked for"));
            }
        }
        Ok(records)
    }
}

impl<K: Eq + Hash, T> Pages<K, T> {
    /// The pages by parent, one for each.
    pub(super) fn of(self, asked: &[K], arguments: &PageArguments) -> Result<HashMap<K, PageRecord<T>>, Cause> {
        let whole = self.pages.len() == asked.len() && asked.iter().all(|parent| self.pages.contains_key(parent));
        let sound = self.pages.values().all(|page| page.answers(arguments));
        if whole && sound { Ok(self.pages) } else { Err(Cause::NotAsked("not the pages that were asked for")) }
    }
}

impl<T> PageRecord<T> {
    /// A page of a list without parents.
    pub(super) fn checked(self, arguments: &PageArguments) -> Result<Self, Cause> {
        if self.answers(arguments) { Ok(self) } else { Err(Cause::NotAsked("not the page that was asked for")) }
    }

    fn answers(&self, arguments: &PageArguments) -> bool {
        self.items.len() <= usize::from(arguments.first) && self.items.len() == self.page.cursors.len()
    }
}

impl<K: Eq + Hash, T> Counts<K, T> {
    /// The counts by key; what does not exist is absent.
    pub(super) fn among(self, asked: &[K]) -> Result<HashMap<K, T>, Cause> {
        let asked: HashSet<&K> = asked.iter().collect();
        let foreign = self.counts.keys().any(|key| !asked.contains(key));
        if foreign { Err(Cause::NotAsked("a count that was not asked for")) } else { Ok(self.counts) }
    }
}

impl<K: Eq + Hash + Copy> Flags<K> {
    /// Yes or no for each id asked for.
    pub(super) fn among(self, asked: &[K]) -> Result<HashMap<K, bool>, Cause> {
        let mut flags: HashMap<K, bool> = asked.iter().map(|id| (*id, false)).collect();
        for id in self.ids {
            // Not asked for, or there already.
            if flags.insert(id, true) != Some(false) {
                return Err(Cause::NotAsked("a flag that was not asked for"));
            }
        }
        Ok(flags)
    }
}

impl<T: Tagged> Shows for Items<T> {
    fn add_tags(&self, tags: &mut BTreeSet<Tag>) {
        tags.extend(self.items.iter().map(Tagged::tag));
    }
}

impl<T: Tagged> Shows for PageRecord<T> {
    fn add_tags(&self, tags: &mut BTreeSet<Tag>) {
        tags.extend(self.items.iter().map(Tagged::tag));
    }
}

impl<K, T: Tagged> Shows for Pages<K, T> {
    fn add_tags(&self, tags: &mut BTreeSet<Tag>) {
        self.pages.values().for_each(|page| page.add_tags(tags));
    }
}

/// A count is a field of its object, which was asked for by its id.
impl<K, T> Shows for Counts<K, T> {
    fn add_tags(&self, _: &mut BTreeSet<Tag>) {}
}

/// `path?name=a,b,c`
pub(super) fn ids_query<K: Display>((path, name): (&str, &str), ids: &[K]) -> String {
    let mut query = String::with_capacity(path.len() + name.len() + 2 + ids.len() * 37);
    let _ = write!(query, "{path}?{name}=");
    for (index, id) in ids.iter().enumerate() {
        let _ = if index == 0 { write!(query, "{id}") } else { write!(query, ",{id}") };
    }
    query
}

/// `path?name=a,b,c&first=…&after=…`
pub(super) fn pages_query<K: Display>(names: (&str, &str), ids: &[K], page: &PageArguments) -> String {
    let mut query = ids_query(names, ids);
    query.push('&');
    push_page(&mut query, page);
    query
}

/// `first=…&after=…`
pub(super) fn push_page(query: &mut String, page: &PageArguments) {
    let _ = write!(query, "first={}", page.first);
    if let Some(after) = &page.after {
        push_parameter(query, "after", after);
    }
}

/// `&name=value`, the value percent-encoded but for RFC 3986's unreserved characters.
pub(super) fn push_parameter(query: &mut String, name: &str, value: &str) {
    let _ = write!(query, "&{name}=");
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => query.push(char::from(byte)),
            _ => {
                let _ = write!(query, "%{byte:02X}");
            }
        }
    }
}
