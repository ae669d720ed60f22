//! An operation that may run.
//!
//! In: one operation of a valid document and the state of its variables. Out: its kind, name and root fields,
//! and the flattened document for the engine. Made once, cached, shared by requests.

use std::{slice, sync::Arc};

use async_graphql::parser::types as engine;
use async_graphql::{Positioned, Variables};
use async_graphql_value::ConstValue;

use super::flattening::{Failures, Flattened, Flattener};
use super::identity;
use super::kind::{OperationKind, engine_kind, kind};
use super::limits::Limits;
use super::plan::{Caching, Cost, Plan, PlannedCall, Planner};
use super::rejection::{Rejection, RejectionCode};
use super::root_field::RootField;
use super::used_variable::UsedVariable;
use super::variables::Coerced;
use crate::execution::{Data, Program, Response, introspection};

/// A flattened operation, ready to run with the values of its variables.
#[derive(Debug)]
pub struct PreparedOperation {
    kind: OperationKind,
    name: Option<String>,
    root_fields: Vec<RootField>,
    document: engine::ExecutableDocument,
    /// The part of it that the engine runs where the rest runs by waves.
    introspection: Option<engine::ExecutableDocument>,
    variables: Vec<UsedVariable>,
    failures: Option<Failures>,
    /// How a query, or a subscription's selection of an event, runs by waves.
    program: Option<Program>,
    /// The same of the payload of each mutation.
    payloads: Arc<[Program]>,
    pub(crate) plan: Plan,
    bytes: usize,
    #[cfg(test)]
    steps: usize,
}

impl PreparedOperation {
    /// Flattens the flattener's operation and makes its plan.
    pub(crate) fn new(mut flattener: Flattener<'_>) -> Result<Self, Rejection> {
        let operation = flattener.collector.operation;
        let root = &operation.selection_set;
        let Flattened { items, failures } = flattener.selections(&root.ty, &[root], 1)?;
        let root_fields = items.iter().filter_map(|item| match &item.node {
            engine::Selection::Field(field) => {
                let definition = flattener.rulebook.schema.type_field(&root.ty, &field.node.name.node);
                Some(RootField::of(&field.node, definition.ok().map(|node| &**node)))
            }
            _ => None,
        });
        let root_fields: Vec<_> = root_fields.collect();
        let kind = kind(operation.operation_type);
        let rulebook = flattener.rulebook;
        let plan = Planner::plan(rulebook, &root.ty, kind, &items);
        admit_shape(&plan, root_fields.len(), &rulebook.limits)?;
        let variables = UsedVariable::all(&flattener);
        let program = match kind {
            OperationKind::Query => Program::of("Query", &items),
            OperationKind::Subscription => Program::of("Subscription", &items),
            OperationKind::Mutation => None,
        };
        let payloads = match kind {
            OperationKind::Mutation => {
                items.iter().filter_map(|item| Program::of("Mutation", slice::from_ref(item))).collect()
            }
            _ => Arc::default(),
        };
        let document = |items| {
            document(engine::OperationDefinition {
                ty: engine_kind(kind),
                variable_definitions: variables.iter().map(|used| used.definition(operation)).collect(),
                directives: Vec::new(),
                selection_set: Positioned::new(engine::SelectionSet { items }, Default::default()),
            })
        };
        let introspection = Some(introspection(&items)).filter(|items| !items.is_empty()).map(document);
        Ok(Self {
            kind,
            name: operation.name.as_ref().map(ToString::to_string),
            root_fields,
            document: document(items),
            introspection,
            variables,
            failures,
            program,
            payloads,
            bytes: size_of::<Self>() + flattener.allowance.bytes() + plan.bytes() + Program::bytes(plan.steps),
            #[cfg(test)]
            steps: flattener.allowance.steps_taken() + plan.steps,
            plan,
        })
    }

    /// How the payload of each mutation runs by waves.
    pub(crate) fn payloads(&self) -> &Arc<[Program]> {
        &self.payloads
    }

    /// How a query, or a subscription's selection of an event, runs by waves.
    pub(crate) fn program(&self) -> Option<&Program> {
        self.program.as_ref()
    }

    /// `__schema` and `__type`, which the engine runs.
    pub(crate) fn introspection(&self) -> Option<&engine::ExecutableDocument> {
        self.introspection.as_ref()
    }

    /// Query, mutation or subscription.
    pub fn kind(&self) -> OperationKind {
        self.kind
    }

    /// The operation's name in the document; `None` for an anonymous one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The root fields, in the order of the response.
    pub fn root_fields(&self) -> &[RootField] {
        &self.root_fields
    }

    /// Whether the operation is a mutation or subscription of which every root field needs a viewer (`@access`): without one,
    /// each would only say `UNAUTHENTICATED`. A mutation without a field that runs needs none.
    pub fn needs_viewer(&self) -> bool {
        // `VIEWER` alone admits everyone. An unknown rule means that the schema and the code disagree: it needs a viewer.
        let needs_viewer = |field: &RootField| field.access.as_deref().is_some_and(|rule| rule != "VIEWER");
        let mut fields = self.root_fields.iter().peekable();
        self.kind != OperationKind::Query && fields.peek().is_some() && fields.all(needs_viewer)
    }

    /// Whether the operation does nothing but open sessions: the mutations without `@access` are those that sign in.
    pub fn only_opens_sessions(&self) -> bool {
        let mut fields = self.root_fields.iter().filter(|field| field.name != "__typename").peekable();
        self.kind == OperationKind::Mutation && fields.peek().is_some() && fields.all(|field| field.access.is_none())
    }

