//! The final severity of each change. In: the differences, the old schema's sunsets, the trusted documents. Out: each change
//! with its severity and a note with the reason, and the documents that break.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use super::{
    change::{Change, Severity},
    documents::{Known, Label},
    removed_types,
    report::{Broken, JudgedChange},
    sunset::Deprecation,
};

/// The facts by which changes are judged.
pub(crate) struct Judgement<'a> {
    pub(crate) old: &'a apollo_compiler::Schema,
    pub(crate) deprecations: &'a BTreeMap<String, Deprecation>,
    pub(crate) documents: &'a [Known],
    pub(crate) today: Date,
}

impl Judgement<'_> {
    /// Judges every change; the most severe come first.
    pub(crate) fn judge(&self, changes: Vec<Change>) -> Vec<JudgedChange> {
        let in_time = self.types_in_time(&changes);
        let mut judged: Vec<_> = changes.into_iter().map(|change| self.verdict(change, &in_time)).collect();
        judged.sort_by(|one, other| one.change.order().cmp(&other.change.order()));
        judged
    }

    /// The documents that break, and by what.
    pub(crate) fn broken(&self, judged: &[JudgedChange]) -> Vec<Broken> {
        let breaking: Vec<_> = judged.iter().filter(|it| it.change.severity == Severity::Breaking).collect();
        let broken = self.documents.iter().filter_map(|document| {
            let hits = breaking.iter().filter(|it| it.change.hits.as_ref().is_some_and(|it| document.usage.has(it)));
            let mut reasons: Vec<_> = hits.map(|it| it.change.to_string()).collect();
            reasons.extend(document.rejected.as_ref().map(ToString::to_string));
            (!reasons.is_empty()).then(|| Broken { label: document.label.clone(), reasons })
        });
        let mut broken: Vec<_> = broken.collect();
        broken.sort_by(|one, other| one.label.cmp(&other.label));
        broken
    }

    fn types_in_time(&self, changes: &[Change]) -> HashSet<String> {
        let is_expired = |change: &&Change| change.is_removal && self.is_over(&change.coordinate);
        let expired = changes.iter().filter(is_expired).map(|change| change.coordinate.as_str()).collect();
        let is_type = |change: &&Change| change.of_type.as_ref() == Some(&change.coordinate);
        let removed = changes.iter().filter(is_type).map(|change| change.coordinate.clone()).collect();
        removed_types::in_time(self.old, removed, &expired)
    }

    fn is_over(&self, coordinate: &str) -> bool {
        matches!(self.deprecations.get(coordinate), Some(Deprecation::Sunset(date)) if self.today > *date)
    }

    fn verdict(&self, mut change: Change, in_time: &HashSet<String>) -> JudgedChange {
        if change.severity != Severity::Breaking {
            return JudgedChange { change, note: String::new() };
        }
        let written = self.users(&change, |known, hit| known.usage.written.contains(hit));
        let all = self.users(&change, |known, hit| known.usage.has(hit));
        let goes_with_type = change.of_type.as_ref().is_some_and(|ty| in_time.contains(ty));
        let note = if change.is_removal && self.is_over(&change.coordinate) {
            if !written.is_empty() {
                format!("its sunset is over, but it is still {}", used_by(&written))
            } else if !all.is_empty() {
                change.severity = Severity::Dangerous;
                format!("its sunset is over, but variables of {} can still hold it", names(&all))
            } else {
                change.severity = Severity::Safe;
                "its sunset is over, and no trusted document uses it".to_owned()
            }
        } else if goes_with_type && written.is_empty() {
            change.severity = Severity::Safe;
            "what led to it went after its sunset".to_owned()
        } else if change.is_removal {
            format!("{}; {}", self.term(&change.coordinate), used_by(&all))
        } else if change.hits.is_some() {
            used_by(&all)
        } else {
            String::new()
        };
        JudgedChange { change, note }
    }

    /// Why an element may not be removed today.
    fn term(&self, coordinate: &str) -> String {
        match self.deprecations.get(coordinate) {
            Some(Deprecation::Sunset(date)) => format!("it may go after {date}"),
            Some(Deprecation::Undated | Deprecation::Malformed(_)) => "it was deprecated without a sunset".to_owned(),
            Some(Deprecation::None) | None => "it was not deprecated".to_owned(),
        }
    }

    fn users(&self, change: &Change, uses: impl Fn(&Known, &str) -> bool) -> Vec<&Label> {
        let Some(hit) = &change.hits else { return Vec::new() };
        self.documents.iter().filter(|known| uses(known, hit)).map(|known| &known.label).collect()
    }
}

fn used_by(users: &[&Label]) -> String {
    if users.is_empty() { "no trusted document uses it".to_owned() } else { format!("used by {}", names(users)) }
}

fn names(users: &[&Label]) -> String {
    users.iter().map(|label| format!("{} {}", label.client, label.name)).collect::<Vec<_>>().join(", ")
}
