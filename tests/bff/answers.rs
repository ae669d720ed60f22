//! The reader of services' answers, beside serde_json: valid answers, and thousands that are broken in one or two places.

#[path = "../../fuzz/fuzz_targets/reading.rs"]
mod reading;

use harness::generator::Random;
use serde_json::json;
use tessera::clients::{Answer, AnswerRequest, Form, Layout, Leaf, RouteKey, Shape};

const RECORDS: &str = include_str!("../../fuzz/corpus/answer/records");
const PAGE: &str = include_str!("../../fuzz/corpus/answer/page");

#[test]
fn what_the_reader_reads_is_what_serde_reads() {
    let mut random = Random::new(7);
    let pieces =
        ["\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "0", "-", "1.5", "\\u0041", " ", "\n", "é", "x"];
    for text in [RECORDS, PAGE] {
        reading::check(text.as_bytes());
        reading::check(text.trim_end_matches('}').as_bytes());
        for _ in 0..20_000 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..1 + random.below(2) {
                let (at, piece) = (random.below(bytes.len()), pieces[random.below(pieces.len())]);
                let end = (at + random.below(4)).min(bytes.len());
                bytes.splice(at..end, piece.bytes());
            }
            reading::check(&bytes);
        }
    }
}

#[test]
fn a_key_may_have_escapes_and_an_id_too() {
    let escaped = RECORDS.replace("\"name\"", "\"n\\u0061me\"").replace("usr_", "\\u0075sr_");
    assert_ne!(escaped, RECORDS);
    reading::check(escaped.as_bytes());
    let twice = RECORDS.replacen("\"note\"", "\"name\":\"again\",\"note\"", 1);
    reading::check(twice.as_bytes());
}

#[test]
fn members_that_come_twice_and_cursors_that_come_twice_are_broken() {
    let twice = PAGE.replacen("\"cursors\"", "\"cursors\": [\"c.2\"], \"cursors\"", 1);
    assert_ne!(twice, PAGE);
    reading::check(twice.as_bytes());
}

#[test]
fn of_large_answers_only_what_is_wanted_is_kept() {
    let filler = format!("\"filler\": \"{}\", ", "x".repeat(400_000));
    for text in [RECORDS, PAGE] {
        let padded = text.replacen("\"items\"", &format!("{filler}\"items\""), 1);
        reading::check(padded.as_bytes());
    }

    let id = format!("usr_{:032x}", 1);
    let body = json!({"items": [{"id": id, "tags": ["a", "b"], "body": "x".repeat(400_000)}]}).to_string();
    let mut layout = Layout::default();
    let id_column = layout.column("id", Form::Leaf(&Leaf::STRING), false);
    let tags = layout.column("tags", Form::Leaves(&Leaf::STRING), false);
    let keys = [RouteKey::Id(1)];
    let request = AnswerRequest { shape: Shape::Records("id"), prefix: "usr_", keys: &keys, first: 0, layout: &layout };
    let answer = Answer::of(&body.into(), &request).unwrap();
    let text = |column| answer.text(answer.rows.cell(0, column).range());
    assert_eq!((text(id_column), text(tags)), (&*format!("\"{id}\""), "[\"a\",\"b\"]"));
    assert_eq!(answer.len(), text(id_column).len() + text(tags).len());
}
