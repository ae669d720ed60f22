//! Makes the program of a query. In: the flattened selections, in which each field stands once, and the tables of the graph. Out:
//! the program, or nothing if a field is not in the tables, which is a defect.

mod connection;

use std::ptr;

use async_graphql::{Positioned, parser::types as engine};

use super::program::{Edge, Field, Found, Kind, Place, Program, Records, RootField, Step, Written, places_of};
use crate::{
    clients::{AnyRoute, Form, Layout, Leaf, Shape},
    graphql::{
        roots::{EVENTS, MUTATIONS, ROOTS, Returns},
        table::{Access, EdgeTable, Member, Origin, Table, is_field},
    },
};

/// The cost of an object.
const OBJECT: u64 = 1;
/// The cost of a field that asks a route.
pub(crate) const CALL: u64 = 10;

/// The cost of introspection: it calls no service.
pub(crate) const INTROSPECTION: u64 = 100;

type Selections<'a> = &'a [Positioned<engine::Selection>];

/// Where objects are found: records, and the columns from them to the objects.
#[derive(Clone)]
struct At {
    records: usize,
    path: Vec<usize>,
}

impl Program {
    /// The program of flattened selections at that root type; `None` if a field is in no table.
    pub(crate) fn of(root: &'static str, items: Selections<'_>) -> Option<Self> {
        let program = Self { root, roots: Vec::new(), places: Vec::new(), edges: Vec::new(), layouts: Vec::new() };
        let mut builder = Builder(program);
        for item in items {
            let root = builder.root(item)?;
            builder.0.roots.push(root);
        }
        Some(builder.0)
    }
}

struct Builder(Program);

impl Builder {
    fn root(&mut self, item: &Positioned<engine::Selection>) -> Option<Step<RootField>> {
        let field = field_of(item)?;
        let name = field.node.name.node.as_str();
        if name == "__typename" {
            return Some(step(field, RootField::Typename));
        }
        if is_introspection(field) {
            return Some(step(field, RootField::Introspection));
        }
        if self.0.root != "Query" {
            let known = if self.0.root == "Mutation" { &MUTATIONS[..] } else { &EVENTS[..] };
            let given = known.iter().find(|known| known.name == name)?;
            let table = (given.table)();
            let records = self.records(Kind::Objects(table));
            let at = At { records, path: Vec::new() };
            let place = self.place(table, at, &field.node.selection_set.node.items)?;
            return Some(step(field, RootField::Given(given, Found { place, records })));
        }
        let root = *ROOTS.iter().find(|root| root.name == name)?;
        let items = &field.node.selection_set.node.items;
        let (mut finds, mut connection) = (Vec::new(), Vec::new());
        for found in root.finds {
            let table = (found.table)();
            let records = self.records(Kind::Objects(table));
            if let Some(guard) = found.guard {
                (guard.wants)(&mut self.0.layouts[records].layout);
            }
            if let Some(key) = found.key.and_then(|key| table.member(key)) {
                self.0.layouts[records].layout.column(key.name, key.form, key.is_nullable);
            }
            let at = At { records, path: Vec::new() };
            if root.returns == Returns::Page {
                connection = self.connection(table, &at, items)?;
                finds.push(Found { place: 0, records });
            } else {
                let place = self.place(table, at, of_type(items, table.name))?;
                finds.push(Found { place, records });
            }
        }
        let arguments = written(&field.node);
        Some(step(field, RootField::Field { root, arguments, finds, connection }))
    }

    fn place(&mut self, table: &'static Table, at: At, items: Selections<'_>) -> Option<usize> {
        let place = self.0.places.len();
        let At { records, path } = at;
        let is_payload = self.0.root == "Mutation" && place == 0;
        self.0.places.push(Place { table, records, path: path.clone(), steps: Vec::new(), cost: OBJECT });
        let mut steps = Vec::with_capacity(items.len());
        for item in items {
            let field = field_of(item)?;
            let what = self.field(place, table, &field.node)?;
            self.0.places[place].cost += match &what {
                // In the cost of the mutation.
                _ if is_payload => 0,
                Field::One { .. } | Field::Page { .. } | Field::Value { .. } | Field::Flag { .. } => CALL,
                Field::Computed { computed, .. } => computed.cost,
                _ => 0,
            };
            steps.push(step(field, what));
        }
        self.0.places[place].steps = steps;
        Some(place)
    }

    fn field(&mut self, place: usize, table: &'static Table, field: &engine::Field) -> Option<Field> {
        let name = field.name.node.as_str();
        if name == "__typename" {
            return Some(Field::Typename);
        }
        let shown = |member: &&Member| !member.is_hidden && is_field(member.name, name);
        if let Some(member) = table.members.iter().find(shown) {
            return self.member(place, member, field);
        }
        let resolved = table.fields.iter().find(|resolved| is_field(resolved.name, name))?;
        let items = &field.selection_set.node.items;
        match &resolved.origin {
            Origin::Computed(computed) => {
                let columns = computed.needs.iter().map(|needed| self.column(place, table.member(needed)?));
                let columns = columns.collect::<Option<_>>()?;
                Some(Field::Computed { computed, columns, arguments: written(field) })
            }
            Origin::One(edge, of) => {
                let records = self.records(Kind::Objects(of()));
                let edge = self.edge(place, edge, records)?;
                let below = self.place(of(), At { records, path: Vec::new() }, items)?;
                self.0.edges[edge].below = vec![below];
                Some(Field::One { edge, place: below })
            }
            Origin::Page(edge, of) => {
                let records = self.records(Kind::Objects(of()));
                let edge = self.edge(place, edge, records)?;
                self.0.edges[edge].page = Some(written(field));
                let connection = self.connection(of(), &At { records, path: Vec::new() }, items)?;
                self.0.edges[edge].below = places_of(&connection);
                Some(Field::Page { edge, connection })
            }
            Origin::Value(edge, member) => {
                let records = self.records(Kind::Values(edge.route));
                let layout = &mut self.0.layouts[records].layout;
                let column = member.as_ref().map(|member| layout.column(member.name, member.form, member.is_nullable));
                let edge = self.edge(place, edge, records)?;
                match (column, member) {
                    (Some(column), Some(Member { form: Form::Leaf(leaf), .. })) => {
                        Some(Field::Value { edge, column, leaf })
                    }
                    (None, None) => Some(Field::Flag { edge }),
                    _ => None,
                }
            }
        }
    }

