//! Ids as the schema shows them: the services' own, as the built-in scalar `ID`. In: an `ID` argument. Out: a typed id,
//! or a `BAD_REQUEST` that does not repeat what was sent.

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

use async_graphql::{
    ContextSelectionSet, Error, ID, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry,
};
use contract::{Id, IdKind};
use serde::Deserialize;

use super::errors;

/// A prefix of four and 32 hex digits.
const TEXT_BYTES: usize = 36;

/// A typed id in an answer; made into text only when it is selected.
#[derive(Clone, Copy, Deserialize)]
#[serde(transparent, bound = "K: IdKind")]
pub struct GlobalId<K>(pub Id<K>);

impl<K> From<GlobalId<K>> for Id<K> {
    fn from(GlobalId(id): GlobalId<K>) -> Self {
        id
    }
}

impl<K: IdKind> fmt::Display for GlobalId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<K: IdKind> OutputType for GlobalId<K> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("ID")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let mut text = String::with_capacity(TEXT_BYTES);
        let _ = write!(text, "{}", self.0);
        Ok(Value::String(text))
    }
}

/// Reads an id of a known kind.
pub fn parse<K: IdKind>(argument: &str, id: &ID) -> Result<Id<K>, Error> {
    id.parse().map_err(|error| errors::bad_request(format!("`{argument}` {error}")))
}
