//! Completes `/openapi.json`, which is made from the routes: the service's name, the security scheme, and the errors that
//! follow from what a route reads. A route lists the errors of its own: `(status = 409, description = "…")`.

use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        Content, Info, OpenApi, Ref, RefOr, Response,
        path::{Operation, Parameter, ParameterIn, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::ErrorBody;

/// `Idempotency-Key`, for `params(…)` of a command that may have one.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// Makes a repeated request take effect once; the answer is stored for 24 hours.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255)]
    pub key: Option<String>,
}

/// `If-Match`, for `params(…)` of a command that changes an object.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatch {
    /// The `ETag` of the version that the change is meant for.
    #[param(rename = "If-Match")]
    pub etag: Option<String>,
}

/// Completes a description made from routes.
pub(super) fn complete(openapi: &mut OpenApi, name: &str) {
    openapi.info = Info::new(name, env!("CARGO_PKG_VERSION"));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = openapi.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let mut schemas = vec![(ErrorBody::name().into_owned(), ErrorBody::schema())];
    ErrorBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    openapi.paths.paths.values_mut().flat_map(operations).for_each(add_errors);
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// Adds the errors that follow from what the route reads, and the error body to all errors.
fn add_errors(operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten();
    let parameters: Vec<&Parameter> = parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    let has_body = operation.request_body.is_some();
    let errors = [
        ("400", has_body || !parameters.is_empty(), "The path, the query, a header or the body is malformed"),
        ("401", operation.security.is_some(), "There is no valid bearer token"),
        (
            "404",
            parameters.iter().any(|parameter| parameter.parameter_in == ParameterIn::Path),
            "There is no such object",
        ),
        ("412", parameters.iter().any(|parameter| parameter.name == "If-Match"), "The object has another version"),
        ("415", has_body, "The body is not `application/json`"),
        ("422", has_body, "A member of the body is invalid"),
        ("default", true, "Any route: 401 for an invalid token, 429, 500, 503, 504"),
    ];
    let responses = &mut operation.responses.responses;
    for (status, _, description) in errors.into_iter().filter(|(_, is_possible, _)| *is_possible) {
        responses.entry(status.to_owned()).or_insert_with(|| Response::new(description).into());
    }
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && !status.starts_with('2')
        {
            let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
            response.content.insert("application/json".to_owned(), body.into());
        }
    }
}
