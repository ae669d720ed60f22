//! The execution stage. In: an admitted operation, its scope and its permit. Out: the response and the actual cost. Queries run
//! by waves, everything else by the engine.

use async_graphql::{Variables, parser::types::ExecutableDocument};
use tokio::sync::OwnedSemaphorePermit;

use super::{Pipeline, Refused, field_error::is_of_a_service};
use crate::{
    execution::{Outcome, Request, Response},
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
        if let Some(program) = operation.program().filter(|_| !self.engine_runs_queries) {
            let (max_text, request) = (self.schema.max_text(), &*scope.request);
            let introspected = match operation.introspection() {
                Some(document) => Some(self.introspect(document.clone(), &variables, request).await),
                None => None,
            };
            let introspected = introspected.as_ref();
            let running = Request { program, variables: &variables, event: None, introspected, request, max_text };
            let Outcome { response, cost: actual } = running.run().await;
            drop(slot);
            // Data that is null because of the client's error was fetched, too.
            let cost = if response.errors.iter().all(is_of_a_service) { actual } else { cost };
            return Ok((operation.with_failures(response), cost));
        }
        let schema = self.schema.clone();
        let execution = Execution { document: operation.document().clone(), variables, scope };
        let executing = async move {
            let response = schema.execute(execution).await;
            drop(slot);
            response
        };
        let mut response = match operation.kind() {
            // A client that disconnects cancels its query, but not a mutation that has begun.
            OperationKind::Mutation => self.commands.spawn(executing).await.map_err(|_| Refused::Internal)?,
            _ => executing.await,
        };
        let actual = match response.errors.iter().all(is_of_a_service) {
            true => operation.actual_cost(&response.data),
            false => cost,
        };
        operation.write_failures(&mut response);
        Ok((response.into(), actual))
    }

    /// What the engine makes of the part of a query that asks for the schema.
    async fn introspect(
        &self,
        document: ExecutableDocument,
        variables: &Variables,
        request: &loaders::Request,
    ) -> async_graphql::Response {
        let scope = Scope::new(request.context.clone(), None, self.clients.clone());
        self.schema.execute(Execution { document, variables: variables.clone(), scope }).await
    }
}
