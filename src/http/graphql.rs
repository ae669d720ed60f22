//! `/graphql`: reads an operation from an HTTP request, runs it, and writes the result as an HTTP response.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use contract::headers::is_json;
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, Method, header::IF_NONE_MATCH, request::Parts};
use percent_encoding::percent_decode_str;
use tokio::time::timeout_at;

use super::{
    App, caching::PublicResponse, exchange::Exchange, failure::Failure, media::MediaType, parameters, response,
    websocket,
};
use crate::{
    auth::Credentials,
    events::Answer,
    operations::OperationKind,
    requests::{Ask, Audience, Client, Executed, Parameters, Refused},
};

/// A request with this header, of any value, gets `extensions.cost` if the policy shows the schema.
const SHOW_COST: &str = "x-tessera-cost";
/// Headers with the client's name.
const CLIENT_NAME: [&str; 2] = ["apollographql-client-name", "x-client-name"];

/// Responds to a request, and logs it.
pub(super) async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    if websocket::is_handshake(request.headers()) {
        return websocket::handle(app, peer.ip(), request);
    }
    let (parts, body) = request.into_parts();
    let mut exchange = Exchange::begin(&app, peer.ip(), &parts.headers);
    let acceptable = MediaType::accepted(&parts.headers);
    let media_type = acceptable.unwrap_or(MediaType::Json);
    let accepted =
        Accepted { media_type, if_none_match: parts.headers.get_all(IF_NONE_MATCH).iter().cloned().collect() };
    let outcome = match acceptable {
        // A panic in a stage ends only this request. The panic hook logs its text.
        Some(_) => AssertUnwindSafe(run(&app, parts, body, &mut exchange))
            .catch_unwind()
            .await
            .unwrap_or(Err(Refused::Internal.into())),
        None => Err(Failure::NotAcceptable),
    };
    match outcome {
        Ok(executed) => write(&app, executed, exchange, accepted),
        Err(failure) => exchange.refused(&failure, media_type),
    }
}

/// Representations of the response that the client accepts or has cached.
struct Accepted {
    media_type: MediaType,
    if_none_match: Vec<HeaderValue>,
}

/// Reads the request and runs its operation.
async fn run(app: &App, parts: Parts, body: Body, exchange: &mut Exchange) -> Result<Executed, Failure> {
    let deadline = exchange.context().deadline();
    let parameters = timeout_at(deadline, read(app, &parts, body)).await.unwrap_or(Err(Failure::RequestTimeout))?;
    let ask = ask(&parts, parameters, exchange)?;
    match app.events.answer(ask, exchange.record()).await? {
        Answer::Executed(executed) => Ok(*executed),
        Answer::Subscribed(_) => Err(Refused::KindNotAllowed(OperationKind::Subscription).into()),
    }
}

async fn read(app: &App, parts: &Parts, body: Body) -> Result<Parameters, Failure> {
    match parts.method {
        Method::GET | Method::HEAD => parameters::from_query_string(parts.uri.query().unwrap_or_default()),
        Method::POST => {
            if !is_json(&parts.headers) {
                return Err(Failure::UnsupportedMediaType);
            }
            parameters::from_json(&app.bodies.read(&parts.headers, body).await?)
        }
        _ => Err(Failure::MethodNotAllowed("GET, HEAD, POST")),
    }
}

fn ask(parts: &Parts, parameters: Parameters, exchange: &Exchange) -> Result<Ask, Failure> {
    let id_in_path = parts.uri.path().strip_prefix("/graphql/").map(|path| percent_decode_str(path).decode_utf8());
    let id_in_path = id_in_path.transpose().map_err(|_| Failure::BadRequest("the path is not UTF-8".into()))?;
    let is_safe = parts.method != Method::POST;
    let name = client_name(&parts.headers);
    Ok(Ask {
        parameters: Parameters { id_in_path: id_in_path.map(Into::into), ..parameters },
        credentials: Credentials::from_headers(&parts.headers),
        client: Client { address: exchange.client(), name },
        allowed_kinds: allowed_kinds(is_safe),
        may_be_shared: is_safe,
        shows_cost: parts.headers.contains_key(SHOW_COST),
        context: exchange.context().clone(),
    })
}

/// The client's name, if it says one.
pub(super) fn client_name(headers: &HeaderMap) -> Option<String> {
    CLIENT_NAME.iter().find_map(|name| headers.get(*name)?.to_str().ok()).map(str::to_owned)
}

/// Safe methods (RFC 9110, section 9.2.1) carry queries only.
fn allowed_kinds(is_safe: bool) -> &'static [OperationKind] {
    if is_safe { &[OperationKind::Query] } else { &[OperationKind::Query, OperationKind::Mutation] }
}

fn write(app: &App, executed: Executed, exchange: Exchange, accepted: Accepted) -> Response {
    let Accepted { media_type, if_none_match } = accepted;
    match executed.audience {
        // Caches send it to other clients: it must not carry anything of this request or viewer.
        Audience::Public { caching, tags } => match response::public_body(&executed.response) {
            Ok(body) => {
                let response = PublicResponse { caching, tags, media_type, body };
                exchange.answered(app.cache_headers.write(&if_none_match, response))
            }
            Err(_) => exchange.refused(&Refused::Internal.into(), media_type),
        },
        Audience::Private => {
            let id = exchange.context().request_id();
            let mut response = response::executed(&executed, media_type, id);
            executed.allowance.write(response.headers_mut());
            exchange.timed(response)
        }
    }
}
