//! The cost of an operation: estimated from its plan and variables before it runs, counted in its response afterwards.
//!
//! By the directives that routers share (`@cost`, `@listSize`): an object 1, a scalar 0, a call 10, a mutation 10; a list
//! multiplies by its slicing argument or its assumed size. Saturating: nothing overflows, everything huge is too costly.

use async_graphql::Variables;
use async_graphql_value::ConstValue;

use super::{Plan, PlannedField, Selections, Size};
pub(crate) use crate::execution::CALL;
pub(crate) use crate::graphql::roots::MUTATION;

/// An object.
pub(crate) const OBJECT: u64 = 1;

/// A cost, in the unit of the schema's `@cost`.
pub type Cost = u64;

impl Plan {
    /// The most that the operation can cost with these variables.
    pub(crate) fn estimate(&self, variables: &Variables) -> Cost {
        sum(&self.fields, |field| field.estimate(variables))
    }

    /// The actual cost, by the sizes of the lists in the response.
    pub(crate) fn actual(&self, data: &ConstValue) -> Cost {
        object(&self.fields, data)
    }
}

impl PlannedField {
    fn estimate(&self, variables: &Variables) -> Cost {
        let selected = match &self.selections {
            Selections::Fields(fields) => sum(fields, |field| field.estimate(variables)),
            Selections::ByObject(objects) => {
                let costs = objects.iter().map(|(_, fields)| sum(fields, |field| field.estimate(variables)));
                costs.max().unwrap_or_default()
            }
        };
        let each = self.object.saturating_add(selected);
        self.weight.saturating_add(self.size.of(variables).saturating_mul(each))
    }

    fn actual(&self, value: &ConstValue) -> Cost {
        self.weight.saturating_add(self.returned(value))
    }

    fn returned(&self, value: &ConstValue) -> Cost {
        match value {
            ConstValue::List(items) => items.iter().fold(0, |cost, item| self.returned(item).saturating_add(cost)),
            ConstValue::Object(members) => {
                let selected = match &self.selections {
                    Selections::Fields(fields) => object(fields, value),
                    // The objects' types have different fields; where they have the same, they cost the same.
                    Selections::ByObject(objects) => {
                        let has_all = |fields: &[PlannedField]| fields.iter().all(|it| members.contains_key(&it.key));
                        let costs = objects.iter().filter(|(_, fields)| has_all(fields));
                        costs.map(|(_, fields)| object(fields, value)).max().unwrap_or_default()
                    }
                };
                self.object.saturating_add(selected)
            }
            _ => 0,
        }
    }
}

impl Size {
    pub(crate) fn of(&self, variables: &Variables) -> u64 {
        match self {
            Self::Known(size) => *size,
            Self::Variable { name, default } => variables.get(name).and_then(requested_size).unwrap_or(*default),
        }
    }
}

/// The list size that an argument's value requests: a number, or the length of a list of ids.
pub(crate) fn requested_size(value: &ConstValue) -> Option<u64> {
    match value {
        // A negative size is 0.
        ConstValue::Number(number) => Some(number.as_u64().unwrap_or_default()),
        ConstValue::List(items) => Some(items.len() as u64),
        _ => None,
    }
}

fn object(fields: &[PlannedField], value: &ConstValue) -> Cost {
    let ConstValue::Object(members) = value else { return 0 };
    sum(fields, |field| members.get(&field.key).map_or(0, |value| field.actual(value)))
}

fn sum<'a>(fields: &'a [PlannedField], cost: impl Fn(&'a PlannedField) -> Cost) -> Cost {
    fields.iter().map(cost).fold(0, Cost::saturating_add)
}
