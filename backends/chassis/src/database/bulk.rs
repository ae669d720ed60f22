//! Bulk inserts, for demo data: one transaction per call, in statements of many rows. In: rows of values. Out: all rows
//! written, or none.

use super::{Database, DatabaseError, Sql, Value};
use crate::Deadline;

/// Values per statement at most. SQLite searches a list of names for each parameter, so that the cost of a statement grows
/// with the square of their number: a million rows of six values took 97 s with 8,000 values per statement, 21 s with 600.
const MAX_VALUES: usize = 600;

impl Database {
    /// Inserts `rows` (each as long as the list of columns) with statements of the form `INSERT INTO table (…) VALUES …`;
    /// `insert` is that text up to and including `VALUES `. All rows or none; no events are recorded.
    pub async fn insert_bulk(
        &self,
        insert: &'static str,
        rows: impl IntoIterator<Item = Vec<Value>>,
        deadline: Deadline,
    ) -> Result<(), DatabaseError> {
        let mut connection = self.begin_write(deadline).await?;
        let mut statement = Sql::new(insert);
        let mut pending = 0;
        for row in rows {
            if pending + row.len() > MAX_VALUES {
                connection.execute(std::mem::replace(&mut statement, Sql::new(insert))).await?;
                pending = 0;
            }
            statement = statement.push(if pending == 0 { "(" } else { ", (" });
            for (index, value) in row.into_iter().enumerate() {
                statement = if index == 0 { statement } else { statement.push(", ") };
                statement = statement.bind(value);
                pending += 1;
            }
            statement = statement.push(")");
        }
        if pending > 0 {
            connection.execute(statement).await?;
        }
        connection.commit().await
    }
}
