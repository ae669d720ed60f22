//! Origins: scheme and authority, without path, query or credentials. In: text. Out: the origin of web pages as browsers send
//! it (Fetch standard, `Origin` header), or the base URL of a service.

use std::str::FromStr;

use http::{HeaderValue, Uri};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// Default ports, which browsers omit.
const DEFAULT_PORTS: [(&str, &str); 2] = [("https://", ":443"), ("http://", ":80")];

/// The origin of web pages, or `*` for all origins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// The text is not an origin as browsers send it.
#[derive(Debug, thiserror::Error)]
#[error(
    "must be an origin as browsers send it, such as https://app.example.com (lower case, no path, no default port), or `*`"
)]
pub struct OriginError;

impl Origin {
    /// Whether this is `*`.
    pub(crate) fn is_wildcard(&self) -> bool {
        self.0 == "*"
    }

    /// The value of an `Origin` header.
    pub(crate) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        // Browsers send origins in lower case; bytes are compared.
        let is_exact = !text.contains('*') && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let has_default_port =
            DEFAULT_PORTS.iter().any(|(scheme, port)| text.starts_with(scheme) && text.ends_with(port));
        let is_valid = text == "*" || (is_exact && !has_default_port && is_origin(text));
        if is_valid { Ok(Self(text.to_owned())) } else { Err(OriginError) }
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

/// The base URL of a service.
///
/// # Errors
/// The text has a path, a query, credentials or another scheme than `http` and `https`.
pub(crate) fn service_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let url = String::deserialize(deserializer)?;
    let problem = "must be scheme and authority without a path, such as http://user-service:4001";
    if is_origin(&url) { Ok(url) } else { Err(D::Error::custom(problem)) }
}

/// Whether the text is scheme (`http` or `https`) and authority, with nothing behind them and no credentials.
pub(crate) fn is_origin(url: &str) -> bool {
    // Credentials would appear in logs; a fragment would hide the path of every call.
    if url.contains(['@', '#']) {
        return false;
    }
    url.parse::<Uri>().is_ok_and(|uri| {
        let has_port = uri.authority().is_some_and(|authority| authority.as_str().contains(':'));
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && (!has_port || uri.port_u16().is_some() || uri.host().is_some_and(|host| host.ends_with(']')))
            && uri.path() == "/"
            && uri.query().is_none()
            && !url.ends_with('/')
    })
}
