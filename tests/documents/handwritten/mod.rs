//! Documents for every rule of section 5, by hand: some that keep it, some that break it.
//!
//! graphql-js must say of each what the table says, so that a mistake in the table is found as well.

mod structure;
mod syntax;
mod values;

use crate::reference::Question;
use crate::subject::Subject;

use structure::STRUCTURE;
use syntax::BROKEN_SYNTAX;
use values::VALUES;

/// Rule of graphql-js, documents that keep it, documents that break it.
pub(crate) type Rule = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Where we keep to the specification and graphql-js 16.15 does not: doubles are finite (section 3.5.2), and a
/// subscription has no condition at its root (section 5.2.4.1).
const STRICTER: &[&str] = &[
    "{ grid(ratio: 1e999) }",
    "subscription { barked @include(if: true) { id } }",
    "subscription { ... @skip(if: false) { barked { id } } }",
];

fn questions(documents: impl IntoIterator<Item = &'static str>) -> Vec<Question> {
    documents.into_iter().map(|document| Question { document: document.to_owned(), ..Question::default() }).collect()
}

/// Compares, and holds graphql-js to the table too.
fn all_are(verdict: &str, documents: impl IntoIterator<Item = &'static str>) {
    let questions = questions(documents);
    let texts: Vec<_> = questions.iter().map(|question| question.document.clone()).collect();
    for (text, answer) in texts.iter().zip(Subject::wide().compare(questions)) {
        assert_eq!(answer.verdict, verdict, "{text}: {:?}", answer.errors);
    }
}

#[test]
fn documents_that_keep_every_rule_are_valid_for_both() {
    all_are("valid", STRUCTURE.iter().chain(VALUES).flat_map(|(_, valid, _)| *valid).copied());
}

#[test]
fn documents_that_break_a_rule_are_invalid_for_both() {
    all_are("invalid", STRUCTURE.iter().chain(VALUES).flat_map(|(_, _, invalid)| *invalid).copied());
}

#[test]
fn what_is_no_document_is_a_syntax_error_for_both() {
    all_are("syntax", BROKEN_SYNTAX.iter().copied());
}

#[test]
fn what_the_specification_refuses_is_refused_where_the_reference_takes_it() {
    let subject = Subject::wide();
    for question in questions(STRICTER.iter().copied()) {
        let code = subject.prepare(&question).unwrap_err().code();
        assert_eq!(code.as_str(), "GRAPHQL_VALIDATION_FAILED", "{}", question.document);
    }
}
