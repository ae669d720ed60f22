//! The playground, in `tessera dev`: `GET /` and, for clients that prefer HTML and send no query, `GET /graphql` respond with
//! the page; `/playground/…` are its files. All other requests are unaffected.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use contract::MediaRange;
use http::{
    Method,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};

use super::{App, health::not_found};

/// Adds the playground to the routes.
pub(super) fn add_to(routes: Router<Arc<App>>) -> Router<Arc<App>> {
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

/// Whether this is a `GET /graphql` without `query` that ranks HTML above every type that a GraphQL response may have.
fn wants_page(request: &Request) -> bool {
    const RESPONSES: [&str; 4] = ["application/graphql-response+json", "application/json", "application/*", "*/*"];
    let has_query = |query: &str| query.split('&').any(|pair| pair.split('=').next() == Some("query"));
    let ranges = MediaRange::accepted(request.headers()).unwrap_or_default();
    let weight = |names: &[&str]| {
        let weights = ranges.iter().filter(|range| names.contains(&range.name.as_str())).map(|range| range.weight);
        weights.max().unwrap_or_default()
    };
    request.method() == Method::GET
        && request.uri().path() == "/graphql"
        && !request.uri().query().is_some_and(has_query)
        && weight(&["text/html"]) > weight(&RESPONSES)
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
