//! Keyset lists: one page of one list, or a page for each of many parents in one statement (`UNION ALL` of one limited,
//! indexed sub-select per parent). A list is a constant; it needs an index on (parent, number, id).

use std::collections::BTreeMap;

use contract::{Id, IdKind};
use sqlx::{FromRow, Row, any::AnyRow};

use super::{Connection, DatabaseError, Sql, Value};
use crate::pages::{Page, PageRequest, Pages, Position};

/// The sort order of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Least number first: oldest.
    Ascending,
    /// Greatest number first: newest, most liked.
    Descending,
}

/// A list that can be paged through.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// Its name in cursors; another order is another kind.
    pub kind: &'static str,
    /// The columns that an item is read from, with their table's alias.
    pub columns: &'static str,
    /// The tables, joined, without conditions (they are filters).
    pub from: &'static str,
    /// The column of the parent's id, for lists that have parents.
    pub parent: &'static str,
    /// The column of [`Position::number`].
    pub number: &'static str,
    /// The column of [`Position::id`].
    pub id: &'static str,
    /// The sort order.
    pub order: Order,
}

/// A condition on the items: text up to the value (`p.author_id = `), and the value.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The text of the condition, up to the value.
    pub condition: &'static str,
    /// The value.
    pub value: Value,
}

/// An item with its key and, if it has one, its parent.
struct Entry<T> {
    parent: Option<String>,
    position: Position,
    item: T,
}

impl<T: for<'r> FromRow<'r, AnyRow>> FromRow<'_, AnyRow> for Entry<T> {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let position = Position { number: row.try_get("page_number")?, id: row.try_get("page_id")? };
        Ok(Self { parent: row.try_get("page_parent")?, position, item: T::from_row(row)? })
    }
}

impl List {
    /// One page of the items that match all filters.
    pub async fn page<T>(
        &self,
        connection: &mut Connection,
        request: &PageRequest,
        filters: Vec<Filter>,
    ) -> Result<Page<T>, DatabaseError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let sql = self.select(Sql::default(), request, filters);
        let entries: Vec<Entry<T>> = connection.all(sql).await?;
        let items = entries.into_iter().map(|entry| (entry.position, entry.item)).collect();
        Ok(Page::new(self.kind, request, items))
    }

    /// A page for each parent, in one statement.
    pub async fn pages<T, K: IdKind>(
        &self,
        connection: &mut Connection,
        parents: &[Id<K>],
        request: &PageRequest,
    ) -> Result<Pages<T>, DatabaseError>
    where
        T: for<'r> FromRow<'r, AnyRow> + Send + Unpin,
    {
        let mut items: BTreeMap<String, Vec<(Position, T)>> =
            parents.iter().map(|parent| (parent.to_string(), Vec::new())).collect();
        // Padded to a power of two with a parent without items, so that the number of distinct statements is small.
        let mut values: Vec<Value> = items.keys().map(|parent| Value::from(parent.as_str())).collect();
        values.resize(values.len().next_power_of_two(), Value::Text(String::new()));

        let mut sql = Sql::default();
        for (index, parent) in values.into_iter().enumerate() {
            sql = sql.push(if index == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            let of_parent = Filter { condition: "", value: parent };
            sql = self.select(sql, request, vec![of_parent]).push(") AS page_").push_number(index);
        }
        for entry in connection.all::<Entry<T>>(sql).await? {
            if let Some(page) = entry.parent.and_then(|parent| items.get_mut(&parent)) {
                page.push((entry.position, entry.item));
            }
        }
        let page = |(parent, mut items): (String, Vec<(Position, T)>)| {
            // The order of UNION ALL is not guaranteed; sorting a sorted list is cheap.
            items.sort_by(|(a, _), (b, _)| if self.order == Order::Ascending { a.cmp(b) } else { b.cmp(a) });
            (parent, Page::new(self.kind, request, items))
        };
        Ok(Pages { pages: items.into_iter().map(page).collect() })
    }

    /// One limited select; a filter without text compares the parent.
    fn select(&self, sql: Sql, request: &PageRequest, filters: Vec<Filter>) -> Sql {
        let (order, beyond) = match self.order {
            Order::Ascending => ("", " > ("),
            Order::Descending => (" DESC", " < ("),
        };
        let parent = if self.parent.is_empty() { "NULL" } else { self.parent };
        let mut sql = sql.push("SELECT ").push(self.columns).push(", ").push(parent).push(" AS page_parent, ");
        sql = sql.push(self.number).push(" AS page_number, ").push(self.id).push(" AS page_id FROM ").push(self.from);
        let mut joint = " WHERE ";
        for Filter { condition, value } in filters {
            sql = sql.push(joint);
            sql = if condition.is_empty() { sql.push(self.parent).push(" = ") } else { sql.push(condition) };
            sql = sql.bind(value);
            joint = " AND ";
        }
        if let Some(after) = &request.after {
            sql = sql.push(joint).push("(").push(self.number).push(", ").push(self.id).push(")").push(beyond);
            sql = sql.bind(after.number).push(", ").bind(after.id.as_str()).push(")");
        }
        sql = sql.push(" ORDER BY ").push(self.number).push(order).push(", ").push(self.id).push(order);
        sql.push(" LIMIT ").push_number(request.first + 1)
    }
}
