//! Literals of custom scalars, validated with the document.
//!
//! In: a valid document and the scalars' checks. Out: the literals that fail their check, and why. The compiler accepts
//! any literal for a custom scalar; a client should hear of a wrong one before anything runs.

use apollo_compiler::Node;
use apollo_compiler::ast::Value;
use apollo_compiler::schema::ExtendedType;

use super::line_index::LineIndex;
use super::walk::{InputPlace, Visitor, Walk};
use crate::operations::rejection::Violation;
use crate::operations::rulebook::Rulebook;
use crate::operations::variables::literal_to_json;

/// Every literal of a custom scalar that fails its check.
pub(crate) fn violations(rulebook: &Rulebook, walk: &Walk<'_>, lines: &LineIndex) -> Vec<Violation> {
    let mut checks = LiteralChecks { rulebook, lines, found: Vec::new() };
    walk.document(&mut checks);
    checks.found
}

struct LiteralChecks<'r> {
    rulebook: &'r Rulebook,
    lines: &'r LineIndex,
    found: Vec<Violation>,
}

impl<'a> Visitor<'a> for LiteralChecks<'_> {
    fn enter_value(&mut self, value: &'a Node<Value>, place: Option<InputPlace<'a>>) {
        let Some(place) = place else { return };
        match &**value {
            Value::Variable(_) | Value::Null => {}
            Value::List(_) if place.ty.is_list() => {}
            literal => {
                let ty = self.rulebook.schema.types.get(place.ty.inner_named_type());
                if let Some(ExtendedType::Scalar(scalar)) = ty
                    && !scalar.is_built_in()
                    && let Err(problem) = self.rulebook.scalars.check(&scalar.name, &literal_to_json(literal))
                {
                    let message = format!("this literal of type `{}` {problem}", scalar.name);
                    self.found.push(Violation::new(&message, self.lines.locate_span(value.location())));
                }
            }
        }
    }
}
