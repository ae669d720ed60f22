//! The schema, scalars and limits that every stage applies; made once at start.
//!
//! In: the exported SDL, the limits, the checks of custom scalars. Out: the schema with what is derived from it.

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;

use super::flattening::PossibleTypes;
use super::limits::Limits;
use super::variables::Scalars;

/// The schema cannot be used to validate documents; found at start.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The SDL is not a valid schema.
    #[error("the schema is not valid: {0}")]
    Invalid(String),
    /// A check is registered for a name that is no scalar of the schema.
    #[error("a check is given for the scalar `{0}`, which the schema does not define")]
    UnknownScalar(&'static str),
}

/// The schema, its scalars and the limits.
#[derive(Debug)]
pub(crate) struct Rulebook {
    /// The schema.
    pub(crate) schema: Valid<Schema>,
    /// The checks of custom scalars.
    pub(crate) scalars: Scalars,
    /// The object types behind each composite type.
    pub(crate) possible: PossibleTypes,
    /// The limits on one document.
    pub(crate) limits: Limits,
}

impl Rulebook {
    /// Reads the schema.
    pub(crate) fn new(sdl: &str, limits: Limits, scalars: Scalars) -> Result<Self, SchemaError> {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql")
            .map_err(|invalid| SchemaError::Invalid(invalid.errors.to_string()))?;
        let unknown = scalars.names().find(|name| schema.get_scalar(name).is_none());
        match unknown {
            Some(unknown) => Err(SchemaError::UnknownScalar(unknown)),
            None => Ok(Self { possible: PossibleTypes::new(&schema), schema, scalars, limits }),
        }
    }
}
