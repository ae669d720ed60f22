//! The one walk over a document's syntax tree, with the types that the schema gives to its fields and values.
//!
//! In: a document and a visitor. Out: what the visitor makes of each selection, directive and value on the way. Types are
//! absent where the document is not valid, and inside literals of custom scalars.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{
    Argument, Definition, Directive, DirectiveList, Document, FragmentDefinition, InputValueDefinition,
    OperationDefinition, Selection, Type, Value,
};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::{Name, Node, Schema};

/// What a walk calls on its way; each method can be left out.
pub(crate) trait Visitor<'a> {
    /// A selection set, and where the operation, fragment or field that it belongs to stands.
    fn enter_selections(&mut self, _selections: &'a [Selection], _owner: Option<SourceSpan>) {}

    /// A selection on an object of that type; `false` leaves it out, with all that is in it.
    fn enter_selection(&mut self, _selection: &'a Selection, _parent: Option<&'a Name>) -> bool {
        true
    }

    /// A directive, before its arguments.
    fn enter_directive(&mut self, _directive: &'a Node<Directive>) {}

    /// A value: an argument's or a default, and each value inside it.
    fn enter_value(&mut self, _value: &'a Node<Value>, _place: Option<InputPlace<'a>>) {}
}

/// The place of a value: what it expects.
#[derive(Clone, Copy)]
pub(crate) struct InputPlace<'a> {
    pub(crate) ty: &'a Type,
    /// Whether the argument or input field has a default.
    pub(crate) has_default: bool,
    /// Whether it is a field of a `@oneOf` object.
    pub(crate) is_one_of: bool,
}

impl<'a> InputPlace<'a> {
    fn of(definition: &'a InputValueDefinition, is_one_of: bool) -> Self {
        Self { ty: &definition.ty, has_default: definition.default_value.is_some(), is_one_of }
    }

    fn plain(ty: &'a Type) -> Self {
        Self { ty, has_default: false, is_one_of: false }
    }
}

/// A document to be walked by the types of a schema.
pub(crate) struct Walk<'a> {
    schema: &'a Schema,
    document: &'a Document,
    fragments: HashMap<&'a Name, &'a Node<FragmentDefinition>>,
}

impl<'a> Walk<'a> {
    /// Finds the document's fragments; of two with one name, the first.
    pub(crate) fn new(schema: &'a Schema, document: &'a Document) -> Self {
        let fragments = document.definitions.iter().rev().filter_map(|definition| match definition {
            Definition::FragmentDefinition(fragment) => Some((&fragment.name, fragment)),
            _ => None,
        });
        Self { schema, document, fragments: fragments.collect() }
    }

    /// Walks each operation and each fragment once.
    pub(crate) fn document(&self, visitor: &mut impl Visitor<'a>) {
        let mut walker = Walker { walk: self, entered: None, visitor };
        for definition in &self.document.definitions {
            match definition {
                Definition::OperationDefinition(operation) => walker.operation(operation),
                Definition::FragmentDefinition(fragment) => walker.fragment(fragment),
                _ => {}
            }
        }
    }

    /// Walks an operation and the fragments that it reaches, each of them once.
    pub(crate) fn operation(&self, operation: &'a Node<OperationDefinition>, visitor: &mut impl Visitor<'a>) {
        Walker { walk: self, entered: Some(HashSet::new()), visitor }.operation(operation);
    }

    /// The document's operations.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &'a Node<OperationDefinition>> + use<'a> {
        self.document.definitions.iter().filter_map(|definition| match definition {
            Definition::OperationDefinition(operation) => Some(operation),
            _ => None,
        })
    }

    /// The fragment of that name.
    pub(crate) fn fragment(&self, name: &Name) -> Option<&'a Node<FragmentDefinition>> {
        self.fragments.get(name).copied()
    }
}

struct Walker<'a, 'w, V> {
    walk: &'w Walk<'a>,
    /// The fragments entered so far, where spreads are followed.
    entered: Option<HashSet<&'a Name>>,
    visitor: &'w mut V,
}

impl<'a, V: Visitor<'a>> Walker<'a, '_, V> {
    fn operation(&mut self, operation: &'a Node<OperationDefinition>) {
        self.directives(&operation.directives);
        for variable in &operation.variables {
            self.directives(&variable.directives);
            variable.default_value.iter().for_each(|value| self.value(value, Some(InputPlace::plain(&variable.ty))));
        }
        let root = self.walk.schema.root_operation(operation.operation_type);
        self.selections(&operation.selection_set, operation.location(), root);
    }

    fn fragment(&mut self, fragment: &'a Node<FragmentDefinition>) {
        self.directives(&fragment.directives);
        self.selections(&fragment.selection_set, fragment.location(), Some(&fragment.type_condition));
    }

