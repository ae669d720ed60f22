//! What a document uses of a schema. In: a valid document. Out: coordinates of what stands in its text, and of what clients can
//! send in its variables beyond that, which nobody sees in the text.

use std::collections::BTreeSet;

use apollo_compiler::{
    ExecutableDocument, Schema,
    ast::{DirectiveList, Type, Value},
    executable::{Selection, SelectionSet},
    schema::ExtendedType,
};

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
    pub(crate) fn new(schema: &Schema, document: &ExecutableDocument) -> Self {
        let mut reader = Reader { schema, usage: Self::default() };
        for operation in document.operations.iter() {
            for variable in &operation.variables {
                reader.variable(&variable.ty);
                reader.directives(&variable.directives);
                if let Some(default) = &variable.default_value {
                    reader.literal(&variable.ty, default);
                }
            }
            reader.directives(&operation.directives);
            reader.selections(&operation.selection_set);
        }
        for fragment in document.fragments.values() {
            reader.write(fragment.type_condition().as_str());
            reader.directives(&fragment.directives);
            reader.selections(&fragment.selection_set);
        }
        reader.usage
    }

    /// Whether a client of the document can notice a change there.
    pub(crate) fn has(&self, coordinate: &str) -> bool {
        self.written.contains(coordinate) || self.sendable.contains(coordinate)
    }
}

struct Reader<'a> {
    schema: &'a Schema,
    usage: Usage,
}

impl Reader<'_> {
    fn write(&mut self, coordinate: impl Into<String>) {
        self.usage.written.insert(coordinate.into());
    }

    fn selections(&mut self, selections: &SelectionSet) {
        for selection in &selections.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) if field.name.starts_with("__") => {}
                Selection::Field(field) => {
                    let coordinate = format!("{}.{}", selections.ty, field.name);
                    for argument in &field.arguments {
                        self.write(format!("{coordinate}({}:)", argument.name));
                        if let Some(definition) = field.definition.argument_by_name(&argument.name) {
                            self.literal(&definition.ty, &argument.value);
                        }
                    }
                    self.write(coordinate);
                    self.write(field.definition.ty.inner_named_type().as_str());
                    if let Some(below) = &field.selection_set {
                        self.selections(below);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.write(fragment.selection_set.ty.as_str());
                    self.selections(&fragment.selection_set);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives {
            self.write(format!("@{}", directive.name));
            for argument in &directive.arguments {
                self.write(format!("@{}({}:)", directive.name, argument.name));
                let definition = self.schema.directive_definitions.get(&directive.name);
                if let Some(definition) = definition.and_then(|it| it.argument_by_name(&argument.name)) {
                    self.literal(&definition.ty, &argument.value);
                }
            }
        }
    }

    fn literal(&mut self, ty: &Type, value: &Value) {
        let name = ty.inner_named_type();
        match value {
            Value::List(items) => items.iter().for_each(|item| self.literal(ty.item_type(), item)),
            Value::Enum(value) => {
                self.write(name.as_str());
                self.write(format!("{name}.{value}"));
            }
            Value::Object(members) => {
                self.write(name.as_str());
                let Some(object) = self.schema.get_input_object(name) else { return };
                for (member, value) in members {
                    self.write(format!("{name}.{member}"));
                    if let Some(field) = object.fields.get(member) {
                        self.literal(&field.ty, value);
                    }
                }
            }
            _ => {}
        }
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
