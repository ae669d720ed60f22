//! What an operation takes over all values that its variables can have, known without any.
//!
//! In: a selected operation. Out: a [`WorstCase`]: its highest cost, depth and number of calls to each service, and its
//! cost with its own default values. Every assignment of the variables in `@skip` and `@include` is tried; a variable
//! that sizes a list has the largest value that the schema accepts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use apollo_compiler::ast::VariableDefinition;
use async_graphql::Variables;
use async_graphql_value::ConstValue;

use crate::operations::{
    Caching, Coerced, Cost, Keys, Operations, PlannedCall, PlannedField, PreparedOperation, Rejection,
    SelectedOperation, Selections, default_of,
};

/// The largest slicing argument that the schema accepts: of `first`, and of the ids in a list.
const LONGEST: u64 = 100;
/// Keys of one call.
const KEYS: u64 = 100;
/// Toggles of which every assignment is tried: two to that power.
const TOGGLES: usize = 8;

/// What an operation takes: at most, and with its default values.
#[derive(Debug)]
pub(crate) struct WorstCase {
    /// The highest cost.
    pub(crate) cost: Cost,
    /// The greatest depth, in levels of fields.
    pub(crate) depth: usize,
    /// The highest number of calls to each service.
    pub(crate) calls: BTreeMap<String, u64>,
    /// The shortest time for which a response may be cached, if any may.
    pub(crate) caching: Option<Caching>,
    /// Why responses must not be cached.
    pub(crate) not_cacheable: BTreeSet<String>,
    /// The cost with the variables' default values; one item or `false` where there is none.
    pub(crate) usual: Result<Cost, Rejection>,
    /// Why it is rejected with some values.
    pub(crate) rejected: Option<Rejection>,
    /// There are too many toggles to try every assignment.
    pub(crate) is_partial: bool,
}

impl WorstCase {
    /// Looks at every form of an operation.
    pub(crate) fn of(operations: &Operations, selected: &SelectedOperation) -> Self {
        let (schema, limits) = (&operations.rulebook.schema, &operations.rulebook.limits);
        let form = |value: &dyn Fn(&VariableDefinition) -> Option<ConstValue>| {
            let coerced: Coerced = selected.operation.variables.iter().map(|definition| value(definition)).collect();
            operations.form(selected, coerced)
        };
        let toggles = toggles(selected);
        let mut worst = Self::none(toggles.len() > TOGGLES);
        for assignment in assignments(&toggles) {
            match form(&|definition| Some(assignment.value(definition, LONGEST))) {
                Ok((form, variables)) => {
                    worst.include(&form, &variables);
                    worst.rejected = form.admit(&variables, limits).err().or(worst.rejected);
                }
                Err(rejection) => worst.rejected = Some(rejection),
            }
        }
        let free: Vec<_> = toggles.into_iter().filter(|it| it.default_value.is_none()).collect();
        let usual = assignments(&free).map(|assignment| {
            let (form, variables) = form(&|definition| match &definition.default_value {
                Some(default) => default_of(schema, &definition.ty, default),
                None => definition.ty.is_non_null().then(|| assignment.value(definition, 1)),
            })?;
            form.admit(&variables, limits)
        });
        worst.usual = usual.reduce(cheaper).unwrap_or(Ok(0));
        worst
    }

    fn none(is_partial: bool) -> Self {
        Self {
            cost: 0,
            depth: 0,
            calls: BTreeMap::new(),
            caching: None,
            not_cacheable: BTreeSet::new(),
            usual: Ok(0),
            rejected: None,
            is_partial,
        }
    }

    fn include(&mut self, form: &PreparedOperation, variables: &Variables) {
        self.cost = self.cost.max(form.plan.estimate(variables));
        self.depth = self.depth.max(form.depth());
        self.caching = [self.caching, form.caching()].into_iter().flatten().min_by_key(|caching| caching.max_age);
        self.not_cacheable.extend(form.reason_not_cacheable().map(str::to_owned));
        for (service, times) in calls_by_service(form, variables) {
            let known = self.calls.entry(service).or_default();
            *known = times.max(*known);
        }
    }
}

