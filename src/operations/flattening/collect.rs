//! The fields of an object that several selection sets select: CollectFields (section 6.3.2).
//!
//! In: the selection sets behind one place of the answer, and the type of the object there. Out: its fields by
//! response key, in the order of the answer. A fragment is entered once per place, so fragments that spread each
//! other twice cost no more than once; every step is charged against the allowance.

use std::collections::HashSet;

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::ast::Value;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::executable::{DirectiveList, ExecutableDocument, Field, Operation, Selection, SelectionSet};

use super::allowance::Allowance;
use super::conditional_variables::{self, Condition};
use super::failures::NullVariable;
use super::possible::PossibleTypes;
use super::variant::{VariableState, Variant};
use crate::operations::rejection::Rejection;
use crate::operations::validation::LineIndex;

/// The selections of each response key, first seen first.
pub(crate) type Grouped<'a> = IndexMap<&'a Name, Vec<&'a Node<Field>>>;

/// The operation being flattened, and what decides its fragments and conditions.
pub(crate) struct Collector<'a> {
    pub(crate) document: &'a ExecutableDocument,
    pub(crate) operation: &'a Operation,
    pub(crate) lines: &'a LineIndex,
    pub(crate) variant: &'a Variant,
    pub(crate) possible: &'a PossibleTypes,
}

/// The object for which fields are collected.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// An object of this type: fragments on other types are left out.
    Object(&'a Name),
    /// Any object of this abstract type: a fragment on another type requires collecting by object type.
    Any(&'a Name),
}

/// The result for a target.
pub(crate) enum Collected<'a> {
    /// The fields by response key.
    Fields(Grouped<'a>),
    /// The objects of the abstract type have different fields: collect for each.
    DependsOnObject,
    /// A condition is null.
    Fails(NullVariable),
}

impl<'a> Collector<'a> {
    /// Collects the fields that several selection sets of one place ask of the target.
    pub(crate) fn collect(
        &self,
        target: Target<'_>,
        places: &[&'a SelectionSet],
        allowance: &mut Allowance,
    ) -> Result<Collected<'a>, Rejection> {
        let mut grouped = Grouped::default();
        let mut entered = HashSet::new();
        let mut rest: Vec<_> = places.iter().rev().map(|set| set.selections.iter()).collect();
        while let Some(selections) = rest.last_mut() {
            let Some(selection) = selections.next() else {
                rest.pop();
                continue;
            };
            allowance.step()?;
            // A fragment that was entered before adds nothing, whatever its conditions.
            if matches!(selection, Selection::FragmentSpread(spread) if entered.contains(&spread.fragment_name)) {
                continue;
            }
            match self.stays(selection.directives()) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(cause) => return Ok(Collected::Fails(cause)),
            }
            let (condition, nested) = match selection {
                Selection::Field(field) => {
                    grouped.entry(field.response_name()).or_default().push(field);
                    continue;
                }
                Selection::InlineFragment(fragment) => (fragment.type_condition.as_ref(), &fragment.selection_set),
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name) {
                    Some(fragment) if entered.insert(&fragment.name) => {
                        (Some(fragment.type_condition()), &fragment.selection_set)
                    }
                    _ => continue,
                },
            };
            match (target, condition) {
                (Target::Any(ty), Some(condition)) if condition != ty => {
                    return Ok(Collected::DependsOnObject);
                }
                (Target::Object(ty), Some(condition)) if !self.possible.applies(condition, ty) => {}
                _ => rest.push(nested.selections.iter()),
            }
        }
        Ok(Collected::Fields(grouped))
    }

    /// Whether the conditions on a selection select it; a condition that is null fails the collection.
    fn stays(&self, directives: &DirectiveList) -> Result<bool, NullVariable> {
        for Condition { selects_at, value } in conditional_variables::conditions(directives) {
            let stays = match &**value {
                Value::Boolean(value) => *value == selects_at,
                Value::Variable(name) => match self.variant.state(self.operation, name) {
                    VariableState::Null => return Err(self.null_variable(name, value)),
                    state => state == VariableState::Decides(selects_at),
                },
                _ => false,
            };
            if !stays {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The failure of a variable that is null in this value.
    pub(crate) fn null_variable(&self, name: &Name, value: &Node<Value>) -> NullVariable {
        NullVariable { variable: name.clone(), location: self.lines.locate_span(value.location()) }
    }
}
