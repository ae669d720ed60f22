//! A document's text as graphql-js prints it, byte for byte: what Apollo Client sends and what its ids are hashes of. In: the
//! tree. Out: the text. Block strings are the exception: the tree does not tell them from others.

use apollo_compiler::ast::{
    Definition, DirectiveList, Document, Field, FragmentDefinition, OperationDefinition, Selection, VariableDefinition,
};

/// Arguments of a field stand on lines of their own if it would be longer than that with them.
const LINE: usize = 80;

/// The text; `None` if there is something else in it than operations and fragments.
pub(super) fn print(document: &Document) -> Option<String> {
    let definitions = document.definitions.iter().map(|definition| match definition {
        Definition::OperationDefinition(definition) => Some(operation(definition)),
        Definition::FragmentDefinition(definition) => Some(fragment(definition)),
        _ => None,
    });
    Some(definitions.collect::<Option<Vec<_>>>()?.join("\n\n"))
}

fn operation(definition: &OperationDefinition) -> String {
    let variables: Vec<_> = definition.variables.iter().map(|it| variable(it)).collect();
    let name = definition.name.as_ref().map(|name| name.as_str()).unwrap_or_default();
    let name = format!("{name}{}", wrapped("(", &variables.join(", "), ")"));
    let prefix = words([definition.operation_type.name().to_owned(), name, directives(&definition.directives)]);
    let prefix = if prefix == "query" { String::new() } else { prefix };
    words([prefix, block(&definition.selection_set)])
}

fn variable(definition: &VariableDefinition) -> String {
    let default = definition.default_value.as_ref().map(|value| value.serialize().no_indent().to_string());
    let default = wrapped(" = ", &default.unwrap_or_default(), "");
    let directives = wrapped(" ", &directives(&definition.directives), "");
    format!("${}: {}{default}{directives}", definition.name, definition.ty)
}

fn fragment(definition: &FragmentDefinition) -> String {
    let head = format!("fragment {} on {}", definition.name, definition.type_condition);
    words([head, directives(&definition.directives), block(&definition.selection_set)])
}

fn selection(selection: &Selection) -> String {
    match selection {
        Selection::Field(it) => field(it),
        Selection::FragmentSpread(it) => words([format!("...{}", it.fragment_name), directives(&it.directives)]),
        Selection::InlineFragment(it) => {
            let condition = it.type_condition.as_ref().map(|ty| format!("on {ty}")).unwrap_or_default();
            words(["...".to_owned(), condition, directives(&it.directives), block(&it.selection_set)])
        }
    }
}

fn field(field: &Field) -> String {
    let alias = field.alias.as_ref().map(|alias| format!("{alias}: ")).unwrap_or_default();
    let head = format!("{alias}{}", field.name);
    let arguments = field.arguments.iter().map(|it| format!("{}: {}", it.name, it.value.serialize().no_indent()));
    let arguments: Vec<_> = arguments.collect();
    let line = format!("{head}{}", wrapped("(", &arguments.join(", "), ")"));
    // Counted as JavaScript counts.
    let line = if line.encode_utf16().count() > LINE {
        format!("{head}{}", wrapped("(\n  ", &indented(&arguments.join("\n")), "\n)"))
    } else {
        line
    };
    words([line, directives(&field.directives), field.selection_set.as_deref().map(block).unwrap_or_default()])
}

fn block(selections: &[Selection]) -> String {
    let selections: Vec<_> = selections.iter().map(selection).collect();
    wrapped("{\n  ", &indented(&selections.join("\n")), "\n}")
}

fn directives(directives: &DirectiveList) -> String {
    let each: Vec<_> = directives.iter().map(|directive| directive.serialize().no_indent().to_string()).collect();
    each.join(" ")
}

/// The parts that there are, with a space between them.
fn words<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn wrapped(before: &str, text: &str, after: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{before}{text}{after}") }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}
