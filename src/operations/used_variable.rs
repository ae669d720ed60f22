//! The variables that are left in a flattened operation: those whose values the execution needs.

use apollo_compiler::executable::Operation;
use async_graphql::parser::types as engine;
use async_graphql::{Name as EngineName, Positioned};

use super::flattening::Flattener;
use super::rejection::Location;
use super::variables::engine_name;

/// A variable that is still in the flattened operation.
#[derive(Debug)]
pub(super) struct UsedVariable {
    /// Its place among the definitions of the operation as sent.
    pub(super) place: usize,
    pub(super) name: EngineName,
    pub(super) location: Option<Location>,
}

impl UsedVariable {
    /// Those of the flattened operation.
    pub(super) fn all(flattener: &Flattener<'_>) -> Vec<Self> {
        let definitions = flattener.collector.operation.variables.iter().enumerate();
        let used = definitions.filter(|(_, definition)| flattener.used.contains(&definition.name));
        used.map(|(place, definition)| Self {
            place,
            name: engine_name(&definition.name),
            location: flattener.collector.lines.locate_span(definition.location()),
        })
        .collect()
    }

    /// A definition for the engine, which needs one for each variable; its type and default are not used any more.
    pub(super) fn definition(&self, operation: &Operation) -> Positioned<engine::VariableDefinition> {
        let pos = self.location.map(|place| (place.line, place.column).into()).unwrap_or_default();
        let ty = operation.variables.get(self.place).map(|definition| definition.ty.to_string());
        let ty = ty
            .and_then(|ty| engine::Type::new(&ty))
            .unwrap_or(engine::Type { base: engine::BaseType::Named(EngineName::new("String")), nullable: true });
        let definition = engine::VariableDefinition {
            name: Positioned::new(self.name.clone(), pos),
            var_type: Positioned::new(ty, pos),
            directives: Vec::new(),
            default_value: None,
        };
        Positioned::new(definition, pos)
    }
}
