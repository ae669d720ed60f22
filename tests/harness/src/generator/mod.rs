//! Random operations of a schema, valid by construction, and ways to break them.
//!
//! In: a schema, a pool of values that make sense to its server, a seed. Out: documents with an operation name and
//! variables; the same seed gives the same documents. Depth, width and the size of pages are bounded, so that the
//! operations can be sent to a real server.

mod breaks;
mod claims;
mod places;
mod pool;
mod random;
mod selection;
mod value;

use std::collections::BTreeMap;

use apollo_compiler::Name;
use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast;
use apollo_compiler::validation::Valid;
use serde_json::{Map, Value};

pub use breaks::{BREAKS, Break};
pub use pool::Pool;
pub use random::Random;

use claims::Claims;

/// Operations to look through for one that can be broken in a given way.
const TRIES: usize = 50;

/// What the generator may make.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Levels of fields.
    pub depth: usize,
    /// Fields in all, roughly.
    pub fields: usize,
    /// The operation types to choose from; those that the schema does not have are left out.
    pub kinds: Vec<ast::OperationType>,
    /// Whether `__type` may be asked for.
    pub introspection: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self { depth: 6, fields: 40, kinds: vec![ast::OperationType::Query], introspection: false }
    }
}

/// One request: a document, which of its operations, and its variables.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The document as a tree, which can be broken on purpose.
    pub document: ast::Document,
    /// The operation's name; `None` if the document has one operation only.
    pub operation_name: Option<String>,
    /// Values of variables; those with a default, or that may be null, can be missing.
    pub variables: Map<String, Value>,
}

impl Generated {
    /// The document as text.
    pub fn text(&self) -> String {
        self.document.to_string()
    }
}

/// Makes operations of one schema.
pub struct Generator<'a> {
    schema: &'a Valid<Schema>,
    pool: &'a Pool,
    shape: Shape,
    random: Random,
    /// Object types behind each abstract type.
    possible: BTreeMap<Name, Vec<Name>>,
    making: Making,
}

/// What has been made of the current document.
#[derive(Default)]
struct Making {
    claims: Claims,
    fragments: Vec<Fragment>,
    variables: Vec<Node<ast::VariableDefinition>>,
    values: Map<String, Value>,
    fields_left: usize,
}

/// A finished fragment, which may be spread again where its height fits.
struct Fragment {
    definition: Node<ast::FragmentDefinition>,
    height: usize,
}

impl<'a> Generator<'a> {
    /// A generator whose documents depend on nothing but its arguments.
    pub fn new(schema: &'a Valid<Schema>, pool: &'a Pool, mut shape: Shape, seed: u64) -> Self {
        shape.kinds.retain(|kind| schema.root_operation(*kind).is_some());
        let random = Random::new(seed);
        let possible = selection::possible_types(schema);
        Self { schema, pool, shape, random, possible, making: Making::default() }
    }

    /// The next valid operation.
    pub fn operation(&mut self) -> Generated {
        self.making = Making { fields_left: self.shape.fields, ..Making::default() };
        let kind = *self.random.pick(&self.shape.kinds).unwrap();
        let root = self.schema.root_operation(kind).unwrap().clone();
        let selections = match kind {
            ast::OperationType::Subscription => self.single_root(&root),
            _ => self.selections(&root, self.shape.depth),
        };
        let several = self.random.percent(10);
        let named = several || self.random.percent(70);
        let operation = ast::OperationDefinition {
            description: self.random.percent(5).then(|| Node::new_str("Said of it.")).filter(|_| named),
            operation_type: kind,
            name: named.then(|| Name::new_static_unchecked("Main")),
            variables: std::mem::take(&mut self.making.variables),
            directives: ast::DirectiveList::default(),
            selection_set: selections,
        };
        let mut definitions = vec![ast::Definition::OperationDefinition(operation.into())];
        if several {
            definitions.push(ast::Definition::OperationDefinition(bystander().into()));
        }
        let fragments = self.making.fragments.drain(..).map(|fragment| fragment.definition);
        definitions.extend(fragments.map(ast::Definition::FragmentDefinition));
        if self.random.percent(30) {
            definitions.reverse();
        }
        let mut document = ast::Document::new();
        document.definitions = definitions;
        let operation_name = (several || (named && self.random.percent(50))).then(|| "Main".to_owned());
        Generated { document, operation_name, variables: std::mem::take(&mut self.making.values) }
    }

    /// The next operation, broken in one way; it may still be valid where the way did not apply.
    pub fn broken(&mut self) -> (Break, Generated) {
        let way = BREAKS[self.random.below(BREAKS.len())];
        (way, self.broken_by(way))
    }

    /// The next operation in which this way of breaking has a place, broken so.
    pub fn broken_by(&mut self, way: Break) -> Generated {
        let mut generated = self.operation();
        for _ in 0..TRIES {
            let before = generated.document.clone();
            way.apply(&mut generated.document, &mut self.random);
            if generated.document != before {
                break;
            }
            generated = self.operation();
        }
        generated
    }
}

/// A second operation, so that the first must be named.
fn bystander() -> ast::OperationDefinition {
    let typename = ast::Field {
        alias: None,
        name: Name::new_static_unchecked("__typename"),
        arguments: Vec::new(),
        directives: ast::DirectiveList::default(),
        selection_set: None,
    };
    ast::OperationDefinition {
        description: None,
        operation_type: ast::OperationType::Query,
        name: Some(Name::new_static_unchecked("Bystander")),
        variables: Vec::new(),
        directives: ast::DirectiveList::default(),
        selection_set: vec![ast::Selection::Field(typename.into())],
    }
}
