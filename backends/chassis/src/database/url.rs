//! The address of a service's database: `sqlite:PATH` or `postgres://…`. In: the text of a setting. Out: an address, or one
//! sentence that rejects the text.

use std::{fmt, path::PathBuf, str::FromStr};

/// The database system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file; one writer.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database's address.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The file's path.
    Sqlite(PathBuf),
    /// The whole URL, which may hold a password.
    Postgres(String),
}

/// Text that is not the address of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// Another scheme.
    #[error("expected `sqlite:PATH` or `postgres://USER@HOST:PORT/DATABASE`")]
    Scheme,
    /// `sqlite:` or `sqlite::memory:`.
    #[error("`sqlite:` needs the path of a file: readers and the writer are separate connections")]
    Memory,
}

impl DatabaseUrl {
    /// The database system.
    pub const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// The URL for the driver; a missing SQLite file is created.
    pub(super) fn driver_url(&self) -> String {
        match self {
            Self::Postgres(url) => url.clone(),
            Self::Sqlite(path) => {
                let mut url = String::from("sqlite:");
                for &byte in path.as_os_str().as_encoded_bytes() {
                    match byte {
                        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                            url.push(char::from(byte));
                        }
                        _ => url.push_str(&format!("%{byte:02X}")),
                    }
                }
                url + "?mode=rwc"
            }
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").ok_or(DatabaseUrlError::Scheme)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.starts_with(':') {
            return Err(DatabaseUrlError::Memory);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

/// For logs and errors: without the password that a URL may contain.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let host = url.rsplit_once('@').map_or_else(|| url.split_once("://").map_or("", |u| u.1), |u| u.1);
                write!(f, "postgres://{}", host.split('?').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_are_told_apart_and_others_refused() {
        assert_eq!("sqlite:a/b.db".parse(), Ok(DatabaseUrl::Sqlite("a/b.db".into())));
        assert_eq!("sqlite:///tmp/b.db".parse(), Ok(DatabaseUrl::Sqlite("/tmp/b.db".into())));
        assert_eq!("postgres://u@h/d".parse::<DatabaseUrl>().map(|url| url.engine()), Ok(Engine::Postgres));
        assert_eq!("mysql://h/d".parse::<DatabaseUrl>(), Err(DatabaseUrlError::Scheme));
        assert_eq!("sqlite::memory:".parse::<DatabaseUrl>(), Err(DatabaseUrlError::Memory));
        assert_eq!("sqlite:".parse::<DatabaseUrl>(), Err(DatabaseUrlError::Memory));
    }

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://user:secret@db:5432/users?password=secret".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://db:5432/users postgres://db:5432/users");
    }
}
