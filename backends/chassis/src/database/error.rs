//! Database errors and the HTTP errors they become.
//! In: errors of the driver. Out: 504, 503 or 500.

use crate::ApiError;

/// PostgreSQL's `query_canceled`: the statement timeout.
const QUERY_CANCELED: &str = "57014";
/// Transient conditions: PostgreSQL's lock_not_available, serialization_failure, deadlock_detected,
/// too_many_connections, admin_shutdown, cannot_connect_now; SQLite's BUSY.
const PASSING: [&str; 7] = ["55P03", "40001", "40P01", "53300", "57P01", "57P03", "5"];

/// A statement that failed.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// 504: the deadline passed; later statements are not started.
    #[error("the deadline passed before the database answered")]
    DeadlinePassed,
    /// 503 for a transient condition, else 500.
    #[error("the database failed: {0}")]
    Failed(#[from] sqlx::Error),
}

impl DatabaseError {
    /// Whether the wait for a lock timed out (PostgreSQL, `lock_timeout`).
    pub(crate) fn is_lock_timeout(&self) -> bool {
        matches!(self, Self::Failed(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03"))
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        let code = match &error {
            DatabaseError::Failed(sqlx::Error::Database(error)) => error.code().map(|code| code.into_owned()),
            DatabaseError::Failed(sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut) => {
                return Self::unavailable("the database cannot be reached").caused_by(error);
            }
            DatabaseError::DeadlinePassed => return Self::deadline_exceeded(),
            DatabaseError::Failed(_) => None,
        };
        match code.as_deref() {
            Some(QUERY_CANCELED) => Self::deadline_exceeded(),
            Some(code) if PASSING.contains(&code) => Self::unavailable("the database is busy").caused_by(error),
            _ => Self::internal("the database rejected a statement").caused_by(error),
        }
    }
}
