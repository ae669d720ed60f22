//! The schema coordinates that a document uses. In: a valid document. Out: the coordinates in its text, and those that the
//! values of its variables can contain.

use std::collections::BTreeSet;

use apollo_compiler::ast::{Definition, Directive, Document, Selection, Type, Value};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node, Schema};

use crate::operations::{InputPlace, Visitor, Walk};

/// The coordinates that a document uses.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// In its text.
    pub(crate) written: BTreeSet<String>,
    /// In its variables, perhaps.
    pub(crate) sendable: BTreeSet<String>,
}

impl Usage {
    /// Reads a document that is valid for the schema.
    pub(crate) fn new(schema: &Schema, document: &Document) -> Self {
        let walk = Walk::new(schema, document);
        let mut reader = Reader { schema, usage: Self::default() };
        for variable in walk.operations().flat_map(|operation| &operation.variables) {
            reader.variable(&variable.ty);
        }
        for definition in &document.definitions {
            if let Definition::FragmentDefinition(fragment) = definition {
                reader.write(fragment.type_condition.as_str());
            }
        }
        walk.document(&mut reader);
        reader.usage
    }

    /// Whether a client of the document can notice a change there.
    pub(crate) fn has(&self, coordinate: &str) -> bool {
        self.written.contains(coordinate) || self.sendable.contains(coordinate)
    }
}

struct Reader<'s> {
    schema: &'s Schema,
    usage: Usage,
}

impl<'a> Visitor<'a> for Reader<'_> {
    fn enter_selection(&mut self, selection: &'a Selection, parent: Option<&'a Name>) -> bool {
        match (selection, parent) {
            (Selection::Field(field), _) if field.name.starts_with("__") => return false,
            (Selection::Field(field), Some(parent)) => {
                let coordinate = format!("{parent}.{}", field.name);
                for argument in &field.arguments {
                    self.write(format!("{coordinate}({}:)", argument.name));
                }
                if let Ok(definition) = self.schema.type_field(parent, &field.name) {
                    self.write(definition.ty.inner_named_type().as_str());
                }
                self.write(coordinate);
            }
            (Selection::InlineFragment(fragment), parent) => {
                let ty = fragment.type_condition.as_ref().or(parent);
                ty.into_iter().for_each(|ty| self.write(ty.as_str()));
            }
            _ => {}
        }
        true
    }

    fn enter_directive(&mut self, directive: &'a Node<Directive>) {
        self.write(format!("@{}", directive.name));
        for argument in &directive.arguments {
            self.write(format!("@{}({}:)", directive.name, argument.name));
        }
    }

    fn enter_value(&mut self, value: &'a Node<Value>, place: Option<InputPlace<'a>>) {
        let Some(place) = place else { return };
        let name = place.ty.inner_named_type();
        match &**value {
            Value::Enum(value) => {
                self.write(name.as_str());
                self.write(format!("{name}.{value}"));
            }
            Value::Object(members) => {
                self.write(name.as_str());
                if self.schema.get_input_object(name).is_some() {
                    members.iter().for_each(|(member, _)| self.write(format!("{name}.{member}")));
                }
            }
            _ => {}
        }
    }
}

impl Reader<'_> {
    fn write(&mut self, coordinate: impl Into<String>) {
        self.usage.written.insert(coordinate.into());
    }

    /// Everything that a variable of this type can hold.
    fn variable(&mut self, ty: &Type) {
        let name = ty.inner_named_type();
        if !self.usage.sendable.insert(name.to_string()) {
            return;
        }
        match self.schema.types.get(name) {
            Some(ExtendedType::Enum(ty)) => {
                self.usage.sendable.extend(ty.values.keys().map(|value| format!("{name}.{value}")));
            }
            Some(ExtendedType::InputObject(object)) => {
                for (member, field) in &object.fields {
                    self.usage.sendable.insert(format!("{name}.{member}"));
                    self.variable(&field.ty);
                }
            }
            _ => {}
        }
    }
}
