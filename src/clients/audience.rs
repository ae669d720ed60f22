//! Who may share the answer of a route. The audience is part of the route's type: where a route for everybody is wanted, a
//! viewer's route does not compile, and a viewer's route cannot be called without a viewer.
//!
//! ```
//! # use tessera::{cache::Tag, clients::{Everybody, Route, Shown}, loaders::Scope, services::Service};
//! #[derive(Clone, serde::Deserialize)]
//! struct Count(u32);
//! impl Shown for Count {}
//!
//! static COUNTS: Route<Everybody, (), String, Count> =
//!     Route::counts(Service::Post, "/v1/counts", "ids").shared(|_| Tag::list("Post", "posts"));
//!
//! async fn count(scope: &Scope) {
//!     let _ = scope.load(&COUNTS, (), String::new()).await;
//! }
//! ```
//!
//! The same with a route that depends on the viewer:
//!
//! ```compile_fail,E0308
//! # use tessera::{clients::{Route, TheViewer}, loaders::Scope, services::Service};
//! # #[derive(Clone, serde::Deserialize)]
//! # struct Count(u32);
//! static COUNTS: Route<TheViewer, (), String, Count> = Route::counts(Service::Post, "/v1/counts", "ids");
//!
//! async fn count(scope: &Scope) {
//!     let _ = scope.load(&COUNTS, (), String::new()).await;
//! }
//! ```

use http::HeaderValue;

use crate::auth::Viewer;

/// The answer is the same for every caller: it may be shared and cached. Called without a token.
pub struct Everybody;

/// The answer depends on the viewer: it is never shared. Called with the viewer's token.
pub struct TheViewer;

/// The answer is for the BFF itself and part of no response. Called without a token.
pub struct Ourselves;

/// Who may share the answer of a route.
pub trait Audience: Send + Sync + 'static {
    /// In whose name the route is called.
    type Caller<'a>: Copy + Send;

    /// Whether shared caches may store a response made of the answer.
    const IS_PUBLIC: bool;

    /// The caller, as far as this request has one.
    fn caller(viewer: Option<&Viewer>) -> Option<Self::Caller<'_>>;

    /// The caller's `Authorization` header.
    fn authorization<'a>(caller: Self::Caller<'a>) -> Option<&'a HeaderValue>;
}

impl Audience for Everybody {
    type Caller<'a> = ();

    const IS_PUBLIC: bool = true;

    fn caller(_: Option<&Viewer>) -> Option<()> {
        Some(())
    }

    fn authorization<'a>((): Self::Caller<'a>) -> Option<&'a HeaderValue> {
        None
    }
}

impl Audience for Ourselves {
    type Caller<'a> = ();

    const IS_PUBLIC: bool = false;

    fn caller(_: Option<&Viewer>) -> Option<()> {
        None
    }

    fn authorization<'a>((): Self::Caller<'a>) -> Option<&'a HeaderValue> {
        None
    }
}

impl Audience for TheViewer {
    type Caller<'a> = &'a Viewer;

    const IS_PUBLIC: bool = false;

    fn caller(viewer: Option<&Viewer>) -> Option<&Viewer> {
        viewer
    }

    fn authorization<'a>(viewer: Self::Caller<'a>) -> Option<&'a HeaderValue> {
        Some(viewer.authorization())
    }
}
