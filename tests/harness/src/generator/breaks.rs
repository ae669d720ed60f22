//! Ways to break a valid document, at least one for each rule of validation.
//!
//! In: a valid document. Out: the same document with one thing changed at a random place where that is possible.
//! Whether the result is invalid is for the validators to say: two of them must say the same.

use apollo_compiler::ast::{self, Definition, Document, Field, Selection, Value};
use apollo_compiler::{Name, Node};

use super::places::{fields, leaves, objects, one_of, operation, parents, values, with_arguments};
use super::random::Random;

/// One way to break a document, named after the rule of graphql-js that it mostly offends.
#[derive(Debug, Clone, Copy)]
pub struct Break {
    /// The rule.
    pub rule: &'static str,
    change: fn(&mut Document, &mut Random),
}

impl Break {
    /// Changes the document; it stays as it is where the change has no place in it.
    pub fn apply(self, document: &mut Document, random: &mut Random) {
        (self.change)(document, random);
    }
}

/// Every way, in the order of the specification's section 5.
pub const BREAKS: [Break; 31] = [
    Break { rule: "ExecutableDefinitions", change: |document, _| add_text(document, "type Stray { id: ID }") },
    Break { rule: "UniqueOperationNames", change: |document, _| repeat_operation(document) },
    Break { rule: "LoneAnonymousOperation", change: |document, _| add_text(document, "{ __typename }") },
    Break { rule: "KnownTypeNames", change: |document, random| condition(document, random, "Nowhere") },
    Break { rule: "FragmentsOnCompositeTypes", change: |document, random| condition(document, random, "Int") },
    Break { rule: "VariablesAreInputTypes", change: |document, random| variable(document, random, output_type) },
    Break { rule: "ScalarLeafs: none needed", change: |document, random| leaf(document, random, true) },
    Break { rule: "ScalarLeafs: one needed", change: |document, random| leaf(document, random, false) },
    Break {
        rule: "FieldsOnCorrectType",
        change: |document, random| field(document, random, |f| f.name = name("nothing")),
    },
    Break { rule: "UniqueFragmentNames", change: |document, _| repeat_fragment(document) },
    Break { rule: "KnownFragmentNames", change: |document, random| insert(document, random, spread("Nobody")) },
    Break {
        rule: "NoUnusedFragments",
        change: |document, _| add_text(document, "fragment Unused on Query { __typename }"),
    },
    Break { rule: "PossibleFragmentSpreads", change: |document, random| condition(document, random, "PageInfo") },
    Break { rule: "NoFragmentCycles", change: |document, random| cycle(document, random) },
    Break { rule: "UniqueVariableNames", change: |document, random| repeat_variable(document, random) },
    Break {
        rule: "NoUndefinedVariables",
        change: |document, random| value(document, random, |_| Value::Variable(name("undefined"))),
    },
    Break {
        rule: "NoUndefinedVariables: renamed",
        change: |document, random| variable(document, random, |v| v.name = name("renamed")),
    },
    Break { rule: "NoUnusedVariables", change: |document, _| unused_variable(document) },
    Break {
        rule: "KnownDirectives",
        change: |document, random| field(document, random, |f| f.directives.push(directive("unknown"))),
    },
    Break { rule: "KnownDirectives: place", change: |document, _| misplaced_directive(document) },
    Break {
        rule: "UniqueDirectivesPerLocation",
        change: |document, random| field(document, random, repeated_directive),
    },
    Break {
        rule: "KnownArgumentNames",
        change: |document, random| field(document, random, |f| f.arguments.push(argument("stray", Value::Null))),
    },
    Break {
        rule: "UniqueArgumentNames",
        change: |document, random| {
            let repeat = &mut |f: &mut Field| f.arguments.extend(f.arguments.first().cloned());
            one_of(document, random, with_arguments, repeat);
        },
    },
    Break {
        rule: "ValuesOfCorrectType: object",
        change: |document, random| {
            value(document, random, |_| Value::Object(vec![(name("stray"), Value::Null.into())]))
        },
    },
    Break { rule: "ValuesOfCorrectType: scalar", change: |document, random| value(document, random, other_kind) },
    Break { rule: "ValuesOfCorrectType: null", change: |document, random| value(document, random, |_| Value::Null) },
    Break {
        rule: "ProvidedRequiredArguments",
        change: |document, random| one_of(document, random, with_arguments, &mut |f: &mut Field| f.arguments.clear()),
    },
    Break { rule: "VariablesInAllowedPosition", change: |document, random| variable(document, random, other_type) },
    Break {
        rule: "VariablesInAllowedPosition: nullable",
        change: |document, random| variable(document, random, nullable),
    },
    Break { rule: "OverlappingFieldsCanBeMerged", change: |document, random| conflict(document, random) },
    Break {
        rule: "UniqueInputFieldNames",
        change: |document, random| one_of(document, random, objects, &mut repeat_member),
    },
];

fn name(text: &'static str) -> Name {
    Name::new_static_unchecked(text)
}

fn argument(called: &'static str, value: Value) -> Node<ast::Argument> {
    ast::Argument { name: name(called), value: value.into() }.into()
}

fn directive(called: &'static str) -> Node<ast::Directive> {
    ast::Directive { name: name(called), arguments: Vec::new() }.into()
}

fn spread(fragment: &'static str) -> Selection {
    let directives = ast::DirectiveList::default();
    Selection::FragmentSpread(ast::FragmentSpread { fragment_name: name(fragment), directives }.into())
}

fn add_text(document: &mut Document, text: &str) {
    let more = Document::parse(text, "more.graphql").unwrap();
    document.definitions.extend(more.definitions);
}

