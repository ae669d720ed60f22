//! The fields of a connection: `nodes`, `edges` and `pageInfo`, each with the place of its objects.

use async_graphql::{Positioned, parser::types as engine};

use super::{At, Builder, Selections, field_of, step};
use crate::{
    execution::program::{ConnectionField, EdgeField, PageInfoField, Step},
    graphql::table::Table,
};

impl Builder {
    pub(super) fn connection(
        &mut self,
        table: &'static Table,
        at: &At,
        items: Selections<'_>,
    ) -> Option<Vec<Step<ConnectionField>>> {
        let mut fields = Vec::with_capacity(items.len());
        for item in items {
            let field = field_of(item)?;
            let items = &field.node.selection_set.node.items;
            let what = match field.node.name.node.as_str() {
                "__typename" => ConnectionField::Typename(format!("{}Connection", table.name)),
                "nodes" => ConnectionField::Nodes(self.place(table, at.clone(), items)?),
                "edges" => {
                    let mut edges = Vec::with_capacity(items.len());
                    for item in items {
                        let field = field_of(item)?;
                        let what = match field.node.name.node.as_str() {
                            "__typename" => EdgeField::Typename(format!("{}Edge", table.name)),
                            "cursor" => EdgeField::Cursor,
                            "node" => {
                                let items = &field.node.selection_set.node.items;
                                EdgeField::Node(self.place(table, at.clone(), items)?)
                            }
                            _ => return None,
                        };
                        edges.push(step(field, what));
                    }
                    ConnectionField::Edges(edges)
                }
                "pageInfo" => ConnectionField::PageInfo(items.iter().map(page_info).collect::<Option<_>>()?),
                _ => return None,
            };
            fields.push(step(field, what));
        }
        Some(fields)
    }
}

fn page_info(item: &Positioned<engine::Selection>) -> Option<Step<PageInfoField>> {
    let field = field_of(item)?;
    let what = match field.node.name.node.as_str() {
        "__typename" => PageInfoField::Typename,
        "hasNextPage" => PageInfoField::HasNext,
        "hasPreviousPage" => PageInfoField::HasPrevious,
        "startCursor" => PageInfoField::Start,
        "endCursor" => PageInfoField::End,
        _ => return None,
    };
    Some(step(field, what))
}