    fn member(&mut self, place: usize, member: &'static Member, field: &engine::Field) -> Option<Field> {
        let column = self.column(place, member)?;
        let objects = || {
            let Place { records, path, .. } = &self.0.places[place];
            let path = path.iter().copied().chain([column]).collect();
            Some((member.table?(), At { records: *records, path }))
        };
        let items = &field.selection_set.node.items;
        match member.form {
            Form::Leaf(leaf) => Some(Field::Leaf { column, leaf, is_list: false }),
            Form::Leaves(leaf) => Some(Field::Leaf { column, leaf, is_list: true }),
            Form::Object => {
                let (table, at) = objects()?;
                Some(Field::Object { column, place: self.place(table, at, items)? })
            }
            Form::Objects => {
                let (table, at) = objects()?;
                Some(Field::Objects { column, place: self.place(table, at, items)? })
            }
        }
    }

    fn edge(&mut self, place: usize, edge: &EdgeTable, records: usize) -> Option<usize> {
        let table = self.0.places.get(place)?.table;
        let EdgeTable { route, key, access } = *edge;
        let key = self.column(place, table.member(key)?)?;
        let owner = match access {
            Some(Access::SelfOrAdmin(owner)) => Some(self.column(place, table.member(owner)?)?),
            _ => None,
        };
        if let Some(Access::Guarded(guard)) = access {
            (guard.wants)(&mut self.0.layouts.get_mut(records)?.layout);
        }
        if let Shape::Records(member) = route.shape() {
            let layout = &mut self.0.layouts[records].layout;
            // The type's own form of it, if it is there already.
            layout.column(member, Form::Leaf(&Leaf::STRING), false);
        }
        self.0.edges.push(Edge { place, route, key, access, owner, page: None, records, below: Vec::new() });
        Some(self.0.edges.len() - 1)
    }

    /// The column of a member of the objects of that place.
    fn column(&mut self, place: usize, member: &Member) -> Option<usize> {
        let Place { records, path, .. } = &self.0.places[place];
        let mut layout: &mut Layout = &mut self.0.layouts.get_mut(*records)?.layout;
        for column in path {
            layout = &mut layout.columns.get_mut(*column)?.below;
        }
        Some(layout.column(member.name, member.form, member.is_nullable))
    }

    /// The records of that kind.
    fn records(&mut self, of: Kind) -> usize {
        let is_it = |known: &Records| match (known.of, of) {
            (Kind::Objects(known), Kind::Objects(of)) => ptr::eq(known, of),
            (Kind::Values(known), Kind::Values(of)) => address(known) == address(of),
            _ => false,
        };
        self.0.layouts.iter().position(is_it).unwrap_or_else(|| {
            let mut layout = Layout::default();
            if let Kind::Objects(table) = of
                && let Some(id) = table.member("id").filter(|_| table.tag.is_some())
            {
                layout.column(id.name, id.form, false);
            }
            self.0.layouts.push(Records { of, layout });
            self.0.layouts.len() - 1
        })
    }
}

/// What tells apart routes.
pub(super) fn address(route: &'static dyn AnyRoute) -> usize {
    ptr::from_ref(route).addr()
}

/// The selections at the root that the engine runs, of a query that otherwise runs by waves: `__schema` and `__type`.
pub(crate) fn introspection(items: Selections<'_>) -> Vec<Positioned<engine::Selection>> {
    items.iter().filter(|item| field_of(item).is_some_and(is_introspection)).cloned().collect()
}

fn is_introspection(field: &Positioned<engine::Field>) -> bool {
    matches!(field.node.name.node.as_str(), "__schema" | "__type")
}

/// The selections for objects of that type: those under its condition, if there are conditions.
fn of_type<'a>(items: Selections<'a>, name: &str) -> Selections<'a> {
    let mut has_conditions = false;
    for item in items {
        let engine::Selection::InlineFragment(fragment) = &item.node else { continue };
        has_conditions = true;
        let condition = fragment.node.type_condition.as_ref();
        if condition.is_some_and(|condition| condition.node.on.node == name) {
            return &fragment.node.selection_set.node.items;
        }
    }
    if has_conditions { &[] } else { items }
}

fn field_of(item: &Positioned<engine::Selection>) -> Option<&Positioned<engine::Field>> {
    match &item.node {
        engine::Selection::Field(field) => Some(field),
        _ => None,
    }
}

fn step<T>(field: &Positioned<engine::Field>, what: T) -> Step<T> {
    let name = field.node.response_key().node.clone();
    Step { key: format!("\"{name}\":").into(), name, pos: field.pos, what }
}

fn written(field: &engine::Field) -> Written {
    field.arguments.iter().map(|(name, value)| (name.node.clone(), value.node.clone())).collect()
}
