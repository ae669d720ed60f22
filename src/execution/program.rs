//! The program of a query: for each place of the answer that has objects, the steps by which one is written, and the routes that
//! are asked. Made once for each flattened operation (`build.rs`), and shared by its requests.

use std::fmt;

use async_graphql::{Name, Pos};
use async_graphql_value::Value;

use crate::{
    clients::{AnyRoute, Column, Layout, Leaf},
    graphql::{
        roots::{GivenRoot, Root},
        table::{Access, Computed, Table},
    },
};

/// A query, a subscription's selection of an event, or a mutation's selection of a payload, that runs by waves.
pub(crate) struct Program {
    /// The type of the root.
    pub(super) root: &'static str,
    pub(super) roots: Vec<Step<RootField>>,
    pub(super) places: Vec<Place>,
    pub(super) edges: Vec<Edge>,
    pub(super) layouts: Vec<Records>,
}

impl Program {
    /// The wanted members of the record that the program runs for.
    pub(crate) fn given(&self) -> Option<&Layout> {
        let given = self.roots.iter().find_map(|step| match step.what {
            RootField::Given(_, Found { records, .. }) => Some(records),
            _ => None,
        });
        given.map(|records| &self.layouts[records].layout)
    }

    /// Bytes held by the program of that many fields, estimated for the cache's account: a step, its key and its column each.
    pub(crate) const fn bytes(fields: usize) -> usize {
        fields * (size_of::<Step<Field>>() + size_of::<Column>() + 64)
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("places", &self.places.len()).field("edges", &self.edges.len()).finish()
    }
}

/// The records of one kind, and which of their members are wanted.
pub(super) struct Records {
    /// The type, or the route whose values they are.
    pub(super) of: Kind,
    pub(super) layout: Layout,
}

/// What tells apart kinds of records.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Objects(&'static Table),
    Values(&'static dyn AnyRoute),
}

/// Something that has a key in the answer.
pub(super) struct Step<T> {
    /// `"title":`
    pub(super) key: Box<str>,
    pub(super) name: Name,
    pub(super) pos: Pos,
    pub(super) what: T,
}

/// Arguments as they are written: with variables.
pub(super) type Written = Vec<(Name, Value)>;

/// A root field.
pub(super) enum RootField {
    Typename,
    /// `__schema` or `__type`, which the engine runs.
    Introspection,
    /// The object that the program runs for: an event, or the payload of a mutation.
    Given(&'static GivenRoot, Found),
    Field {
        root: &'static Root,
        arguments: Written,
        /// Of each type that the field finds: its place, and its records.
        finds: Vec<Found>,
        /// The fields of a connection.
        connection: Vec<Step<ConnectionField>>,
    },
}

/// The place of the objects of one type.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) place: usize,
    pub(super) records: usize,
}

/// A place of the answer with objects of one type.
pub(super) struct Place {
    pub(super) table: &'static Table,
    pub(super) records: usize,
    /// The columns that lead from the records to these objects.
    pub(super) path: Vec<usize>,
    pub(super) steps: Vec<Step<Field>>,
    /// The cost of each object, without those below it.
    pub(super) cost: u64,
}

/// A field of an object.
pub(super) enum Field {
    Typename,
    /// Scalars, or lists of them.
    Leaf {
        column: usize,
        leaf: &'static Leaf,
        is_list: bool,
    },
    /// An object in the record.
    Object {
        column: usize,
        place: usize,
    },
    /// A list of objects in the record.
    Objects {
        column: usize,
        place: usize,
    },
    Computed {
        computed: &'static Computed,
        columns: Vec<usize>,
        arguments: Written,
    },
    /// The object behind an edge.
    One {
        edge: usize,
        place: usize,
    },
    /// The page behind an edge.
    Page {
        edge: usize,
        connection: Vec<Step<ConnectionField>>,
    },
    /// A member of the record behind an edge.
    Value {
        edge: usize,
        column: usize,
        leaf: &'static Leaf,
    },
    /// Whether something is true.
    Flag {
        edge: usize,
    },
}

/// A field of a connection.
pub(super) enum ConnectionField {
    Typename(String),
    Nodes(usize),
    Edges(Vec<Step<EdgeField>>),
    PageInfo(Vec<Step<PageInfoField>>),
}

/// A field of an edge of a connection.
pub(super) enum EdgeField {
    Typename(String),
    Cursor,
    Node(usize),
}

/// A field of `PageInfo`.
#[derive(Clone, Copy)]
pub(super) enum PageInfoField {
    Typename,
    HasNext,
    HasPrevious,
    Start,
    End,
}

/// What the objects of a place ask of a route.
pub(super) struct Edge {
    /// The place whose objects ask.
    pub(super) place: usize,
    pub(super) route: &'static dyn AnyRoute,
    /// The column of the key.
    pub(super) key: usize,
    pub(super) access: Option<Access>,
    /// The column of the user whom the value belongs to.
    pub(super) owner: Option<usize>,
    /// `first` and `after` of a page.
    pub(super) page: Option<Written>,
    pub(super) records: usize,
    /// The places of the objects that it brings.
    pub(super) below: Vec<usize>,
}

/// The places of the objects in a connection.
pub(super) fn places_of(connection: &[Step<ConnectionField>]) -> Vec<usize> {
    let places = connection.iter().flat_map(|step| match &step.what {
        ConnectionField::Nodes(place) => vec![*place],
        ConnectionField::Edges(fields) => {
            let nodes = fields.iter().filter_map(|step| match step.what {
                EdgeField::Node(place) => Some(place),
                _ => None,
            });
            nodes.collect()
        }
        _ => Vec::new(),
    });
    places.collect()
}
