//! The document stage. In: what the path and the parameters say of a document. Out: the document that may be answered, or
//! why there is none; and once it is found good, what is done with one that nobody listed.

use http::{HeaderMap, request::Parts};
use percent_encoding::percent_decode_str;

use super::{
    App,
    failure::{Failure, Named},
    request::Parameters,
};
use crate::operations::documents::{Document, DocumentError, Sent, canonical, sha256};

/// Headers in which clients say their name.
const CLIENT_NAME: [&str; 2] = ["apollographql-client-name", "x-client-name"];
/// Bytes of a document that cost one to register.
const BYTES_A_UNIT: u64 = 16;

/// The document that is meant.
pub async fn find(app: &App, parts: &Parts, parameters: &Parameters) -> Result<Document, Failure> {
    let in_path = parts.uri.path().strip_prefix("/graphql/").map(|path| percent_decode_str(path).decode_utf8());
    let in_path = in_path.transpose().map_err(|_| Failure::BadRequest("the path is not UTF-8".into()))?;
    let in_path = in_path.as_deref();
    let named = match (in_path, &parameters.automatic) {
        (Some(_), _) => Named::ByPath,
        (None, Some(_)) => Named::Automatically,
        (None, None) => Named::ByParameters,
    };
    let failed = |error| Failure::Document { error, named };
    let id = match (in_path, parameters.document_id.as_deref()) {
        (Some(path), Some(id)) if canonical(path) != canonical(id) => return Err(failed(DocumentError::Mismatch)),
        (path, id) => path.or(id),
    };
    let sent = Sent { text: parameters.query.as_deref(), id, automatic: parameters.automatic.as_deref() };
    app.documents.resolve(sent).await.map_err(failed)
}

/// What it costs to register the document, beyond what it costs to run it: nobody pushes out others' for nothing.
pub fn registration_cost(document: &Document) -> u64 {
    document.register.as_ref().map_or(0, |_| (document.text.len() as u64).div_ceil(BYTES_A_UNIT))
}

/// Logs a document that is not trusted, once, and registers it if its client asked for that.
pub async fn note(app: &App, document: &Document, operation: Option<&str>, headers: &HeaderMap) {
    if document.trusted.is_some() {
        return;
    }
    if app.documents.policy().logs_unknown() && app.documents.is_new(&document.text) {
        let name = CLIENT_NAME.iter().find_map(|name| headers.get(*name)?.to_str().ok()).unwrap_or("-");
        let (id, operation) = (sha256(&document.text), operation.unwrap_or("-"));
        tracing::warn!(client = format!("{name:.64}"), document = id, operation, "a document that nobody listed");
    }
    if let Some(hash) = &document.register {
        app.documents.register(hash, document.text.clone()).await;
    }
}
