//! A GraphQL response as JSON (specification, section 7), the same for every transport. In: what was executed, or why it was not.
//! Out: values that serialize. Every error has `code` and `requestId`; an internal error is logged, and its text replaced.

use async_graphql::{PathSegment, Pos, ServerError};
use contract::RequestId;
use serde::Serialize;

use super::{Code, CostReport, FieldError, Refused};
use crate::{
    execution::{Data, Response},
    operations::Location,
    services::Service,
};

/// Bytes of a response of the engine, at first.
const INITIAL_CAPACITY: usize = 8 * 1024;

/// A response.
pub(crate) struct Body<'a> {
    errors: Vec<ErrorBody<'a>>,
    /// Absent when nothing was executed.
    data: Option<&'a Data>,
    extensions: Extensions<'a>,
}

/// `extensions` of a response.
#[derive(Clone, Copy, Default, Serialize)]
pub(crate) struct Extensions<'a> {
    /// What the operation cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostReport>,
    /// The position of the answer: subscriptions behind it have everything that it does not show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<&'a str>,
    /// The cursor of an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<&'a str>,
}

/// One error of a response.
#[derive(Serialize)]
pub(crate) struct ErrorBody<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<LocationBody>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    path: &'a [PathSegment],
    extensions: ErrorExtensions<'a>,
}

#[derive(Serialize)]
struct LocationBody {
    line: usize,
    column: usize,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorExtensions<'a> {
    code: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retryable: Option<bool>,
}

impl Extensions<'_> {
    fn is_empty(&self) -> bool {
        self.cost.is_none() && self.position.is_none() && self.cursor.is_none()
    }
}

impl From<&Location> for LocationBody {
    fn from(&Location { line, column }: &Location) -> Self {
        Self { line, column }
    }
}

impl From<&Pos> for LocationBody {
    fn from(&Pos { line, column }: &Pos) -> Self {
        Self { line, column }
    }
}

impl<'a> Body<'a> {
    /// The response of an executed operation.
    pub(crate) fn executed(response: &'a Response, extensions: Extensions<'a>, request_id: &'a RequestId) -> Self {
        Self { errors: field_errors(&response.errors, request_id), data: Some(&response.data), extensions }
    }

    /// The response of an executed operation without errors: nothing of the request or the viewer is in it.
    pub(crate) fn public(response: &'a Response) -> Self {
        Self { errors: Vec::new(), data: Some(&response.data), extensions: Extensions::default() }
    }

    /// As JSON; members that are empty are absent.
    ///
    /// # Errors
    /// A value of the engine cannot be written: a defect.
    pub(crate) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let size = match self.data {
            Some(Data::Json(json)) => json.len(),
            _ => INITIAL_CAPACITY,
        };
        let mut out = Vec::with_capacity(size + 256);
        out.push(b'{');
        if !self.errors.is_empty() {
            out.extend_from_slice(b"\"errors\":");
            serde_json::to_writer(&mut out, &self.errors)?;
        }
        if let Some(data) = self.data {
            separate(&mut out);
            out.extend_from_slice(b"\"data\":");
            match data {
                Data::Value(value) => serde_json::to_writer(&mut out, value)?,
                Data::Json(json) => out.extend_from_slice(json),
            }
        }
        if !self.extensions.is_empty() {
            separate(&mut out);
            out.extend_from_slice(b"\"extensions\":");
            serde_json::to_writer(&mut out, &self.extensions)?;
        }
        out.push(b'}');
        Ok(out)
    }

    /// The response of an operation that was not executed.
    pub(crate) fn failed(errors: Vec<ErrorBody<'a>>) -> Self {
        Self { errors, data: None, extensions: Extensions::default() }
    }
}

/// A comma, unless it is the first member.
fn separate(out: &mut Vec<u8>) {
    if out.len() > 1 {
        out.push(b',');
    }
}

impl<'a> ErrorBody<'a> {
    /// An error that belongs to no field.
    pub(crate) fn new(code: Code, message: &'a str, request_id: &'a RequestId) -> Self {
        let (code, request_id) = (code.as_str(), request_id.as_str());
        let extensions = ErrorExtensions { code, request_id, service: None, retryable: None };
        Self { message, locations: Vec::new(), path: &[], extensions }
    }
}

/// The errors of an operation that was refused, whose text is `message`.
pub(crate) fn refused<'a>(refused: &'a Refused, message: &'a str, request_id: &'a RequestId) -> Vec<ErrorBody<'a>> {
    let service = refused.service().map(Service::name);
    let error = |message, locations| {
        let error = ErrorBody::new(refused.code(), message, request_id);
        let extensions = ErrorExtensions { service, retryable: service.map(|_| true), ..error.extensions };
        ErrorBody { locations, extensions, ..error }
    };
    match refused {
        Refused::Rejected(rejection) => {
            let violations = rejection.violations().iter();
            violations.map(|it| error(&it.message, it.locations.iter().map(LocationBody::from).collect())).collect()
        }
        Refused::BySubscription(response) => field_errors(&response.errors, request_id),
        _ => vec![error(message, Vec::new())],
    }
}

fn field_errors<'a>(errors: &'a [ServerError], request_id: &'a RequestId) -> Vec<ErrorBody<'a>> {
    errors.iter().map(|error| field_error(error, request_id)).collect()
}

fn field_error<'a>(error: &'a ServerError, request_id: &'a RequestId) -> ErrorBody<'a> {
    let FieldError { message, code, service } = error.into();
    if code == Code::InternalServerError {
        let request_id = request_id.as_str();
        tracing::error!(request_id, message = error.message, path = ?error.path, "internal error of a field");
    }
    let body = ErrorBody::new(code, message, request_id);
    let (service, retryable) = service.map(|(service, retryable)| (service.name(), retryable)).unzip();
    ErrorBody {
        locations: error.locations.iter().map(LocationBody::from).collect(),
        path: &error.path,
        extensions: ErrorExtensions { service, retryable, ..body.extensions },
        ..body
    }
}
