//! The identity of a request's caller: a user by bearer token, the BFF by API key, any client by address. Established once,
//! before the routes; the signature of a handler shows that it needs a signed-in user: [`Viewer`], else 401.

mod keys;

use std::{net::IpAddr, sync::Arc, time::Instant};

use axum::extract::FromRequestParts;
use contract::{
    UserId,
    headers::{X_API_KEY, X_CLIENT_ADDRESS},
    token::{Claims, Role, TokenError, TokenVerifier},
};
use http::{HeaderMap, HeaderValue, header, request::Parts};

pub(crate) use self::keys::ApiKeys;
pub use self::keys::{ApiKeyHash, ApiKeyHashError};
use crate::ApiError;

/// The identity of the caller.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) viewer: Option<Viewer>,
    /// Whether the request has a valid API key of the BFF.
    pub(crate) is_bff: bool,
    /// The client's address: from the BFF's header, else the peer address of the socket.
    pub(crate) address: IpAddr,
    /// Whether `address` is from the BFF's header.
    pub(crate) is_named: bool,
}

/// The signed-in user.
#[derive(Clone, Debug)]
pub struct Viewer(Arc<Claims>);

/// The signed-in user, if there is one.
#[derive(Clone, Debug)]
pub(crate) struct MaybeViewer(pub(crate) Option<Viewer>);

impl Viewer {
    /// The user's id.
    pub fn id(&self) -> UserId {
        self.0.sub
    }

    /// Whether the user is an administrator.
    pub fn is_admin(&self) -> bool {
        self.0.roles.contains(&Role::Admin)
    }

    /// The claims of the token.
    pub fn claims(&self) -> &Claims {
        &self.0
    }
}

impl Caller {
    /// The network of the client's address: a client with an IPv6 address has the 2^64 addresses of its network.
    pub fn network(&self) -> IpAddr {
        contract::network(self.address)
    }

    /// Establishes the caller. An invalid token or a repeated credential header is 401, never an anonymous request; a token
    /// that cannot be verified because there are no keys is 503.
    pub(crate) async fn identify(
        headers: &HeaderMap,
        socket: IpAddr,
        verifier: &TokenVerifier,
        keys: &ApiKeys,
    ) -> Result<Self, ApiError> {
        let is_bff = only(headers, X_API_KEY)?.is_some_and(|key| keys.contains(key, Instant::now()));
        let named = headers.get(X_CLIENT_ADDRESS).and_then(|address| address.to_str().ok()?.trim().parse().ok());
        let named = named.filter(|_| is_bff);
        let viewer = match only(headers, header::AUTHORIZATION.as_str())? {
            None => None,
            Some(value) => Some(verify(value.to_str().unwrap_or_default(), verifier).await?),
        };
        Ok(Self { viewer, is_bff, address: named.unwrap_or(socket), is_named: named.is_some() })
    }
}

/// The value of a header; 401 if it is repeated, because an intermediary may have read another one.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a HeaderValue>, ApiError> {
    contract::headers::only(headers, name)
        .map_err(|_| ApiError::unauthenticated(format!("the header {name} is repeated")))
}

async fn verify(authorization: &str, verifier: &TokenVerifier) -> Result<Viewer, ApiError> {
    let (scheme, token) = authorization.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::unauthenticated("expected `Authorization: Bearer …`"));
    }
    verifier.verify(token.trim()).await.map(Viewer).map_err(|error| match error {
        // The user service publishes the keys.
        TokenError::KeysUnavailable => ApiError::of_dependency("user", "DEPENDENCY_UNAVAILABLE", error.to_string()),
        TokenError::Invalid | TokenError::Expired => ApiError::unauthenticated(error.to_string()),
    })
}

impl<S: Sync> FromRequestParts<S> for MaybeViewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let caller = parts.extensions.get::<Caller>();
        caller.map(|caller| Self(caller.viewer.clone())).ok_or_else(|| ApiError::internal("a request without a caller"))
    }
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let MaybeViewer(viewer) = MaybeViewer::from_request_parts(parts, state).await?;
        viewer.ok_or_else(|| ApiError::unauthenticated("this route needs a signed-in user"))
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get().cloned().ok_or_else(|| ApiError::internal("a request without a caller"))
    }
}