fn repeat_operation(document: &mut Document) {
    let operations = document.definitions.iter().filter(|d| matches!(d, Definition::OperationDefinition(_)));
    let again: Vec<_> = operations.take(1).cloned().collect();
    document.definitions.extend(again);
}

fn repeat_fragment(document: &mut Document) {
    let fragments = document.definitions.iter().filter(|d| matches!(d, Definition::FragmentDefinition(_)));
    let again: Vec<_> = fragments.take(1).cloned().collect();
    document.definitions.extend(again);
}

fn field(document: &mut Document, random: &mut Random, change: fn(&mut Field)) {
    one_of(document, random, fields, &mut |field| change(field));
}

fn leaf(document: &mut Document, random: &mut Random, is_leaf: bool) {
    let change = &mut |field: &mut Field| field.selection_set = is_leaf.then(|| vec![typename()]);
    match is_leaf {
        true => one_of(document, random, leaves, change),
        false => one_of(document, random, parents, change),
    }
}

fn typename() -> Selection {
    Selection::Field(plain_field("__typename", None).into())
}

fn plain_field(called: &'static str, alias: Option<Name>) -> Field {
    let directives = ast::DirectiveList::default();
    Field { alias, name: name(called), arguments: Vec::new(), directives, selection_set: None }
}

fn insert(document: &mut Document, random: &mut Random, selection: Selection) {
    one_of(document, random, |set, found| found(set), &mut |set: &mut Vec<Selection>| set.push(selection.clone()));
}

fn condition(document: &mut Document, random: &mut Random, ty: &'static str) {
    let fragment = ast::InlineFragment {
        type_condition: Some(name(ty)),
        directives: ast::DirectiveList::default(),
        selection_set: vec![typename()],
    };
    insert(document, random, Selection::InlineFragment(fragment.into()));
}

fn cycle(document: &mut Document, random: &mut Random) {
    let fragments: Vec<_> = document.definitions.iter().filter_map(Definition::as_fragment_definition).collect();
    let Some(chosen) = random.pick(&fragments).map(|fragment| fragment.name.clone()) else {
        return;
    };
    for definition in &mut document.definitions {
        if let Definition::FragmentDefinition(fragment) = definition
            && fragment.name == chosen
        {
            let spread = ast::FragmentSpread { fragment_name: chosen.clone(), directives: Default::default() };
            fragment.make_mut().selection_set.push(Selection::FragmentSpread(spread.into()));
        }
    }
}

/// Gives a key of the selection set to another field.
fn conflict(document: &mut Document, random: &mut Random) {
    one_of(document, random, |set, found| found(set), &mut |set: &mut Vec<Selection>| {
        let mut keys =
            set.iter().filter_map(Selection::as_field).map(|field| field.alias.clone().unwrap_or(field.name.clone()));
        if let Some(key) = keys.next_back() {
            set.push(Selection::Field(plain_field("__typename", Some(key)).into()));
        }
    });
}

fn variable(document: &mut Document, random: &mut Random, change: fn(&mut ast::VariableDefinition)) {
    if let Some(operation) = operation(document)
        && !operation.variables.is_empty()
    {
        let chosen = random.below(operation.variables.len());
        change(operation.variables[chosen].make_mut());
    }
}

fn output_type(variable: &mut ast::VariableDefinition) {
    variable.ty = ast::Type::Named(name("Query")).into();
    variable.default_value = None;
}

fn other_type(variable: &mut ast::VariableDefinition) {
    let other = if variable.ty.inner_named_type() == "Int" { "String" } else { "Int" };
    variable.ty = ast::Type::NonNullNamed(name(other)).into();
    variable.default_value = None;
}

fn nullable(variable: &mut ast::VariableDefinition) {
    variable.ty = variable.ty.as_ref().clone().nullable().into();
    variable.default_value = Some(Value::Null.into());
}

fn repeat_variable(document: &mut Document, random: &mut Random) {
    if let Some(operation) = operation(document) {
        let again = random.pick(&operation.variables).cloned();
        operation.variables.extend(again);
    }
}

fn unused_variable(document: &mut Document) {
    if let Some(operation) = operation(document) {
        let definition = ast::VariableDefinition {
            description: None,
            name: name("unused"),
            ty: ast::Type::Named(name("Int")).into(),
            default_value: None,
            directives: ast::DirectiveList::default(),
        };
        // The short form of a query has no place for variables.
        operation.name.get_or_insert(name("Named"));
        operation.variables.push(definition.into());
    }
}

fn misplaced_directive(document: &mut Document) {
    if let Some(operation) = operation(document) {
        let mut skip = directive("skip");
        skip.make_mut().arguments.push(argument("if", Value::Boolean(false)));
        operation.directives.push(skip);
    }
}

fn repeated_directive(field: &mut Field) {
    for _ in 0..2 {
        let mut skip = directive("skip");
        skip.make_mut().arguments.push(argument("if", Value::Boolean(false)));
        field.directives.push(skip);
    }
}

fn value(document: &mut Document, random: &mut Random, change: fn(&Value) -> Value) {
    one_of(document, random, values, &mut |value| *value = change(value));
}

fn other_kind(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::Boolean(true),
        Value::Int(_) => Value::Float(1.5.into()),
        Value::Boolean(_) => Value::String("true".to_owned()),
        Value::Enum(_) => Value::Enum(name("NEVER")),
        Value::Float(_) => Value::String("1.5".to_owned()),
        _ => Value::Int(ast::IntValue::new_parsed("4294967296")),
    }
}

fn repeat_member(object: &mut Value) {
    if let Value::Object(members) = object {
        let again = members.first().cloned();
        members.extend(again);
    }
}
