//! Extractors of routes that read: the path and the query as typed values (400 if they are invalid), lists of ids, and the
//! database within the request's deadline.

use std::error::Error as _;

use axum::extract::{FromRef, FromRequestParts, Path as AxumPath, Query as AxumQuery};
use contract::{Id, IdKind};
use http::request::Parts;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error};

use crate::{
    ApiError, Deadline,
    database::{Connection, Database, DatabaseError},
};

/// Most ids per request.
pub const MAX_IDS: usize = 100;

/// The database, within the deadline of the request.
pub struct Reader {
    database: Database,
    deadline: Deadline,
}

impl Reader {
    /// A connection that only reads.
    pub async fn connect(&self) -> Result<Connection, DatabaseError> {
        self.database.read(self.deadline).await
    }
}

/// The query, read into `T`; 400 if it is invalid. Unknown parameters are ignored.
pub struct Params<T>(pub T);

/// The path's parameters, read into `T`; 400 if they are invalid (an id of another kind).
pub struct Path<T>(pub T);

/// `a,b,c`: 1 to [`MAX_IDS`] ids of one kind, without duplicates, sorted.
#[derive(Clone, Debug)]
pub struct Ids<K: IdKind>(Vec<Id<K>>);

impl<K: IdKind> Ids<K> {
    /// The ids.
    pub fn as_slice(&self) -> &[Id<K>] {
        &self.0
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Ids<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Entries::deserialize(deserializer)?;
        let mut ids = Vec::with_capacity(entries.0.len());
        for entry in entries.0 {
            ids.push(entry.parse().map_err(|error| Error::custom(format!("an entry {error}")))?);
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(ids))
    }
}

/// `a,b,c`: 1 to [`MAX_IDS`] texts without commas.
#[derive(Clone, Debug)]
pub struct Entries(pub Vec<String>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let entries: Vec<String> = text.split(',').take(MAX_IDS + 1).map(str::to_owned).collect();
        if text.is_empty() || entries.len() > MAX_IDS {
            return Err(Error::custom(format!("expected 1 to {MAX_IDS} entries separated by commas")));
        }
        Ok(Self(entries))
    }
}

impl<S: Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let AxumQuery(value) = AxumQuery::try_from_uri(&parts.uri).map_err(|rejection| {
            // The innermost error names the parameter; the rejection does not.
            let cause = rejection.source().and_then(|error| error.source()).map(ToString::to_string);
            ApiError::bad_request(format!("the query: {}", cause.unwrap_or_else(|| rejection.body_text())))
        })?;
        Ok(Self(value))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = AxumPath::from_request_parts(parts, state).await;
        path.map(|AxumPath(value)| Self(value))
            .map_err(|rejection| ApiError::bad_request(format!("the path: {}", rejection.body_text())))
    }
}

impl<S: Sync> FromRequestParts<S> for Reader
where
    Database: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(Self { database: Database::from_ref(state), deadline: Deadline::from_request_parts(parts, state).await? })
    }
}