/// The operation's variables that stand in a `@skip` or `@include`.
fn toggles(selected: &SelectedOperation) -> Vec<&VariableDefinition> {
    let definitions = selected.operation.variables.iter().map(|definition| &**definition);
    definitions.filter(|definition| selected.conditional_variables().conditions.contains(&definition.name)).collect()
}

/// A value for each toggle: true, if the bit of its place is set.
struct ToggleAssignment<'a> {
    toggles: &'a [&'a VariableDefinition],
    bits: usize,
}

impl ToggleAssignment<'_> {
    /// The value of a variable: a Boolean for one in a condition, a number of items for every other one.
    fn value(&self, definition: &VariableDefinition, items: u64) -> ConstValue {
        match self.toggles.iter().position(|toggle| toggle.name == definition.name) {
            Some(place) => ConstValue::Boolean(self.bits >> place & 1 == 1),
            None => ConstValue::Number(items.into()),
        }
    }
}

/// Every assignment; of too many toggles only all false and all true.
fn assignments<'a>(toggles: &'a [&'a VariableDefinition]) -> impl Iterator<Item = ToggleAssignment<'a>> {
    let all = if toggles.len() > TOGGLES { vec![0, usize::MAX] } else { (0..1 << toggles.len()).collect() };
    all.into_iter().map(move |bits| ToggleAssignment { toggles, bits })
}

fn cheaper(one: Result<Cost, Rejection>, other: Result<Cost, Rejection>) -> Result<Cost, Rejection> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok(one.min(other)),
        (Ok(cost), Err(_)) | (Err(_), Ok(cost)) => Ok(cost),
        (Err(rejection), Err(_)) => Err(rejection),
    }
}

/// The highest number of calls to each service: a planned call is made once for every 100 of its keys.
fn calls_by_service(form: &PreparedOperation, variables: &Variables) -> BTreeMap<String, u64> {
    let mut count = KeyCount { variables, keys: HashMap::new() };
    form.plan.fields.iter().for_each(|field| count.field(field, "", 1));
    let mut times = BTreeMap::new();
    for call in form.calls() {
        let known: &mut u64 = times.entry(call.service.clone()).or_default();
        *known = known.saturating_add(count.times(&call));
    }
    times
}

/// The number of keys for which each field calls, by its path.
struct KeyCount<'a> {
    variables: &'a Variables,
    keys: HashMap<String, u64>,
}

impl KeyCount<'_> {
    /// How often a planned call is made, however the keys are spread over its batches; each batch has at least one.
    fn times(&self, call: &PlannedCall) -> u64 {
        let keys = call.fields.iter().filter_map(|path| self.keys.get(path));
        let keys = keys.fold(0, |sum: u64, it| sum.saturating_add(*it));
        let batches = call.at_most as u64;
        let more = if call.keys == Keys::Many { keys.saturating_sub(batches) / KEYS } else { 0 };
        batches + more
    }

    /// Counts a field of that many objects, and what is below it.
    fn field(&mut self, field: &PlannedField, path: &str, objects: u64) {
        let path = if path.is_empty() { field.key.to_string() } else { format!("{path}.{}", field.key) };
        let below = objects.saturating_mul(field.size.of(self.variables));
        if let Some(call) = field.calls.first() {
            // Ids that were given are as many as objects are returned; else each object around it is a key.
            let own = if call.object.is_some() { below } else { objects };
            let known = self.keys.entry(path.clone()).or_default();
            *known = own.max(*known);
        }
        match &field.selections {
            Selections::Fields(fields) => fields.iter().for_each(|field| self.field(field, &path, below)),
            Selections::ByObject(by_object) => {
                let fields = by_object.iter().flat_map(|(_, fields)| fields);
                fields.for_each(|field| self.field(field, &path, below));
            }
        }
    }
}
