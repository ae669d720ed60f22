//! Public responses, which shared caches may store; all other responses have `no-store`. In: a body that is the same for all
//! viewers, its lifetime and its tags. Out: a response with `Cache-Control`, `ETag`, `Vary` and tags, or 304 without a body.
//! The response has nothing of the request or the viewer.
//! Sources: RFC 9111 (caching), RFC 5861 (stale), RFC 9110, section 13.1.2 (`If-None-Match`).

use std::collections::BTreeSet;

use axum::{body::Body, response::Response};
use contract::{headers::lists_etag, hex};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, VARY},
};
use sha2::{Digest, Sha256};

use super::{CacheHeaders, media::MediaType};
use crate::{cache::Tag, operations::Caching};

/// Size limit of the tag header, in bytes: proxies refuse responses with more than some 4 KiB of headers.
const MAX_TAG_BYTES: usize = 3 * 1024;
/// `Cache-Control` for CDNs only (RFC 9213).
const CDN_CACHE_CONTROL: HeaderName = HeaderName::from_static("cdn-cache-control");
/// Bytes of the hash in an `ETag`.
const ETAG_BYTES: usize = 16;

/// A response that shared caches may store.
pub struct PublicResponse {
    /// The lifetime.
    pub caching: Caching,
    /// The cache tags.
    pub tags: BTreeSet<Tag>,
    /// The media type.
    pub media_type: MediaType,
    /// The body.
    pub body: Vec<u8>,
}

impl CacheHeaders {
    /// Writes the response; 304 if the request's `If-None-Match` lists its entity tag.
    pub fn write(&self, if_none_match: &[HeaderValue], response: PublicResponse) -> Response {
        let PublicResponse { caching, tags, media_type, body } = response;
        let content_type = media_type.content_type();
        let etag = etag(&content_type, &body);
        let mut response = if lists_etag(if_none_match, &etag) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let mut response = Response::new(Body::from(body));
            response.headers_mut().insert(CONTENT_TYPE, content_type);
            response
        };
        let headers = response.headers_mut();
        let age = caching.max_age.as_secs();
        let (revalidate, error) = (self.stale_while_revalidate.as_secs(), self.stale_if_error.as_secs());
        let private_age = age.min(self.browser_max_age.as_secs());
        let stale = format!("stale-while-revalidate={revalidate}, stale-if-error={error}");
        // `max-age` is for browsers, which must not use stale responses (`must-revalidate`); `s-maxage` for shared caches.
        let control = format!("public, max-age={private_age}, must-revalidate, s-maxage={age}, {stale}");
        let targeted = format!("max-age={age}, {stale}");
        for (name, value) in [
            (CACHE_CONTROL, control),
            (CDN_CACHE_CONTROL, targeted),
            (ETAG, etag),
            (self.tag_header.clone(), self.tags(&tags)),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
        response
    }

    /// The tags as text; if they exceed the size limit, only their types.
    fn tags(&self, tags: &BTreeSet<Tag>) -> String {
        let separator = self.tag_separator.as_str();
        let text = tags.iter().map(Tag::to_string).collect::<Vec<_>>().join(separator);
        if text.len() <= MAX_TAG_BYTES {
            return text;
        }
        let types: BTreeSet<&str> = tags.iter().map(|tag| tag.type_name()).collect();
        types.into_iter().collect::<Vec<_>>().join(separator)
    }
}

/// A weak entity tag, since content codings change the bytes. It depends on the media type.
fn etag(content_type: &HeaderValue, body: &[u8]) -> String {
    let hash = Sha256::new().chain_update(content_type.as_bytes()).chain_update(body).finalize();
    format!("W/\"{}\"", hex(&hash[..ETAG_BYTES]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_body_or_another_media_type_is_another_etag() {
        let of = |media_type: MediaType, body: &str| etag(&media_type.content_type(), body.as_bytes());
        let json = of(MediaType::Json, "{}");
        assert_eq!(json.len(), "W/\"\"".len() + 2 * ETAG_BYTES);
        assert_eq!(json, of(MediaType::Json, "{}"));
        assert_ne!(json, of(MediaType::Json, "{ }"));
        assert_ne!(json, of(MediaType::GraphqlResponse, "{}"));
    }
}
