//! The playground, in `tessera dev`: `GET /`, and `GET /graphql` for whoever wants HTML and asks nothing, get the page;
//! `/playground/…` are the files that it loads. Everything else goes its way as without it.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{
    HeaderMap, Method,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};

use super::{App, health::not_found, media::ranges};

/// Adds it to the routes.
pub fn add_to(routes: Router<Arc<App>>) -> Router<Arc<App>> {
    routes.layer(middleware::from_fn(page_for_browsers)).route("/", get(page)).route("/playground/{*path}", get(file))
}

async fn page_for_browsers(request: Request, next: Next) -> Response {
    if wants_page(&request) { page().await } else { next.run(request).await }
}

async fn page() -> Response {
    let page = playground::Page::new();
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, &page.policy),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(page.html)).into_response()
}

async fn file(app: State<Arc<App>>, peer: ConnectInfo<SocketAddr>, request: Request) -> Response {
    let path = request.uri().path();
    let Some(file) = path.strip_prefix("/playground/").and_then(playground::file) else {
        return not_found(app, peer, request).await;
    };
    let headers = [
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (CONTENT_TYPE, file.content_type),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, file.content).into_response()
}

/// Whether it is a `GET /graphql` without `query` that ranks HTML above everything a GraphQL answer may be.
fn wants_page(request: &Request) -> bool {
    let asks = |query: &str| query.split('&').any(|pair| pair.split('=').next() == Some("query"));
    request.method() == Method::GET
        && request.uri().path() == "/graphql"
        && !request.uri().query().is_some_and(asks)
        && weight(request.headers(), &["text/html"])
            > weight(
                request.headers(),
                &["application/graphql-response+json", "application/json", "application/*", "*/*"],
            )
}

/// The highest weight that `Accept` gives one of these ranges; 0 if it has none of them.
fn weight(headers: &HeaderMap, names: &[&str]) -> u16 {
    ranges(headers)
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(_, weight)| weight)
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::header::ACCEPT;

    use super::*;

    #[test]
    fn browsers_get_the_page_and_clients_an_answer() {
        const CHROMIUM: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for (method, uri, accept, page) in [
            ("GET", "/graphql", CHROMIUM, true),
            ("GET", "/graphql?operationName=A", "text/html", true),
            ("GET", "/graphql?query=%7Ba%7D", CHROMIUM, false),
            ("POST", "/graphql", CHROMIUM, false),
            ("GET", "/livez", CHROMIUM, false),
            ("GET", "/graphql", "*/*", false),
            ("GET", "/graphql", "application/json, text/html", false),
            ("GET", "/graphql", "text/html;q=0.8, application/graphql-response+json;q=0.9", false),
            ("GET", "/graphql", "text/html;q=0", false),
        ] {
            let request =
                Request::builder().method(method).uri(uri).header(ACCEPT, accept).body(Body::empty()).unwrap();
            assert_eq!(wants_page(&request), page, "{method} {uri} {accept}");
        }
    }
}