    fn selections(&mut self, selections: &'a [Selection], owner: Option<SourceSpan>, parent: Option<&'a Name>) {
        self.visitor.enter_selections(selections, owner);
        for selection in selections {
            if !self.visitor.enter_selection(selection, parent) {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let definition = parent.and_then(|parent| self.walk.schema.type_field(parent, &field.name).ok());
                    self.directives(&field.directives);
                    self.arguments(&field.arguments, definition.map_or(&[], |definition| &definition.arguments));
                    if let Some(nested) = &field.selection_set {
                        let returned = definition.map(|definition| definition.ty.inner_named_type());
                        self.selections(nested, field.location(), returned);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    let ty = fragment.type_condition.as_ref().or(parent);
                    self.selections(&fragment.selection_set, fragment.location(), ty);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    if let Some(entered) = &mut self.entered
                        && entered.insert(&spread.fragment_name)
                        && let Some(fragment) = self.walk.fragment(&spread.fragment_name)
                    {
                        self.fragment(fragment);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            self.visitor.enter_directive(directive);
            let definition = self.walk.schema.directive_definitions.get(&directive.name);
            self.arguments(&directive.arguments, definition.map_or(&[], |definition| &definition.arguments));
        }
    }

    fn arguments(&mut self, given: &'a [Node<Argument>], definitions: &'a [Node<InputValueDefinition>]) {
        for argument in given {
            let definition = definitions.iter().find(|definition| definition.name == argument.name);
            self.value(&argument.value, definition.map(|definition| InputPlace::of(definition, false)));
        }
    }

    fn value(&mut self, value: &'a Node<Value>, place: Option<InputPlace<'a>>) {
        self.visitor.enter_value(value, place);
        match &**value {
            Value::List(items) => {
                let list = place.filter(|place| place.ty.is_list());
                let item = list.map(|place| InputPlace::plain(place.ty.item_type()));
                items.iter().for_each(|value| self.value(value, item));
            }
            Value::Object(members) => {
                let object = place.and_then(|place| self.walk.schema.get_input_object(place.ty.inner_named_type()));
                for (name, value) in members {
                    let field = object.and_then(|object| Some((object.fields.get(name)?, object.is_one_of())));
                    self.value(value, field.map(|(field, is_one_of)| InputPlace::of(field, is_one_of)));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDL: &str = "directive @mark(on: Size) on FIELD
        type Query { a(of: In, sizes: [Size!] = []): Query any(value: Any): Int }
        input In { size: Size! = BIG nested: [In] } enum Size { BIG } scalar Any";

    /// Parents of fields, and values with the types of their places.
    #[derive(Default)]
    struct Seen {
        fields: Vec<String>,
        values: Vec<String>,
    }

    impl<'a> Visitor<'a> for Seen {
        fn enter_selection(&mut self, selection: &'a Selection, parent: Option<&'a Name>) -> bool {
            let parent = parent.map_or("-", |parent| parent.as_str());
            self.fields.extend(selection.as_field().map(|field| format!("{parent}.{}", field.name)));
            selection.as_field().is_none_or(|field| field.alias.is_none())
        }

        fn enter_value(&mut self, value: &'a Node<Value>, place: Option<InputPlace<'a>>) {
            let ty = place.map_or("-".to_owned(), |place| place.ty.to_string());
            self.values.push(format!("{}: {ty}", value.serialize().no_indent()));
        }
    }

    fn seen(text: &str, walk: impl FnOnce(&Walk<'_>, &mut Seen)) -> Seen {
        let schema = Schema::parse_and_validate(SDL, "schema.graphql").unwrap();
        let document = Document::parse(text, "document.graphql").unwrap_or_else(|invalid| invalid.partial);
        let mut seen = Seen::default();
        walk(&Walk::new(&schema, &document), &mut seen);
        seen
    }

    #[test]
    fn values_come_with_the_types_of_their_places() {
        let text = "query($v: Size = BIG) { a(of: {size: $v, nested: {size: BIG}}, sizes: BIG) { nothing(at: 1) @mark(on: $v) { b } } any(value: [$v]) }";
        let seen = seen(text, |walk, seen| walk.document(seen));
        let values = [
            "BIG: Size",
            "{size: $v, nested: {size: BIG}}: In",
            "$v: Size!",
            "{size: BIG}: [In]",
            "BIG: Size!",
            "BIG: [Size!]",
            "$v: Size",
            "1: -",
            "[$v]: Any",
            "$v: -",
        ];
        assert_eq!(seen.values, values);
        assert_eq!(seen.fields, ["Query.a", "Query.nothing", "-.b", "Query.any"]);
    }

    #[test]
    fn an_operation_is_walked_with_the_fragments_that_it_reaches_once() {
        let text = "query A { ...F ...F x: a { b } } query B { c } fragment F on Query { d ...F ...G } fragment G on Query { e }";
        let of_operation = seen(text, |walk, seen| walk.operations().take(1).for_each(|it| walk.operation(it, seen)));
        assert_eq!(of_operation.fields, ["Query.d", "Query.e", "Query.a"], "what a visitor leaves out is not entered");
        let of_document = seen(text, |walk, seen| walk.document(seen));
        assert_eq!(of_document.fields, ["Query.a", "Query.c", "Query.d", "Query.e"]);
    }
}
