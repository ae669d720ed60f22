//! Whether a schema can replace another. In: the old and the new definition, the trusted documents, a date. Out: every
//! change as safe, dangerous or breaking, and which documents of which client break. Nothing is run.
//!
//! differences by kind (named_types → fields → inputs, directives) → sunset → documents → verdict → report

mod change;
mod compatible;
mod directives;
mod documents;
mod fields;
mod inputs;
mod named_types;
mod removed_types;
mod report;
mod sunset;
mod usage;
mod verdict;

use std::collections::BTreeMap;

use apollo_compiler::{Schema, validation::Valid};
use jiff::civil::Date;

pub use change::{Change, Severity};
pub use report::Report;
pub use sunset::date;

use crate::operations::documents::source::Found;
use sunset::Deprecation;
use verdict::Judgement;

/// A schema's definition, and what people call it.
#[derive(Debug)]
pub struct SchemaText {
    /// The file, or whose it is.
    pub name: String,
    /// The definition.
    pub text: String,
}

/// A text that is no schema.
#[derive(Debug, thiserror::Error)]
#[error("{name}: is no valid schema: {problem}")]
pub struct SchemaProblem {
    name: String,
    problem: String,
}

/// Compares two schemas.
///
/// # Errors
/// One of the two is not valid.
pub fn check(old: &SchemaText, new: &SchemaText, found: &[Found], today: Date) -> Result<Report, SchemaProblem> {
    let (before, after) = (old.parse()?, new.parse()?);
    let (deprecations, later) = (sunset::deprecations(&before), sunset::deprecations(&after));
    let mut changes = named_types::changes(&before, &after);
    changes.extend(directives::changes(&before, &after));
    changes.extend(sunset::changes(&deprecations, &later));
    let documents = documents::validate(old, new, found)?;
    let judgement = Judgement { old: &before, deprecations: &deprecations, documents: &documents.known, today };
    let judged = judgement.judge(changes);
    Ok(Report {
        broken: judgement.broken(&judged),
        judged,
        warnings: warnings(&deprecations, &later),
        known: documents.known.len(),
        unknown: documents.unknown,
    })
}

impl SchemaText {
    fn parse(&self) -> Result<Valid<Schema>, SchemaProblem> {
        Schema::parse_and_validate(&self.text, &self.name).map_err(|invalid| {
            // The first is enough: what follows may follow from it.
            let first = invalid.errors.iter().next().map(|diagnostic| match diagnostic.line_column_range() {
                Some(place) => format!("line {}: {}", place.start.line, diagnostic.error),
                None => diagnostic.error.to_string(),
            });
            self.problem(first.unwrap_or_default())
        })
    }

    fn problem(&self, problem: impl ToString) -> SchemaProblem {
        let problem = problem.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        SchemaProblem { name: self.name.clone(), problem }
    }
}

/// Sunsets that are no dates, each once.
fn warnings(old: &BTreeMap<String, Deprecation>, new: &BTreeMap<String, Deprecation>) -> Vec<String> {
    let malformed = old.iter().chain(new).filter_map(|(coordinate, deprecation)| match deprecation {
        Deprecation::Malformed(word) => {
            Some(format!("{coordinate} has a sunset that is no date: `{word}` (2027-06-30 is one)"))
        }
        _ => None,
    });
    let each: std::collections::BTreeSet<_> = malformed.collect();
    each.into_iter().collect()
}
