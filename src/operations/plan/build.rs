//! Makes the plan of a flattened operation.
//!
//! In: the engine's document, in which each field stands once, and the schema with its directives. Out: a [`Plan`]. One
//! step per field of the flattened operation, whatever the shape of the document as sent.

use apollo_compiler::ast::{Directive, Type, Value as Literal};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{Name, Schema};
use async_graphql::Positioned;
use async_graphql::parser::types as engine;
use async_graphql_value::Value;

use super::caching::SelectedField;
use super::cost::{CALL, MUTATION, OBJECT, requested_size};
use super::{CachePolicy, Call, Keys, Plan, PlannedField, Selections, Size};
use crate::execution::INTROSPECTION;
use crate::operations::flattening::PossibleTypes;
use crate::operations::kind::OperationKind;
use crate::operations::rulebook::Rulebook;

/// Makes the plan of one operation; lives for one.
pub(crate) struct Planner<'a> {
    schema: &'a Valid<Schema>,
    possible: &'a PossibleTypes,
    depth: usize,
    steps: usize,
    of_viewer: Vec<String>,
    cache_policy: CachePolicy,
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The type of the object that it belongs to.
    ty: &'a Name,
    depth: usize,
    /// The sizes that the field around it gives to its own fields (`sizedFields`).
    sizes_below: Option<&'a SizesBelow>,
    /// The kind of the operation, at its root.
    root: Option<OperationKind>,
}

/// A size that belongs to fields one level below (`@listSize(sizedFields:)`).
struct SizesBelow {
    fields: Vec<String>,
    size: Size,
}

impl<'a> Planner<'a> {
    /// The plan of an operation's flattened selections.
    pub(crate) fn plan(
        rulebook: &'a Rulebook,
        root: &Name,
        kind: OperationKind,
        items: &[Positioned<engine::Selection>],
    ) -> Plan {
        let Rulebook { schema, possible, .. } = rulebook;
        let mut planner =
            Self { schema, possible, depth: 0, steps: 0, of_viewer: Vec::new(), cache_policy: CachePolicy::of(kind) };
        let place = Place { ty: root, depth: 1, sizes_below: None, root: Some(kind) };
        let fields = planner.fields(items, place);
        let Self { depth, steps, mut of_viewer, cache_policy, .. } = planner;
        of_viewer.sort_unstable();
        of_viewer.dedup();
        Plan { fields, depth, of_viewer, cache_policy, steps }
    }

    fn selections(&mut self, items: &[Positioned<engine::Selection>], place: Place<'_>) -> Selections {
        let objects: Vec<_> = items
            .iter()
            .filter_map(|item| match &item.node {
                engine::Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref()?;
                    let ty = Name::new(condition.node.on.node.as_str()).ok()?;
                    let fields = self.fields(&fragment.node.selection_set.node.items, Place { ty: &ty, ..place });
                    Some((ty, fields))
                }
                _ => None,
            })
            .collect();
        if objects.is_empty() { Selections::Fields(self.fields(items, place)) } else { Selections::ByObject(objects) }
    }

    fn fields(&mut self, items: &[Positioned<engine::Selection>], place: Place<'_>) -> Vec<PlannedField> {
        let fields = items.iter().filter_map(|item| match &item.node {
            engine::Selection::Field(field) => self.field(&field.node, place),
            _ => None,
        });
        fields.collect()
    }

    /// A field, unless neither it nor anything below it costs or calls something.
    fn field(&mut self, field: &engine::Field, place: Place<'_>) -> Option<PlannedField> {
        self.steps += 1;
        let key = field.response_key().node.clone();
        let name = field.name.node.as_str();
        if name.starts_with("__") {
            let weight = if name == "__typename" { return None } else { INTROSPECTION };
            self.cache_policy.add_introspection(name);
            let (size, selections) = (Size::Known(0), Selections::none());
            return Some(PlannedField { key, weight, object: 0, size, calls: Vec::new(), selections });
        }
        self.depth = self.depth.max(place.depth);
        let schema = self.schema;
        let definition = schema.type_field(place.ty, name).ok()?;
        self.note_access(place.ty, definition);
        let returned = definition.ty.inner_named_type();
        let objects = self.possible.of(returned);
        let is_root = place.root.is_some();
        self.cache_policy.add(schema, &SelectedField { parent: place.ty, definition, is_root, objects });
        let is_object = !objects.is_empty();
        let (size, sizes_below) = Self::sizes(definition, field, place.sizes_below);
        let calls = self.calls(definition, field, is_root);
        let below = Place { ty: returned, depth: place.depth + 1, sizes_below: sizes_below.as_ref(), root: None };
        let selections = self.selections(&field.selection_set.node.items, below);
        let weight = weight(definition, !calls.is_empty(), place.root);
        if weight == 0 && !is_object && selections.is_empty() {
            return None;
        }
        let object = if is_object { OBJECT } else { 0 };
        Some(PlannedField { key, weight, object, size, calls, selections })
    }

    fn note_access(&mut self, ty: &Name, definition: &FieldDefinition) {
        if let Some(rule) = definition.directives.get("access").and_then(|access| argument(access, "rule")) {
            self.of_viewer.push(format!("{ty}.{} ({rule})", definition.name));
        }
    }

    /// The number of objects that a field returns, and the sizes of lists below it (`sizedFields`).
    fn sizes(
        definition: &FieldDefinition,
        field: &engine::Field,
        around: Option<&SizesBelow>,
    ) -> (Size, Option<SizesBelow>) {
        let given = around.filter(|sizes_below| sizes_below.fields.iter().any(|name| *name == *definition.name));
        let own = size(definition, field);
        let below = names(definition, "sizedFields");
        let is_list = matches!(definition.ty, Type::List(_) | Type::NonNullList(_));
        match (given, own) {
            (Some(given), _) => (given.size.clone(), None),
            (None, Some(size)) if !below.is_empty() => (Size::Known(1), Some(SizesBelow { fields: below, size })),
            (None, Some(size)) if is_list => (size, None),
            _ => (Size::Known(1), None),
        }
    }

    /// The calls of a field: its own, or those that find the objects behind an interface by their ids.
    fn calls(&self, definition: &FieldDefinition, field: &engine::Field, is_root: bool) -> Vec<Call> {
        let returned = definition.ty.inner_named_type();
        let group = group(definition, field);
        let slicing = names(definition, "slicingArguments");
        let keys = if is_root && definition.ty.is_named() && !slicing.is_empty() { Keys::None } else { Keys::Many };
        if let Some(call) = definition.directives.get("call").and_then(|directive| call(directive)) {
            return vec![Call { group, keys, ..call }];
        }
        let Some(ExtendedType::Interface(_)) = self.schema.types.get(returned) else { return Vec::new() };
        if !is_root {
            return Vec::new();
        }
        let by_id = self.possible.of(returned).iter().filter_map(|object| {
            let call = call(self.schema.get_object(object)?.directives.get("call")?)?;
            Some(Call { object: Some(object.clone()), ..call })
        });
        by_id.collect()
    }
}

