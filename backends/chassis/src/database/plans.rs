//! How the database means to answer the statements that ran: every distinct one is noted when built for tests, and
//! [`slow_plans`] names those that scan a whole table or sort without an index.

use super::Sql;

/// Every distinct statement that ran, with the values it last had. Empty unless built for tests.
#[derive(Clone, Default)]
pub struct StatementLog {
    #[cfg(feature = "testing")]
    statements: std::sync::Arc<parking_lot::Mutex<std::collections::BTreeMap<String, Sql>>>,
}

#[cfg(not(feature = "testing"))]
impl StatementLog {
    #[expect(clippy::unused_self, reason = "notes statements only when built for tests")]
    pub(crate) const fn note(&self, _: &Sql) {}
}

#[cfg(feature = "testing")]
mod testing {
    use sqlx::{FromRow, Row, any::AnyRow};

    use super::{Sql, StatementLog};
    use crate::{
        Deadline,
        database::{Connection, Database, DatabaseError, Engine},
    };

    /// A statement whose plan would not stand a large table.
    #[derive(Debug)]
    pub struct SlowPlan {
        /// The statement.
        pub statement: String,
        /// The plan's line that gives it away.
        pub line: String,
    }

    impl StatementLog {
        pub(crate) fn note(&self, sql: &Sql) {
            let mut statements = self.statements.lock();
            if !statements.contains_key(sql.text()) {
                statements.insert(sql.text().to_owned(), sql.clone());
            }
        }

        /// What was noted.
        pub fn all(&self) -> Vec<Sql> {
            self.statements.lock().values().cloned().collect()
        }
    }

    /// One line of a plan.
    struct Line(String);

    impl FromRow<'_, AnyRow> for Line {
        fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
            // SQLite: id, parent, notused, detail. PostgreSQL: one column.
            row.try_get("detail").or_else(|_| row.try_get("QUERY PLAN")).map(Self)
        }
    }

    /// The plans of the noted statements that scan a table from end to end, or sort; `exempt` statements may sort.
    pub async fn slow_plans(database: &Database, exempt: &[&str]) -> Result<Vec<SlowPlan>, DatabaseError> {
        let deadline = Deadline::after(std::time::Duration::from_secs(60));
        let statements = database.statements().all();
        // A transaction that is not committed: EXPLAIN runs nothing, but is refused for writes in a read-only one.
        let mut connection = database.begin_write(deadline).await?;
        if database.engine() == Engine::Postgres {
            // Small tables prefer to be read whole and sorted; what remains when that is dear has no index to use.
            connection.execute(Sql::new("SET LOCAL enable_seqscan = off")).await?;
            connection.execute(Sql::new("SET LOCAL enable_sort = off")).await?;
        }
        let mut slow = Vec::new();
        for statement in statements {
            let may_sort = exempt.iter().any(|part| statement.text().contains(part));
            for line in explain(&mut connection, database.engine(), statement.clone()).await? {
                let gives_away = match database.engine() {
                    Engine::Sqlite => scans_on_sqlite(&line, statement.text()) || (!may_sort && sorts_on_sqlite(&line)),
                    Engine::Postgres => line.contains("Seq Scan on") || (!may_sort && line.contains("Sort Key:")),
                };
                if gives_away {
                    slow.push(SlowPlan { statement: statement.text().to_owned(), line });
                }
            }
        }
        Ok(slow)
    }

    async fn explain(connection: &mut Connection, engine: Engine, sql: Sql) -> Result<Vec<String>, DatabaseError> {
        let first = sql.text().split_whitespace().next().unwrap_or_default();
        if !["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first) {
            return Ok(Vec::new());
        }
        let prefix = if engine == Engine::Sqlite { "EXPLAIN QUERY PLAN " } else { "EXPLAIN " };
        let lines: Vec<Line> = connection.all(sql.prefixed(prefix)).await?;
        Ok(lines.into_iter().map(|Line(text)| text).collect())
    }

    /// `SCAN t` reads all of `t`; `SCAN t USING INDEX` does too, unless a LIMIT ends it.
    fn scans_on_sqlite(line: &str, statement: &str) -> bool {
        let of_rows_at_hand =
            line.contains("CONSTANT ROW") || line.contains("VALUES CLAUSE") || line.contains("SCAN page_");
        let of_a_table = line.starts_with("SCAN ") && !of_rows_at_hand;
        of_a_table && !(line.contains("USING") && statement.contains(" LIMIT "))
    }

    fn sorts_on_sqlite(line: &str) -> bool {
        line.contains("USE TEMP B-TREE")
    }
}

#[cfg(feature = "testing")]
pub use testing::{SlowPlan, slow_plans};
