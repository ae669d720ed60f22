//! Fields that fail because a variable is null where the document needs a value (sections 6.3.2 and 6.4.1).
//!
//! In: what the flattener found; such fields are not in the engine's document. Out: in the engine's response, null at
//! each of their places in order of selection, with an error, and nulls propagated as section 6.4.4 says.

use std::sync::Arc;

use apollo_compiler::Name;
use apollo_compiler::ast::Type;
use async_graphql::{Name as EngineName, PathSegment, Response, ServerError};
use async_graphql_value::ConstValue;
use indexmap::IndexMap;

use crate::operations::rejection::{Location, RejectionCode};

/// A variable that is null in a non-null place, and where that place is.
#[derive(Debug, Clone)]
pub(crate) struct NullVariable {
    pub(crate) variable: Name,
    pub(crate) location: Option<Location>,
}

/// What fails in one selection set, for each object there.
#[derive(Debug)]
pub(crate) enum Failures {
    /// Its fields cannot be collected: the object fails.
    Collection(NullVariable),
    /// Some of its fields, in order of selection.
    Fields(Vec<FailingField>),
    /// What fails depends on the object's type, which the engine is asked for under this key.
    ByObject { typename_key: EngineName, objects: Vec<(Name, Failures)> },
}

/// A field that fails, or below which something does.
#[derive(Debug)]
pub(crate) struct FailingField {
    /// Its place among the object's fields, from 0.
    pub(crate) place: usize,
    pub(crate) key: EngineName,
    pub(crate) ty: Type,
    pub(crate) cause: Cause,
}

/// Why a field fails.
#[derive(Debug)]
pub(crate) enum Cause {
    /// Its arguments cannot be coerced.
    Arguments(NullVariable),
    /// Something in its selection set fails.
    Selections(Failures),
}

impl Failures {
    /// Writes the failures into the engine's response.
    pub(crate) fn write(&self, response: &mut Response) {
        let mut writer = Writer { path: Vec::new(), errors: Vec::new() };
        if writer.object(&mut response.data, self).is_err() {
            response.data = ConstValue::Null;
        }
        response.errors.extend(writer.errors);
    }
}

/// The value around an error has to be null, too.
struct Propagated;

struct Writer {
    path: Vec<PathSegment>,
    errors: Vec<ServerError>,
}

impl Writer {
    fn object(&mut self, value: &mut ConstValue, failures: &Failures) -> Result<(), Propagated> {
        let ConstValue::Object(members) = value else { return Ok(()) };
        match failures {
            Failures::Collection(cause) => {
                self.error(cause);
                Err(Propagated)
            }
            Failures::Fields(fields) => fields.iter().try_for_each(|field| {
                let segment = PathSegment::Field(field.key.to_string());
                self.within(segment, |writer| writer.field(members, field))
            }),
            Failures::ByObject { typename_key, objects } => {
                let typename = members.shift_remove(typename_key);
                let is_type = |name: &Name| matches!(&typename, Some(ConstValue::String(ty)) if *name == **ty);
                let of_type = objects.iter().find(|(name, _)| is_type(name));
                of_type.map_or(Ok(()), |(_, failures)| self.object(value, failures))
            }
        }
    }

    fn field(
        &mut self,
        members: &mut IndexMap<EngineName, ConstValue>,
        field: &FailingField,
    ) -> Result<(), Propagated> {
        match &field.cause {
            Cause::Arguments(cause) => {
                self.error(cause);
                if field.ty.is_non_null() {
                    return Err(Propagated);
                }
                members.shift_insert(field.place.min(members.len()), field.key.clone(), ConstValue::Null);
                Ok(())
            }
            Cause::Selections(failures) => {
                let value = members.get_mut(&field.key);
                value.map_or(Ok(()), |value| self.value(value, &field.ty, failures))
            }
        }
    }

    fn value(&mut self, value: &mut ConstValue, ty: &Type, failures: &Failures) -> Result<(), Propagated> {
        let outcome = match value {
            ConstValue::List(items) => items.iter_mut().enumerate().try_for_each(|(index, item)| {
                self.within(PathSegment::Index(index), |writer| writer.value(item, ty.item_type(), failures))
            }),
            _ => self.object(value, failures),
        };
        if outcome.is_err() && !ty.is_non_null() {
            *value = ConstValue::Null;
            return Ok(());
        }
        outcome
    }

    fn within<T>(&mut self, segment: PathSegment, work: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let outcome = work(self);
        self.path.pop();
        outcome
    }

    fn error(&mut self, cause: &NullVariable) {
        let location = cause.location.map(|place| (place.line, place.column).into());
        let mut error =
            ServerError::new(format!("variable `${}` must not be null where it is used", cause.variable), location);
        error.source = Some(Arc::new(RejectionCode::VariableCoercionFailed));
        error.path = self.path.clone();
        self.errors.push(error);
    }
}
