//! Reads columns with typed values: ids, roles and other parsed text, and times. In: a row and a column. Out: the value,
//! or a decode error that names the column.

use std::{error::Error, str::FromStr};

use contract::Time;
use sqlx::{Row, any::AnyRow};

/// A TEXT column that parses as `T`.
pub fn parsed<T>(row: &AnyRow, column: &'static str) -> Result<T, sqlx::Error>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|error| sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) })
}

/// A BIGINT column of epoch milliseconds.
pub fn time(row: &AnyRow, column: &'static str) -> Result<Time, sqlx::Error> {
    row.try_get(column).map(Time::from_millis)
}
