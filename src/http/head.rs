//! How large a request's head may be. In: request line and headers. Out: leave to go on, or 414 or 431.
//!
//! hyper has limits of its own and answers them with an empty body; these are lower, so that the answer is ours.

use http::{Version, header::HOST, request::Parts};

use super::failure::Failure;

/// The longest path and query, in bytes.
const MAX_URI_BYTES: usize = 16 * 1024;
/// The most headers.
const MAX_HEADERS: usize = 100;
/// The most that names and values of all headers may have, in bytes.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Lets a request through whose head is within the limits.
pub fn admit(parts: &Parts) -> Result<(), Failure> {
    // RFC 9112, section 3.2. Without one host there is no telling whom somebody on the way took it to be for.
    if parts.version == Version::HTTP_11 && parts.headers.get_all(HOST).iter().count() != 1 {
        return Err(Failure::BadRequest("there must be one Host header".into()));
    }
    let uri = parts.uri.path_and_query().map_or(0, |target| target.as_str().len());
    if uri > MAX_URI_BYTES {
        return Err(Failure::UriTooLong(MAX_URI_BYTES));
    }
    let headers: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > MAX_HEADER_BYTES || parts.headers.len() > MAX_HEADERS {
        return Err(Failure::HeadersTooLarge { bytes: MAX_HEADER_BYTES, headers: MAX_HEADERS });
    }
    Ok(())
}
