//! Query plans of the statements that ran: builds for tests record every distinct statement, and [`slow_plans`] lists those
//! that scan a whole table or sort without an index.

use super::Sql;

/// Every distinct statement that ran, with values of one run. Empty unless built for tests.
#[derive(Clone, Default)]
pub struct StatementLog {
    #[cfg(feature = "testing")]
    statements: std::sync::Arc<parking_lot::Mutex<std::collections::BTreeMap<String, Sql>>>,
}

#[cfg(not(feature = "testing"))]
impl StatementLog {
    #[expect(clippy::unused_self, reason = "records statements only in builds for tests")]
    pub(crate) const fn record(&self, _: &Sql) {}
}

#[cfg(feature = "testing")]
mod testing {
    use sqlx::{FromRow, Row, any::AnyRow};

    use super::{Sql, StatementLog};
    use crate::{
        Deadline,
        database::{Connection, Database, DatabaseError, Engine},
    };

    /// A statement whose plan is slow on a large table.
    #[derive(Debug)]
    pub struct SlowPlan {
        /// The statement.
        pub statement: String,
        /// The line of the plan with the scan or the sort.
        pub line: String,
    }

    impl StatementLog {
        pub(crate) fn record(&self, sql: &Sql) {
            let mut statements = self.statements.lock();
            if !statements.contains_key(sql.text()) {
                statements.insert(sql.text().to_owned(), sql.clone());
            }
        }

        /// The recorded statements.
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

    /// The plans of the recorded statements that scan a table from end to end, or sort; `exempt` statements may sort.
    pub async fn slow_plans(database: &Database, exempt: &[&str]) -> Result<Vec<SlowPlan>, DatabaseError> {
        let deadline = Deadline::after(std::time::Duration::from_secs(60));
        let statements = database.statements().all();
        // A transaction that is not committed: EXPLAIN executes nothing, but a read-only transaction rejects it for writes.
        let mut connection = database.begin_write(deadline).await?;
        if database.engine() == Engine::Postgres {
            // The planner scans and sorts small tables; with both disabled, a scan or sort that remains has no usable index.
            connection.execute(Sql::new("SET LOCAL enable_seqscan = off")).await?;
            connection.execute(Sql::new("SET LOCAL enable_sort = off")).await?;
        }
        let mut slow = Vec::new();
        for statement in statements {
            let may_sort = exempt.iter().any(|part| statement.text().contains(part));
            for line in explain(&mut connection, database.engine(), statement.clone()).await? {
                // A table of one row.
                if line.contains("outbox_head") {
                    continue;
                }
                let is_slow = match database.engine() {
                    Engine::Sqlite => scans_on_sqlite(&line, statement.text()) || (!may_sort && sorts_on_sqlite(&line)),
                    Engine::Postgres => line.contains("Seq Scan on") || (!may_sort && line.contains("Sort Key:")),
                };
                if is_slow {
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
        let is_constant =
            line.contains("CONSTANT ROW") || line.contains("VALUES CLAUSE") || line.contains("SCAN page_");
        let is_table = line.starts_with("SCAN ") && !is_constant;
        is_table && !(line.contains("USING") && statement.contains(" LIMIT "))
    }

    fn sorts_on_sqlite(line: &str) -> bool {
        line.contains("USE TEMP B-TREE")
    }
}

#[cfg(feature = "testing")]
pub use testing::{SlowPlan, slow_plans};
