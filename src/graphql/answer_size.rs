//! How large an answer may become. In: texts that people wrote, as they are put into the answer. Out: the same, until there is
//! more than allowed: then an error at each of them, and one for all in place of the data.
//!
//! Cost bounds how many objects and fields there are, not how long a text is: the same long post under thirty aliases on every
//! line of a list is cheap by cost. Everything else in an answer is short.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, Response, ServerResult, Value, parser::types::Field,
    registry::Registry,
};
use serde::Deserialize;

use super::errors;

/// Bytes of texts in one answer.
pub struct AnswerSize {
    bytes: AtomicUsize,
    limit: usize,
}

impl AnswerSize {
    /// An empty answer that may have that many.
    pub fn new(limit: usize) -> Self {
        Self { bytes: AtomicUsize::new(0), limit }
    }

    /// The response, or an error in its place if it passed the limit: half of a list would look like all of it.
    pub fn bounded(&self, response: Response) -> Response {
        if self.bytes.load(Ordering::Relaxed) <= self.limit {
            return response;
        }
        Response::from_errors(vec![errors::too_large(self.limit).into_server_error(Default::default())])
    }

    fn takes(&self, bytes: usize) -> bool {
        self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= self.limit
    }
}

/// Text in an answer, counted against the answer's bound.
pub type Text = Counted<String>;

/// A text that is counted when it is put into an answer.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Counted<T>(pub T);

impl<T: OutputType> OutputType for Counted<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let value = self.0.resolve(ctx, field).await?;
        let size = ctx.data_unchecked::<Arc<AnswerSize>>();
        match &value {
            Value::String(text) if !size.takes(text.len()) => {
                Err(ctx.set_error_path(errors::too_large(size.limit).into_server_error(field.pos)))
            }
            _ => Ok(value),
        }
    }
}
