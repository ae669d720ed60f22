//! A document as Apollo Client sends it: with `__typename` in every selection but an operation's own, behind the fields that
//! are there. In: a text. Out: the other text, unless it is the same or none can be made of it.

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Document, Field, Selection},
    name,
};

/// The text with `__typename` wherever Apollo Client adds it, as this program prints it.
pub fn added(text: &str) -> Option<String> {
    let mut document = Document::parse(text, "document.graphql").ok()?;
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                operation.make_mut().selection_set.iter_mut().for_each(within);
            }
            Definition::FragmentDefinition(fragment) => complete(&mut fragment.make_mut().selection_set),
            _ => return None,
        }
    }
    // graphql-js ends a document without a line end.
    Some(document.to_string().trim_end().to_owned())
}

fn complete(selections: &mut Vec<Selection>) {
    selections.iter_mut().for_each(within);
    let is_there = |selection: &Selection| matches!(selection, Selection::Field(field) if field.name == TYPENAME);
    if !selections.iter().any(is_there) {
        selections.push(Selection::Field(typename()));
    }
}

fn within(selection: &mut Selection) {
    match selection {
        // Introspection knows the types of its own objects.
        Selection::Field(field) if field.name.starts_with("__") => {}
        Selection::Field(field) => field.make_mut().selection_set.iter_mut().for_each(complete),
        Selection::InlineFragment(fragment) => complete(&mut fragment.make_mut().selection_set),
        Selection::FragmentSpread(_) => {}
    }
}

const TYPENAME: Name = name!("__typename");

fn typename() -> Node<Field> {
    Node::new(Field {
        alias: None,
        name: TYPENAME,
        arguments: Vec::new(),
        directives: Default::default(),
        selection_set: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selection_but_the_operation_s_own_gets_it() {
        let text = "query A { a { id ...F ... on T { b { __typename c } } } __schema { types { name } } d } fragment F on T { e }";
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let expected = "query A { a { id ...F ... on T { b { __typename c } __typename } __typename } \
                        __schema { types { name } } d } fragment F on T { e __typename }";
        assert_eq!(words(&added(text).unwrap()), words(expected));
        assert_eq!(added("{"), None);
    }
}
