//! What the reader of services' answers makes of bytes, compared with serde_json: what serde reads as the records of the layout, the
//! reader reads, with the same values; and what it reads of valid JSON, serde reads.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use tessera::clients::{Answer, AnswerRequest, Cell, Form, Found, Layout, Leaf, RouteKey, Rows, Shape};

/// The ids that are requested: `usr_` and 31 zeros before the digit.
const IDS: [u128; 3] = [1, 2, 3];
/// Items of a page, at most.
const FIRST: usize = 20;

#[derive(Deserialize)]
struct Record {
    id: String,
    name: String,
    note: Option<String>,
    count: i32,
    tags: Vec<String>,
    inner: Option<Inner>,
    many: Vec<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    sure: bool,
}

#[derive(Deserialize)]
struct Records {
    items: Vec<Record>,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Record>,
    page: PageInfo,
}

#[derive(Deserialize)]
struct PageInfo {
    has_next: bool,
    has_previous: bool,
    cursors: Vec<String>,
}

/// Compares; panics where they differ.
pub fn check(body: &[u8]) {
    let body = bytes::Bytes::copy_from_slice(body);
    let is_json = serde_json::from_slice::<Value>(&body).is_ok();
    let layout = layout();
    let keys = IDS.map(RouteKey::Id);

    let request = AnswerRequest { shape: Shape::List, prefix: "usr_", keys: &[], first: FIRST, layout: &layout };
    let (read, expected) = (Answer::of(&body, &request), serde_json::from_slice::<Page>(&body).ok());
    let is_sound = |page: &Page| page.items.len() <= FIRST && page.items.len() == page.page.cursors.len();
    match (read, expected.filter(is_sound)) {
        (Some(answer), Some(page)) => same_page(&answer, &page),
        (None, Some(_)) => panic!("serde reads a page, the reader none"),
        (Some(_), None) => assert!(!is_json, "the reader reads a page, serde none"),
        (None, None) => {}
    }

    let request = AnswerRequest { shape: Shape::Records("id"), keys: &keys, ..request };
    let (read, expected) = (Answer::of(&body, &request), serde_json::from_slice::<Records>(&body).ok());
    let places = |records: &Records| -> Option<Vec<usize>> {
        let places = records.items.iter().map(|record| (0..IDS.len()).find(|place| id(*place) == record.id));
        let places: Vec<_> = places.collect::<Option<_>>()?;
        (places.iter().collect::<BTreeSet<_>>().len() == places.len()).then_some(places)
    };
    match (read, expected.as_ref().and_then(places).zip(expected.as_ref())) {
        (Some(answer), Some((places, records))) => {
            for (row, place) in places.into_iter().enumerate() {
                assert!(matches!(answer.found[place], Found::Row(found) if found == row));
            }
            records.items.iter().enumerate().for_each(|(row, record)| same_record(&answer, row, record));
        }
        (None, Some(_)) => panic!("serde reads records, the reader none"),
        (Some(_), None) => assert!(!is_json, "the reader reads records, serde none"),
        (None, None) => {}
    }
}

/// The id of the request at that place.
pub fn id(place: usize) -> String {
    format!("usr_{:032x}", IDS[place])
}

fn layout() -> Layout {
    let mut layout = Layout::default();
    layout.column("id", Form::Leaf(&Leaf::STRING), false);
    layout.column("name", Form::Leaf(&Leaf::TEXT), false);
    layout.column("note", Form::Leaf(&Leaf::TEXT), true);
    layout.column("count", Form::Leaf(&Leaf::INT), false);
    layout.column("tags", Form::Leaves(&Leaf::TEXT), false);
    for (name, form, is_nullable) in [("inner", Form::Object, true), ("many", Form::Objects, false)] {
        let column = layout.column(name, form, is_nullable);
        layout.columns[column].below.column("sure", Form::Leaf(&Leaf::BOOLEAN), false);
    }
    layout
}

fn same_page(answer: &Answer, expected: &Page) {
    let [Found::Page(page)] = &answer.found[..] else { panic!("no page") };
    assert_eq!((page.has_next, page.has_previous), (expected.page.has_next, expected.page.has_previous));
    let cursors: Vec<String> = page.cursors.iter().map(|at| value(answer.text(at.clone()))).collect();
    assert_eq!(cursors, expected.page.cursors);
    assert_eq!(page.rows, 0..expected.items.len());
    expected.items.iter().enumerate().for_each(|(row, record)| same_record(answer, row, record));
}

fn same_record(answer: &Answer, row: usize, record: &Record) {
    let rows = &answer.rows;
    assert_eq!(scalar::<String>(answer, rows.cell(row, 0), &Leaf::STRING), Some(record.id.clone()));
    assert_eq!(scalar::<String>(answer, rows.cell(row, 1), &Leaf::TEXT), Some(record.name.clone()));
    assert_eq!(scalar::<String>(answer, rows.cell(row, 2), &Leaf::TEXT), record.note);
    assert_eq!(scalar::<i32>(answer, rows.cell(row, 3), &Leaf::INT), Some(record.count));
    assert_eq!(value::<Vec<String>>(answer.text(rows.cell(row, 4).range())), record.tags);
    let inner = record.inner.as_ref().map(|inner| inner.sure);
    assert_eq!(sure(answer, rows, (row, 5)), inner.into_iter().collect::<Vec<_>>());
    assert_eq!(sure(answer, rows, (row, 6)), record.many.iter().map(|inner| inner.sure).collect::<Vec<_>>());
}

fn sure(answer: &Answer, rows: &Rows, (row, column): (usize, usize)) -> Vec<bool> {
    let below = rows.below(column);
    let objects = rows.cell(row, column).rows();
    objects.filter_map(|row| scalar(answer, below.cell(row, 0), &Leaf::BOOLEAN)).collect()
}

/// A scalar as a response has it.
fn scalar<T: for<'de> Deserialize<'de>>(answer: &Answer, cell: Cell, leaf: &Leaf) -> Option<T> {
    let json = answer.text(cell.range());
    match (cell.is_null(), cell.is_rewritten()) {
        (true, _) => None,
        (false, true) => Some(value(&(leaf.rewrite)(json))),
        (false, false) => {
            // What is copied is what would be written.
            let read: Value = value(json);
            assert_eq!(read.to_string(), json);
            Some(value(json))
        }
    }
}

fn value<T: for<'de> Deserialize<'de>>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}
