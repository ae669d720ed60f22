//! What `/openapi.json` says besides what the routes say of themselves: the service's name, how callers show who they
//! are, and the errors that any route may answer.

use utoipa::openapi::{
    Content, Info, OpenApi, Ref, Response,
    path::{Operation, PathItem},
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// Completes a description made from routes.
pub(super) fn complete(openapi: &mut OpenApi, name: &str) {
    openapi.info = Info::new(name, env!("CARGO_PKG_VERSION"));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = openapi.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    for operation in openapi.paths.paths.values_mut().flat_map(operations) {
        operation.responses.responses.insert("default".to_owned(), any_error().into());
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn any_error() -> Response {
    let description = "What any route may answer: 401 for a bad token, 429, 500, 503, 504";
    let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
    Response::builder().description(description).content("application/json", body).build()
}
