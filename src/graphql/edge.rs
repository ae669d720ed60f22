//! From what a loader found to what a field returns. A nullable field that may fail is `Option<Result<T>>`: the engine then
//! puts `null` and the error at that field; `Result<Option<T>>` would throw the parent object away.

use async_graphql::{Context, Result};

use super::errors::failed_call;
use crate::{
    clients::{CallError, Everybody, Parameters, Route},
    loaders::Scope,
};

/// The scope of the request that the field belongs to.
pub fn scope<'a>(ctx: &Context<'a>) -> &'a Scope {
    ctx.data_unchecked::<Scope>()
}

/// The object that was loaded; `null` if there is none.
pub fn object<T>(loaded: Result<Option<T>, CallError>) -> Option<Result<T>> {
    loaded.map_err(failed_call).transpose()
}

/// The field's value, read from the loaded record; `null` if the loader found no record.
pub fn value<L, T>(loaded: Result<Option<L>, CallError>, read: impl FnOnce(L) -> T) -> Option<Result<T>> {
    loaded.map(|loaded| loaded.map(read)).map_err(failed_call).transpose()
}

/// The answer of a route without keys, by a call of its own.
pub async fn whole<G: Parameters, V>(
    ctx: &Context<'_>,
    route: &'static Route<Everybody, G, (), V>,
    parameters: &G,
) -> Result<Option<V>, CallError> {
    let request = &scope(ctx).request;
    let mut answer = request.clients.call(&request.context, route.read((), parameters, &[()])).await?;
    Ok(answer.remove(&()))
}
