//! Checks trusted documents, for people and for continuous integration. In: documents from files. Out: a few lines a
//! document: whether it is valid, its worst-case cost, depth and calls, whether it is cacheable.
//!
//! A document fails the check if it would not be loaded, or if its default values exceed a limit. Exceeding a limit with
//! other values is a warning: requests with those values are rejected.

mod worst_case;

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;

use crate::operations::documents::{TrustedDocuments, source::Found};
use crate::operations::{Limits, OperationKind, Operations, Rejection};
use worst_case::WorstCase;

/// All documents of the sources, in the order of their files.
#[derive(Debug)]
pub struct CheckReport {
    documents: Vec<CheckedDocument>,
    limits: Limits,
}

/// The result for one document.
#[derive(Debug)]
pub struct CheckedDocument {
    client: String,
    name: String,
    file: PathBuf,
    verdict: Result<(OperationKind, WorstCase), String>,
}

/// Checks every document.
pub fn check(found: Vec<Found>, operations: &Operations) -> CheckReport {
    let mut set = TrustedDocuments::default();
    let mut documents = Vec::new();
    let mut as_sent = None;
    for found in found {
        let problem = set.add(found.clone(), operations).err();
        if found.with_typename {
            as_sent = problem.map(|problem| format!("as Apollo Client sends it, with `__typename`: {problem}"));
            continue;
        }
        let problem = problem.or(as_sent.take());
        as_sent = None;
        documents.push(CheckedDocument::new(found, problem, operations));
    }
    CheckReport { documents, limits: operations.rulebook.limits }
}

impl CheckedDocument {
    fn new(found: Found, problem: Option<String>, operations: &Operations) -> Self {
        let Found { id, text, client, file, .. } = found;
        let stem = || file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let selected = operations.select(text, None);
        let name = selected.as_ref().ok().map(|it| it.name().unwrap_or(&id).to_owned()).unwrap_or_else(stem);
        let verdict = match (selected, problem) {
            (Err(rejection), _) => Err(located(&rejection)),
            (Ok(_), Some(problem)) => Err(problem),
            (Ok(selected), None) => Ok((selected.kind(), WorstCase::of(operations, &selected))),
        };
        Self { client, name, file, verdict }
    }

    /// Whether it may be deployed.
    pub fn is_good(&self) -> bool {
        matches!(&self.verdict, Ok((_, WorstCase { usual: Ok(_), .. })))
    }

    fn warns(&self) -> bool {
        matches!(&self.verdict, Ok((_, worst_case)) if worst_case.rejected.is_some() || worst_case.is_partial)
    }

    fn show(&self, limits: &Limits, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}  {}", self.client, self.name, self.file.display())?;
        let (kind, worst_case) = match &self.verdict {
            Ok(good) => good,
            Err(problem) => return writeln!(f, "  error   {problem}"),
        };
        let WorstCase { cost, depth, usual, .. } = worst_case;
        match usual {
            Ok(usual) => writeln!(f, "  cost    {cost} at worst, {usual} by default, of {} allowed", limits.cost)?,
            Err(_) => writeln!(f, "  cost    {cost} at worst, of {} allowed", limits.cost)?,
        }
        writeln!(f, "  depth   {depth} of {} allowed", limits.depth)?;
        let calls: Vec<_> = worst_case.calls.iter().map(|(service, times)| format!("{service} {times}")).collect();
        let calls = if calls.is_empty() { "none".to_owned() } else { format!("{} at most", calls.join(", ")) };
        let commands = if *kind == OperationKind::Mutation { "a command for each root field, then " } else { "" };
        writeln!(f, "  calls   {commands}{calls}")?;
        writeln!(f, "  cache   {}", cacheability(worst_case))?;
        match (usual, &worst_case.rejected) {
            (Err(rejection), _) => writeln!(f, "  error   with default values: {rejection}")?,
            (Ok(_), Some(rejection)) => writeln!(f, "  warning at its worst: {rejection}")?,
            (Ok(_), None) => {}
        }
        if worst_case.is_partial {
            writeln!(
                f,
                "  warning it has too many conditions to look at each setting: all on and all off were looked at"
            )?;
        }
        Ok(())
    }
}

impl CheckReport {
    /// Whether all may be deployed.
    pub fn is_good(&self) -> bool {
        self.documents.iter().all(CheckedDocument::is_good)
    }
}

impl Display for CheckReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.documents.iter().try_for_each(|document| document.show(&self.limits, f))?;
        let good = self.documents.iter().filter(|document| document.is_good());
        let (all, warned) = (self.documents.len(), good.clone().filter(|document| document.warns()).count());
        writeln!(f, "{} of {all} documents are good, {warned} of them with a warning", good.count())
    }
}

/// Whether shared caches may store the response.
fn cacheability(worst_case: &WorstCase) -> String {
    match worst_case.caching {
        Some(caching) if worst_case.not_cacheable.is_empty() => format!("public, {} s", caching.max_age.as_secs()),
        _ => {
            let fields: Vec<_> = worst_case.not_cacheable.iter().map(String::as_str).collect();
            format!("not cacheable: {}", fields.join(", "))
        }
    }
}

/// The violations with their locations.
fn located(rejection: &Rejection) -> String {
    let violations = rejection.violations().iter().map(|violation| match violation.locations.first() {
        Some(place) => format!("{} (line {}, column {})", violation.message, place.line, place.column),
        None => violation.message.clone(),
    });
    format!("{}: {}", rejection.code().as_str(), violations.collect::<Vec<_>>().join("; "))
}
