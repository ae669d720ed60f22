//! From what a loader answered to what a field returns. A nullable field that may fail is `Option<Result<T>>`: the engine
//! then puts `null` and the error at that field; `Result<Option<T>>` would throw the parent object away.

use async_graphql::{ContainerType, Context, Result};

use super::{
    connection::{self, Connection},
    errors::failed_call,
    in_place::InPlace,
    scalars::Cursor,
};
use crate::{
    clients::{CallError, PageArguments, PageRecord},
    loaders::{Batch, Scope},
};

/// What the resolvers of this request work with.
pub fn scope<'a>(ctx: &Context<'a>) -> &'a Scope {
    ctx.data_unchecked::<Scope>()
}

/// An object of a record; `null` if there is none.
pub fn object<R, T: From<R>>(loaded: Result<Option<R>, CallError>) -> Option<Result<InPlace<T>>> {
    value(loaded, |record| InPlace(T::from(record)))
}

/// Something of what was loaded; `null` if there is nothing.
pub fn value<L, T>(loaded: Result<Option<L>, CallError>, read: impl FnOnce(L) -> T) -> Option<Result<T>> {
    loaded.map(|loaded| loaded.map(read)).map_err(failed_call).transpose()
}

/// A page of a parent's list.
pub async fn page_of<K, R, T>(
    pages: &Batch<PageArguments, K, PageRecord<R>>,
    parent: K,
    (first, after): (i32, Option<Cursor>),
) -> Option<Result<Connection<T>>>
where
    K: Clone + Eq + std::hash::Hash + Send + 'static,
    R: Clone + Send + Sync + 'static,
    T: ContainerType + From<R>,
{
    match connection::page(first, after) {
        Ok(page) => value(pages.load(page, parent).await, Connection::of),
        Err(error) => Some(Err(error)),
    }
}
