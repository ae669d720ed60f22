//! The HTTP headers that the BFF and the services exchange: their names, in the lower case that HTTP/2 asks for, and the
//! parsing that both sides share.

use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_TYPE, TRANSFER_ENCODING},
};

use crate::MediaRange;

/// The request's id, from the caller or generated; in every log line and error body.
pub const X_REQUEST_ID: &str = "x-request-id";
/// W3C Trace Context, section 3.2.
pub const TRACEPARENT: &str = "traceparent";
/// W3C Trace Context, section 3.3.
pub const TRACESTATE: &str = "tracestate";
/// The remaining timeout of the caller in milliseconds; after it the response is 504.
pub const X_REQUEST_TIMEOUT_MS: &str = "x-request-timeout-ms";
/// The BFF's key towards the services.
pub const X_API_KEY: &str = "x-api-key";
/// The client's address, from the BFF; ignored without a valid [`X_API_KEY`].
pub const X_CLIENT_ADDRESS: &str = "x-client-address";
/// The key under which a creating POST takes effect once (scope: caller, route, key).
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// `true` on the stored answer of an earlier request with the same key.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";

/// The newest event that the service knew when it began to work on the request, as `EPOCH:SEQ`: the answer shows what this
/// and all earlier events tell of, and perhaps more. On a stored answer: that of the first request.
pub const X_FEED_POSITION: &str = "x-feed-position";

/// A header is repeated: an intermediary may have read another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeated;

/// The value of a header, if present.
///
/// # Errors
/// The header is repeated.
pub fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a HeaderValue>, Repeated> {
    let mut values = headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() { Err(Repeated) } else { Ok(value) }
}

/// Transfer codings that a recipient must reject (RFC 9112, section 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferCodingError {
    /// A coding other than `chunked`, the only one implemented: 501.
    Unknown,
    /// `chunked` applied more than once: 400.
    RepeatedChunked,
}

/// Checks `Transfer-Encoding`. hyper has rejected requests whose last coding is not `chunked`, and HTTP/1.0 requests with any
/// coding, because the end of their bodies is unknown.
///
/// # Errors
/// A coding is not implemented, or `chunked` is repeated.
pub fn check_transfer_codings(headers: &HeaderMap) -> Result<(), TransferCodingError> {
    let lines = headers.get_all(TRANSFER_ENCODING).iter();
    let codings = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    let mut chunked = 0;
    for coding in codings.filter(|coding| !coding.is_empty()) {
        if !coding.eq_ignore_ascii_case(b"chunked") {
            return Err(TransferCodingError::Unknown);
        }
        chunked += 1;
    }
    if chunked > 1 { Err(TransferCodingError::RepeatedChunked) } else { Ok(()) }
}

/// Whether there is one `Content-Type`, and it is `application/json` in UTF-8.
pub fn is_json(headers: &HeaderMap) -> bool {
    let Ok(Some(content_type)) = only(headers, CONTENT_TYPE.as_str()) else { return false };
    let media_type = content_type.to_str().ok().and_then(MediaRange::parse);
    media_type.is_some_and(|media_type| media_type.name == "application/json")
}

/// Whether `If-None-Match` lists the entity tag, by weak comparison (RFC 9110, sections 8.8.3.2 and 13.1.2).
pub fn lists_etag<'a>(if_none_match: impl IntoIterator<Item = &'a HeaderValue>, etag: &str) -> bool {
    let mut lists = if_none_match.into_iter().filter_map(|value| value.to_str().ok());
    // A tag with a comma in it is split into pieces with one quotation mark each, which equal no tag.
    lists.any(|list| list.trim() == "*" || list.split(',').any(|tag| opaque_tag(tag) == opaque_tag(etag)))
}

/// The tag without its weakness indicator.
fn opaque_tag(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag)
}

/// Whether the text is a valid [`IDEMPOTENCY_KEY`]: 1 to 255 visible ASCII characters.
pub fn is_idempotency_key(key: &str) -> bool {
    (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_by_weak_comparison_in_lists_and_by_the_star() {
        let etag = r#"W/"0123""#;
        for (sent, listed) in [
            (&[r#"W/"0123""#][..], true),
            (&[r#""0123""#], true),
            (&["*"], true),
            (&[" * "], true),
            (&[r#""other", W/"0123""#], true),
            (&[r#""other",W/"0123","more""#], true),
            (&[r#""other""#, r#"W/"0123""#], true),
            (&[r#""a,b", W/"0123""#], true),
            (&[], false),
            (&[""], false),
            (&["0123"], false),
            (&[r#"w/"0123""#], false),
            (&[r#""*""#], false),
            (&[r#""01234""#], false),
            (&[r#"W/"012", "3""#], false),
            (&[r#""x,0123""#], false),
        ] {
            let lists: Vec<_> = sent.iter().map(|value| HeaderValue::from_static(value)).collect();
            assert_eq!(lists_etag(&lists, etag), listed, "{sent:?}");
        }
    }
}