/// `@cost`, or what the field does: a mutation, a call.
fn weight(definition: &FieldDefinition, has_calls: bool, root: Option<OperationKind>) -> u64 {
    let written = definition.directives.get("cost").and_then(|cost| argument(cost, "weight")?.parse().ok());
    written.unwrap_or(match root {
        Some(OperationKind::Mutation) => MUTATION.into(),
        _ if has_calls => CALL,
        _ => 0,
    })
}

/// `@listSize`: the first slicing argument that has a value, else the assumed size.
fn size(definition: &FieldDefinition, field: &engine::Field) -> Option<Size> {
    let list_size = definition.directives.get("listSize")?;
    let slicing = names(definition, "slicingArguments");
    let of_argument = |name: &String| {
        let default = definition.argument_by_name(name).and_then(|argument| argument.default_value.as_ref());
        let default = default.and_then(|value| value.to_i32()).and_then(|value| u64::try_from(value).ok());
        let written = field.arguments.iter().find(|(written, _)| *written.node == **name).map(|(_, value)| &value.node);
        match (written, default) {
            (Some(Value::Variable(name)), default) => {
                Some(Size::Variable { name: name.clone(), default: default.unwrap_or_default() })
            }
            // A list with a variable in it is as long as it is written.
            (Some(Value::List(items)), _) => Some(Size::Known(items.len() as u64)),
            (Some(value), default) => {
                value.clone().into_const().and_then(|value| requested_size(&value)).or(default).map(Size::Known)
            }
            (None, default) => default.map(Size::Known),
        }
    };
    let assumed = || Some(Size::Known(list_size.specified_argument_by_name("assumedSize")?.to_i32()?.try_into().ok()?));
    slicing.iter().find_map(of_argument).or_else(assumed)
}

/// What a batch has once beside its keys: the arguments of a page, or what the keys are if not ids (`by: {handle: …}`). Keys
/// in a variable may be of any kind: they are a group of their own, so that no call is missing from the prediction.
fn group(definition: &FieldDefinition, field: &engine::Field) -> String {
    let is_page = definition.directives.get("listSize").is_some();
    let arguments = field.arguments.iter().filter_map(|(name, value)| match &value.node {
        value if is_page => Some(format!("{}: {value}", name.node)),
        Value::Object(members) => members.keys().find(|key| *key != "id").map(ToString::to_string),
        Value::Variable(variable) if is_input_object(definition, &name.node) => Some(format!("${variable}")),
        _ => None,
    });
    arguments.collect::<Vec<_>>().join(", ")
}

/// Whether the argument is an input object, judged by its type's name: the keys of all other fields are ids.
fn is_input_object(definition: &FieldDefinition, argument: &str) -> bool {
    definition.argument_by_name(argument).is_some_and(|argument| argument.ty.inner_named_type() != "ID")
}

fn call(directive: &Directive) -> Option<Call> {
    let (service, batch) = (argument(directive, "service")?, argument(directive, "batch")?);
    Some(Call { service, batch, group: String::new(), keys: Keys::Many, object: None })
}

/// An argument of a directive, as text.
pub(crate) fn argument(directive: &Directive, name: &str) -> Option<String> {
    match &**directive.specified_argument_by_name(name)? {
        Literal::Enum(name) => Some(name.to_string()),
        Literal::String(text) => Some(text.clone()),
        Literal::Int(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

/// An argument of a field's `@listSize` that lists names.
fn names(definition: &FieldDefinition, argument: &str) -> Vec<String> {
    let value = definition.directives.get("listSize").and_then(|it| it.specified_argument_by_name(argument));
    let items = value.and_then(|value| value.as_list()).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}
