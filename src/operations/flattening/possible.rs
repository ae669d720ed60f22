//! The possible object types of each composite type: GetPossibleTypes (section 5.5.2.3).
//!
//! In: the schema, once. Out: the object types behind each object, interface and union, in the schema's order.

use std::collections::HashMap;

use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};

/// The object types behind each composite type of a schema.
#[derive(Debug)]
pub(crate) struct PossibleTypes(HashMap<Name, Vec<Name>>);

impl PossibleTypes {
    /// Reads them from the schema.
    pub(crate) fn new(schema: &Schema) -> Self {
        let implementers = schema.implementers_map();
        let possible = schema.types.iter().filter_map(|(name, ty)| {
            let objects = match ty {
                ExtendedType::Object(_) => vec![name.clone()],
                ExtendedType::Interface(_) => implementers
                    .get(name)
                    .map(|implementers| implementers.objects.iter().cloned().collect())
                    .unwrap_or_default(),
                ExtendedType::Union(union) => union.members.iter().map(|member| (**member).clone()).collect(),
                _ => return None,
            };
            Some((name.clone(), objects))
        });
        Self(possible.collect())
    }

    /// The object types that a value of this type can have; none for types that are not composite.
    pub(crate) fn of(&self, ty: &str) -> &[Name] {
        self.0.get(ty).map_or(&[], Vec::as_slice)
    }

    /// Whether a fragment on `condition` applies to an object: DoesFragmentTypeApply (section 6.3.2).
    pub(crate) fn applies(&self, condition: &str, object: &str) -> bool {
        self.of(condition).iter().any(|possible| possible == object)
    }
}
