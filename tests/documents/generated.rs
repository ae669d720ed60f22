//! Hundreds of documents from the generator, valid and broken, over two schemas.

use std::collections::BTreeMap;

use apollo_compiler::ast::OperationType;
use harness::generator::{BREAKS, Generated, Generator, Pool, Shape};
use serde_json::json;

use crate::reference::Question;
use crate::subject::Subject;

fn pool() -> Pool {
    let text = ["1", "two", "", "three \"quoted\" \\ and\nmore", "ünïcödé \u{1F600}"];
    let scalars = ["Stamp", "Cursor", "DateTime", "Decimal", "CurrencyCode", "Url"];
    Pool {
        ids: vec!["1".into(), "usr_2".into(), "pst_3".into()],
        words: text.map(str::to_owned).to_vec(),
        scalars: scalars.map(|name| (name.to_owned(), vec![json!("1"), json!("2026-01-01")])).into_iter().collect(),
        integers: (1, 7),
    }
}

fn everything(depth: usize) -> Shape {
    use OperationType::{Mutation, Query, Subscription};
    let kinds = vec![Query, Query, Query, Mutation, Subscription];
    Shape { depth, fields: 40, kinds, introspection: true }
}

fn question(generated: &Generated) -> Question {
    Question {
        document: generated.text(),
        operation_name: generated.operation_name.clone(),
        variables: generated.variables.clone(),
        ..Question::default()
    }
}

fn valid_documents_agree(subject: &Subject, seed: u64) {
    let pool = pool();
    let mut generator = Generator::new(&subject.schema, &pool, everything(5), seed);
    let questions = (0..400).map(|_| question(&generator.operation())).collect();
    let answers = subject.compare(questions);
    let invalid = answers.iter().find(|answer| answer.verdict != "valid");
    assert!(invalid.is_none(), "the generator made an invalid document: {invalid:?}");
    let ran = answers.iter().filter(|answer| answer.sent.is_some()).count();
    assert!(ran > 200, "only {ran} were run");
}

fn broken_documents_agree(subject: &Subject, seed: u64) {
    let pool = pool();
    // `includeDeprecated` is non-null since the September 2025 edition, which graphql-js 16 does not follow there.
    let shape = Shape { introspection: false, ..everything(4) };
    let mut generator = Generator::new(&subject.schema, &pool, shape, seed);
    let ways: Vec<_> = BREAKS.iter().flat_map(|way| std::iter::repeat_n(*way, 12)).collect();
    let questions = ways.iter().map(|way| question(&generator.broken_by(*way))).collect();
    let answers = subject.compare(questions);
    let mut invalid = BTreeMap::new();
    for (way, answer) in ways.iter().zip(&answers) {
        *invalid.entry(way.rule).or_insert(0) += usize::from(answer.verdict != "valid");
    }
    let harmless: Vec<_> = invalid.iter().filter(|(_, count)| **count == 0).collect();
    assert!(harmless.is_empty(), "these never broke a document: {harmless:?}");
}

#[test]
fn valid_documents_of_the_public_graph_get_the_same_answers_flattened() {
    valid_documents_agree(&Subject::public_graph(), 1);
}

#[test]
fn valid_documents_of_a_wide_schema_get_the_same_answers_flattened() {
    valid_documents_agree(&Subject::wide(), 2);
}

#[test]
fn broken_documents_of_the_public_graph_get_the_same_verdicts() {
    broken_documents_agree(&Subject::public_graph(), 3);
}

#[test]
fn broken_documents_of_a_wide_schema_get_the_same_verdicts() {
    broken_documents_agree(&Subject::wide(), 4);
}
