//! A caller's credentials. In: `Authorization` headers. Out: credentials, not verified yet.

use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

/// The credentials of a request or a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// None: the caller is anonymous.
    None,
    /// The value of the one `Authorization` header.
    Authorization(HeaderValue),
    /// More than one `Authorization` header: intermediaries may have read another one.
    Malformed,
}

impl Credentials {
    /// The credentials in these headers. An empty value counts as absent: clients send one while they have no token.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let is_given = |value: &&HeaderValue| !value.as_bytes().trim_ascii().is_empty();
        let mut values = headers.get_all(AUTHORIZATION).iter().filter(is_given);
        match (values.next(), values.next()) {
            (None, _) => Self::None,
            (Some(value), None) => Self::Authorization(value.clone()),
            (Some(_), Some(_)) => Self::Malformed,
        }
    }
}
