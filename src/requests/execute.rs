//! The execution stage. In: an admitted operation, its scope and its permit. Out: the response and the actual cost. Queries and
//! payloads of mutations run by waves, commands of mutations and introspection by the engine.

use std::sync::Arc;

use async_graphql::{Variables, parser::types::ExecutableDocument};
use parking_lot::Mutex;
use tokio::sync::OwnedSemaphorePermit;

use super::{Pipeline, Refused, field_error::is_of_a_service};
use crate::{
    execution::{Mutation, Outcome, Request, Response},
    graphql::Execution,
    loaders::{self, Scope},
    operations::{Cost, OperationKind, Prepared},
};

impl Pipeline {
    /// Executes an operation; its permit is released when it is done.
    pub(super) async fn execute(
        &self,
        prepared: Prepared,
        scope: Scope,
        slot: OwnedSemaphorePermit,
    ) -> Result<(Response, Cost), Refused> {
        let Prepared { operation, variables, cost } = prepared;
        let (max_text, request) = (self.schema.max_text(), Arc::clone(&scope.request));
        let outcome = if operation.kind() == OperationKind::Mutation {
            let (programs, written) = (Arc::clone(operation.payloads()), Mutex::default());
            let mutation = Mutation { programs, variables: variables.clone(), request, max_text, written };
            let (mutation, schema) = (Arc::new(mutation), self.schema.clone());
            let document = operation.document().clone();
            let execution = Execution { document, variables, scope, payloads: Some(Arc::clone(&mutation) as _) };
            let executing = async move {
                let outcome = mutation.outcome(schema.execute(execution).await);
                drop(slot);
                outcome
            };
            // A client that disconnects cancels its query, but not a mutation that has begun.
            self.commands.spawn(executing).await.map_err(|_| Refused::Internal)?
        } else if self.engine_runs_queries {
            let document = operation.document().clone();
            let response = self.schema.execute(Execution { document, variables, scope, payloads: None }).await;
            let cost = operation.actual_cost(&response.data);
            Outcome { response: response.into(), cost, text: 0 }
        } else if let Some(program) = operation.program() {
            let introspected = match operation.introspection() {
                Some(document) => Some(self.introspect(document.clone(), &variables, &request).await),
                None => None,
            };
            let (variables, introspected, request) = (&variables, introspected.as_ref(), &*request);
            Request { program, variables, given: None, introspected, request, max_text, text: 0 }.run().await
        } else {
            Outcome::defect("a field of the query is in no table")
        };
        let Outcome { response, cost: actual, .. } = outcome;
        // Data that is null because of the client's error was fetched, too.
        let cost = if response.errors.iter().all(is_of_a_service) { actual } else { cost };
        Ok((operation.with_failures(response), cost))
    }

    /// What the engine makes of the part of a query that asks for the schema.
    async fn introspect(
        &self,
        document: ExecutableDocument,
        variables: &Variables,
        request: &loaders::Request,
    ) -> async_graphql::Response {
        let scope = Scope::new(request.context.clone(), None, self.clients.clone());
        self.schema.execute(Execution { document, variables: variables.clone(), scope, payloads: None }).await
    }
}
