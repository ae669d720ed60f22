//! Texts that users write, as a type of their own: in a response they count against the bound of text (`execution/write/`). Cost
//! bounds how many objects and fields there are, not how long a text is: the same long post under thirty aliases on every line of a
//! list is cheap by cost. Everything else in a response is short.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field, registry::Registry,
};
use serde::Deserialize;

/// A text that users write, at any length.
pub type Text = Written<String>;

/// A scalar whose text users write.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Written<T>(pub T);

impl<T: OutputType> OutputType for Written<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}
