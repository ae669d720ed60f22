//! Names of the HTTP headers that the BFF and the services exchange, in the lower case that HTTP/2 asks for.

/// The request's id, taken over from the caller or made; in every log line and error body.
pub const X_REQUEST_ID: &str = "x-request-id";
/// W3C Trace Context, section 3.2.
pub const TRACEPARENT: &str = "traceparent";
/// Milliseconds that the caller will still wait; past it the answer is 504.
pub const X_REQUEST_TIMEOUT_MS: &str = "x-request-timeout-ms";
/// The BFF's key towards the services.
pub const X_API_KEY: &str = "x-api-key";
/// The client's address as the BFF saw it; believed only with a valid [`X_API_KEY`].
pub const X_CLIENT_ADDRESS: &str = "x-client-address";
/// The key under which a creating POST takes effect once (scope: caller, route, key).
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// `true` on an answer that was stored by an earlier request with the same key.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";
