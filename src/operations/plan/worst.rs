//! What an operation takes over all values that its variables can have, known without any.
//!
//! In: a selected operation. Out: a [`Demand`]: the most it can cost, how deep it gets, how many calls each service can get;
//! and what it costs with its own default values. Each setting of its `@skip` and `@include` variables is looked through;
//! a variable that says how long a list is has the most that the schema takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use apollo_compiler::ast::VariableDefinition;
use async_graphql::Variables;
use async_graphql_value::ConstValue;

use super::{Caching, Cost, Keys, Plan, PlannedCall, PlannedField, Selections};
use crate::operations::variables::Coerced;
use crate::operations::variables::default_of;
use crate::operations::{Operations, PreparedOperation, Rejection, SelectedOperation};

/// The most that a slicing argument takes: of `first`, and of the ids in a list.
const LONGEST: u64 = 100;
/// Keys of one call.
const KEYS: u64 = 100;
/// Variables in `@skip` and `@include` whose values are all looked through: two to that power.
const TOGGLES: usize = 8;

/// What an operation takes, at most and usually.
#[derive(Debug)]
pub(crate) struct Demand {
    /// The most that it can cost.
    pub(crate) cost: Cost,
    /// Levels of fields, at most.
    pub(crate) depth: usize,
    /// How many calls each service gets, at most.
    pub(crate) calls: BTreeMap<String, u64>,
    /// For how long its answer may be kept, if that depends on nothing: the shortest of all settings.
    pub(crate) kept: Option<Caching>,
    /// What stands against keeping it.
    pub(crate) not_kept: BTreeSet<String>,
    /// What it costs with the default values of its variables; one item or `false` where there is none.
    pub(crate) usual: Result<Cost, Rejection>,
    /// Why it may not run with some values.
    pub(crate) refused: Option<Rejection>,
    /// There are too many conditions to look at every setting of them.
    pub(crate) is_partial: bool,
}

impl Operations {
    /// What an operation takes, whatever its variables are.
    pub(crate) fn demand(&self, selected: &SelectedOperation) -> Demand {
        let limits = &self.rulebook.limits;
        let toggles = self.toggles(selected);
        let mut demand = Demand::none(toggles.len() > TOGGLES);
        for setting in settings(&toggles) {
            let form = self.form(selected, |definition| Some(setting.value(definition, LONGEST)));
            match form {
                Ok((form, variables)) => {
                    let refused = form.admit(&variables, limits).err();
                    demand.include(&form, &variables);
                    demand.refused = refused.or(demand.refused);
                }
                Err(rejection) => demand.refused = Some(rejection),
            }
        }
        let free: Vec<_> = toggles.into_iter().filter(|it| it.default_value.is_none()).collect();
        let usual = settings(&free).map(|setting| {
            let (form, variables) = self.form(selected, |definition| match &definition.default_value {
                Some(default) => default_of(&self.rulebook.schema, &definition.ty, default),
                None => definition.ty.is_non_null().then(|| setting.value(definition, 1)),
            })?;
            form.admit(&variables, limits)
        });
        demand.usual = usual.reduce(cheaper).unwrap_or(Ok(0));
        demand
    }

    /// The operation's variables that stand in a `@skip` or `@include`.
    fn toggles<'a>(&self, selected: &'a SelectedOperation) -> Vec<&'a VariableDefinition> {
        let definitions = selected.operation.variables.iter().map(|definition| &**definition);
        definitions.filter(|definition| selected.toggles().contains(&definition.name)).collect()
    }

    /// The flattened form that these values need, and those of them that are left in it.
    fn form(
        &self,
        selected: &SelectedOperation,
        value: impl Fn(&VariableDefinition) -> Option<ConstValue>,
    ) -> Result<(Arc<PreparedOperation>, Variables), Rejection> {
        let coerced: Coerced = selected.operation.variables.iter().map(|definition| value(definition)).collect();
        let form = self.operation(selected, &coerced)?;
        let variables = form.variables(coerced)?;
        Ok((form, variables))
    }
}

impl Demand {
    fn none(is_partial: bool) -> Self {
        Self {
            cost: 0,
            depth: 0,
            calls: BTreeMap::new(),
            kept: None,
            not_kept: BTreeSet::new(),
            usual: Ok(0),
            refused: None,
            is_partial,
        }
    }

    fn include(&mut self, form: &PreparedOperation, variables: &Variables) {
        self.cost = self.cost.max(form.plan.estimate(variables));
        self.depth = self.depth.max(form.depth());
        self.kept = [self.kept, form.caching()].into_iter().flatten().min_by_key(|caching| caching.max_age);
        self.not_kept.extend(form.not_kept().map(str::to_owned));
        for (service, times) in form.plan.times(&form.calls(), variables) {
            let known = self.calls.entry(service).or_default();
            *known = times.max(*known);
        }
    }
}

/// A value for each variable in a condition: on, if its name is here.
struct Setting<'a> {
    toggles: &'a [&'a VariableDefinition],
    on: usize,
}

impl Setting<'_> {
    /// True or false for a variable in a condition; a number of items for every other, whatever it is used for.
    fn value(&self, definition: &VariableDefinition, items: u64) -> ConstValue {
        match self.toggles.iter().position(|toggle| toggle.name == definition.name) {
            Some(place) => ConstValue::Boolean(self.on >> place & 1 == 1),
            None => ConstValue::Number(items.into()),
        }
    }
}

/// Every setting; of too many conditions only all off and all on.
fn settings<'a>(toggles: &'a [&'a VariableDefinition]) -> impl Iterator<Item = Setting<'a>> {
    let settings = if toggles.len() > TOGGLES { vec![0, usize::MAX] } else { (0..1 << toggles.len()).collect() };
    settings.into_iter().map(move |on| Setting { toggles, on })
}

fn cheaper(one: Result<Cost, Rejection>, other: Result<Cost, Rejection>) -> Result<Cost, Rejection> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok(one.min(other)),
        (Ok(cost), Err(_)) | (Err(_), Ok(cost)) => Ok(cost),
        (Err(rejection), Err(_)) => Err(rejection),
    }
}

impl Plan {
    /// How many calls each service gets, at most: a planned call leaves once for every 100 of its keys.
    fn times(&self, calls: &[PlannedCall], variables: &Variables) -> BTreeMap<String, u64> {
        let mut count = KeyCount { variables, keys: HashMap::new() };
        self.fields.iter().for_each(|field| count.field(field, "", 1));
        let mut times = BTreeMap::new();
        for call in calls {
            let keys = call
                .fields
                .iter()
                .filter_map(|path| count.keys.get(path))
                .fold(0, |sum: u64, it| sum.saturating_add(*it));
            // However the keys fall into its batches, of which each has at least one.
            let batches = call.at_most as u64;
            let more = if call.keys == Keys::Many { keys.saturating_sub(batches) / KEYS } else { 0 };
            let known: &mut u64 = times.entry(call.service.clone()).or_default();
            *known = known.saturating_add(batches + more);
        }
        times
    }
}

/// For how many keys each field calls, by its path.
struct KeyCount<'a> {
    variables: &'a Variables,
    keys: HashMap<String, u64>,
}

impl KeyCount<'_> {
    /// Notes a field of that many objects, and what is below it.
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
