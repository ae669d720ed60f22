//! The pipeline of one operation, independent of the transport. In: an [`Ask`]. Out: [`Executed`], or [`Refused`] with one
//! [`Code`]. `http/` reads the `Ask` from a request and writes the result as a response.
//!
//! The stages, in order: identify the document → select its operation → authenticate → complete it with variables →
//! authorize → charge the budget → execute → settle the charge.

mod admitted;
mod ask;
pub(crate) mod body;
mod code;
mod execute;
mod executed;
mod field_error;
mod identify;
mod record;
mod refused;

use std::sync::Arc;

use tokio::{sync::Semaphore, time::timeout_at};
use tokio_util::task::TaskTracker;

pub(crate) use admitted::Admitted;
pub use ask::Parameters;
pub(crate) use ask::{Ask, Client};
pub use code::Code;
pub(crate) use executed::{Audience, CostReport, Executed};
pub(crate) use field_error::FieldError;
pub(crate) use identify::Named;
pub(crate) use record::OperationRecord;
pub(crate) use refused::Refused;

use crate::{
    auth::{AuthenticationError, Authenticator, Viewer},
    budgets::{Budgets, Payer},
    clients::Clients,
    graphql::Schema,
    loaders::Scope,
    operations::{
        Operations, Prepared, SelectedOperation,
        documents::{Document, Documents},
    },
};

/// The stages of an operation.
pub struct Pipeline {
    /// Documents that clients may send.
    pub(crate) documents: Documents,
    /// Validates, plans and caches operations.
    pub operations: Operations,
    /// Executes operations.
    pub schema: Schema,
    /// Whether the engine runs queries, too, as it does in the tests that compare both.
    pub engine_runs_queries: bool,
    /// Verifies credentials.
    pub(crate) authenticator: Authenticator,
    /// Budgets of cost per caller over time.
    pub(crate) budgets: Budgets,
    /// The services.
    pub(crate) clients: Clients,
    /// One permit for each concurrent operation.
    pub(crate) slots: Arc<Semaphore>,
    /// Running mutations: a client that disconnects does not cancel them, and the drain waits for them.
    pub(crate) commands: TaskTracker,
}

impl Pipeline {
    /// Everything up to the execution. `record` is filled stage by stage, so that a cancelled operation is logged too.
    ///
    /// # Errors
    /// The operation is refused.
    pub(crate) async fn admit(&self, ask: Ask, record: &mut OperationRecord) -> Result<Admitted, Refused> {
        let slot = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| Refused::Overloaded)?;
        let document = self.identify(&ask.parameters).await?;
        record.document.clone_from(&document.trusted);
        let selected = self.select(&document, &ask)?;
        record.kind = Some(selected.kind());
        let authenticated = timeout_at(ask.context.deadline(), self.authenticator.authenticate(&ask.credentials)).await;
        let authenticated = authenticated.map_err(|_| Refused::DeadlineExceeded)?;
        let variables = ask.parameters.variables;
        let (viewer, prepared) = self.complete(&selected, authenticated, variables)?;
        self.authorize(&prepared, viewer.as_ref())?;

        let registration = identify::registration_cost(&document);
        let payer = match &viewer {
            Some(viewer) => Payer::User(viewer.id()),
            None => Payer::Network(contract::network(ask.client.address)),
        };
        let charge = self.budgets.charge(payer, prepared.cost.saturating_add(registration));
        let charge = charge.map_err(Refused::BudgetExhausted)?;
        (record.cost.estimated, record.overdrawn) = (prepared.cost, charge.overdrawn);
        self.note_unknown(&document, prepared.operation.name(), &ask.client).await;

        Ok(Admitted {
            viewer,
            payer,
            prepared,
            charge,
            registration,
            slot,
            context: ask.context,
            client_address: ask.client.address,
            resume_behind: ask.resume_behind,
            shows_cost: ask.shows_cost && self.documents.policy().shows_schema(),
            may_be_shared: ask.may_be_shared && !ask.parameters.wants_position,
        })
    }

    /// Executes an admitted query or mutation, and settles its charge.
    ///
    /// # Errors
    /// A defect of the server.
    pub(crate) async fn run(&self, admitted: Admitted, record: &mut OperationRecord) -> Result<Executed, Refused> {
        let Admitted { viewer, prepared, charge, registration, slot, context, .. } = admitted;
        let caching = prepared.operation.caching();
        // A public response is fetched without a viewer, so that no call can depend on the viewer.
        let viewer = viewer.filter(|_| caching.is_none());
        let caching = caching.filter(|_| admitted.may_be_shared);
        if caching.is_some() {
            context.ledger().collect_tags();
        }
        let estimated = prepared.cost;
        let scope = Scope::new(context.clone(), viewer, self.clients.clone());
        let (response, actual) = self.execute(prepared, scope, slot).await?;
        (record.errors, record.cost.actual) = (response.errors.len(), actual);
        let allowance = charge.settle(actual.saturating_add(registration));
        let budget_remaining = allowance.remaining;
        let cost = admitted.shows_cost.then_some(CostReport { estimated, actual, budget_remaining });
        let is_public = response.errors.is_empty() && cost.is_none();
        let audience = match caching.filter(|_| is_public) {
            Some(caching) => Audience::Public { caching, tags: context.ledger().tags() },
            None => Audience::Private,
        };
        Ok(Executed { response, allowance, cost, position: None, audience })
    }

    fn select(&self, document: &Document, ask: &Ask) -> Result<SelectedOperation, Refused> {
        let name = ask.parameters.operation_name.as_deref();
        let selected = match &document.trusted {
            Some(trusted) => trusted.select(name)?,
            None => self.operations.select(Arc::clone(&document.text), name)?,
        };
        let kind = selected.kind();
        if ask.allowed_kinds.contains(&kind) { Ok(selected) } else { Err(Refused::KindNotAllowed(kind)) }
    }

    /// Coerces the variables. An invalid token refuses the operation. An expired token does not refuse operations that only
    /// open sessions: clients send the expired token until they have a new one.
    fn complete(
        &self,
        selected: &SelectedOperation,
        authenticated: Result<Option<Viewer>, AuthenticationError>,
        variables: serde_json::Map<String, serde_json::Value>,
    ) -> Result<(Option<Viewer>, Prepared), Refused> {
        match authenticated {
            Ok(viewer) => Ok((viewer, self.operations.complete(selected, variables)?)),
            Err(expired @ AuthenticationError::Expired) => match self.operations.complete(selected, variables) {
                Ok(prepared) if prepared.operation.only_opens_sessions() => Ok((None, prepared)),
                _ => Err(expired.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    fn authorize(&self, prepared: &Prepared, viewer: Option<&Viewer>) -> Result<(), Refused> {
        if viewer.is_none() && prepared.operation.needs_viewer() {
            return Err(Refused::SignInNeeded);
        }
        if !self.documents.policy().shows_schema() {
            prepared.operation.refuse_introspection()?;
        }
        Ok(())
    }
}