    /// Refuses introspection, where the schema is not public.
    ///
    /// # Errors
    /// `GRAPHQL_VALIDATION_FAILED` if it selects `__schema` or `__type`.
    pub fn refuse_introspection(&self) -> Result<(), Rejection> {
        let introspects = self.root_fields.iter().any(|field| matches!(field.name.as_str(), "__schema" | "__type"));
        let off = || Rejection::new(RejectionCode::ValidationFailed, "introspection is switched off");
        if introspects { Err(off()) } else { Ok(()) }
    }

    /// The flattened operation, alone in its document: for `Request::set_parsed_query` without an operation
    /// name. The engine takes it by value, so a request clones it once.
    pub fn document(&self) -> &engine::ExecutableDocument {
        &self.document
    }

    /// Selections and fields visited while flattening and planning; proportional to the document's size.
    #[cfg(test)]
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// What tells apart subscriptions that receive different messages for the same event, viewers aside: the flattened
    /// operation with the values of its variables, without the root field's `after`.
    pub(crate) fn identity(&self, variables: &Variables) -> String {
        identity::of(&self.document, variables)
    }

    /// Whether anything in the operation depends on the viewer, its root fields' access included.
    pub(crate) fn depends_on_viewer(&self) -> bool {
        !self.plan.of_viewer.is_empty() || self.root_fields.iter().any(|field| field.access.is_some())
    }

    /// Levels of fields, introspection aside.
    pub fn depth(&self) -> usize {
        self.plan.depth
    }

    /// The actual cost, by the response's data.
    pub fn actual_cost(&self, data: &ConstValue) -> Cost {
        self.plan.actual(data)
    }

    /// The calls to the services, wave by wave.
    pub fn calls(&self) -> Vec<PlannedCall> {
        self.plan.calls(self.kind == OperationKind::Mutation)
    }

    /// The fields that depend on the viewer, with their access rules; a query without any has the same response for
    /// everybody.
    pub fn of_viewer(&self) -> &[String] {
        &self.plan.of_viewer
    }

    /// For how long shared caches may store the response; `None` if they must not.
    pub fn caching(&self) -> Option<Caching> {
        self.cache_verdict().ok()
    }

    /// Why shared caches must not store the response, if so: `User.email (private)`.
    pub fn reason_not_cacheable(&self) -> Option<&str> {
        self.cache_verdict().err()
    }

    /// The response to a null where a value is needed has an error, with which it is not stored.
    fn cache_verdict(&self) -> Result<Caching, &str> {
        if self.has_failures() {
            return Err("a variable is null where a value is needed");
        }
        self.plan.cache_policy.verdict()
    }

    /// Compares the estimated cost with the limit, and returns it.
    pub(crate) fn admit(&self, variables: &Variables, limits: &Limits) -> Result<Cost, Rejection> {
        let (cost, allowed) = (self.plan.estimate(variables), limits.cost);
        if cost <= allowed {
            return Ok(cost);
        }
        let message = format!("The operation may cost {cost}; at most {allowed} is allowed.");
        Err(Rejection::new(RejectionCode::TooCostly, message))
    }

    /// Bytes held, estimated for the cache's account.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The values that the flattened operation still needs, under their names.
    pub(crate) fn variables(&self, mut coerced: Coerced) -> Variables {
        let mut variables = Variables::default();
        for used in &self.variables {
            if let Some(value) = coerced.get_mut(used.place).and_then(Option::take) {
                variables.insert(used.name.clone(), value);
            }
        }
        variables
    }

    /// Whether a field fails because a variable is null: it is not in the document, and costs and calls nothing.
    pub fn has_failures(&self) -> bool {
        self.failures.is_some()
    }

    /// Writes the fields that fail because a variable is null into the engine's response: null and an error, whose
    /// source is a [`RejectionCode`], at each of their places.
    pub fn write_failures(&self, response: &mut async_graphql::Response) {
        self.failures.iter().for_each(|failures| failures.write(response));
    }
}

impl PreparedOperation {
    /// [`Self::write_failures`] for any response.
    pub(crate) fn with_failures(&self, response: Response) -> Response {
        if !self.has_failures() {
            return response;
        }
        let Response { data, errors } = response;
        let data = match data {
            Data::Value(data) => data,
            // What was written is JSON.
            Data::Json(json) => serde_json::from_slice(&json).unwrap_or_default(),
        };
        let mut response = async_graphql::Response::new(data);
        response.errors = errors;
        self.write_failures(&mut response);
        response.into()
    }
}

/// A document of that operation alone.
fn document(definition: engine::OperationDefinition) -> engine::ExecutableDocument {
    engine::ExecutableDocument {
        operations: engine::DocumentOperations::Single(Positioned::new(definition, Default::default())),
        fragments: Default::default(),
    }
}

/// Compares depth and root fields with the limits.
fn admit_shape(plan: &Plan, root_fields: usize, limits: &Limits) -> Result<(), Rejection> {
    let (depth, allowed) = (plan.depth, limits.depth);
    if depth > allowed {
        let message = format!("The operation is {depth} levels deep; at most {allowed} are allowed.");
        return Err(Rejection::new(RejectionCode::TooDeep, message));
    }
    let allowed = limits.root_fields;
    if root_fields > allowed {
        let message = format!("The operation has {root_fields} fields at its root; at most {allowed} are allowed.");
        return Err(Rejection::new(RejectionCode::TooManyRootFields, message));
    }
    Ok(())
}
