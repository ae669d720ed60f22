//! `/graphql`: reads an operation from an HTTP request, runs it, and writes the result as an HTTP response.

use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use contract::headers::is_json;
use futures::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header::IF_NONE_MATCH, request::Parts};
use percent_encoding::percent_decode_str;
use tokio::time::timeout_at;

use super::{
    App,
    caching::PublicResponse,
    exchange::Exchange,
    failure::Failure,
    media::{MediaType, StreamType},
    parameters, response, status,
    streaming::{self, StreamSeats},
    websocket,
};
use crate::{
    auth::Credentials,
    events::{Answer, Subscription},
    operations::OperationKind,
    requests::{Ask, Audience, Client, Executed, Parameters, Refused},
};

/// A request with this header, of any value, gets `extensions.cost` if the policy shows the schema.
const SHOW_COST: &str = "x-tessera-cost";
/// `Last-Event-ID` (WHATWG HTML, section 9.2.4).
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
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
    let accepted = Accepted::read(&parts.headers);
    if accepted.stream == Some(StreamType::Sse) && resume_behind(&parts.headers).as_deref() == Some(streaming::END) {
        // `EventSource` has heard the end, and asks again.
        return exchange.answered(StatusCode::NO_CONTENT.into_response());
    }
    let outcome = match accepted.is_anything() {
        // A panic in a stage ends only this request. The panic hook logs its text.
        true => AssertUnwindSafe(run(&app, Incoming { parts, body, accepted: &accepted }, &mut exchange))
            .catch_unwind()
            .await
            .unwrap_or(Err(Refused::Internal.into())),
        false => Err(Failure::NotAcceptable),
    };
    match outcome {
        Ok(Answer::Executed(executed)) => write(&app, *executed, exchange, accepted),
        Ok(Answer::Subscribed(subscription)) => subscribed(&app, *subscription, exchange, accepted),
        Err(failure) => failed(failure, exchange, &accepted),
    }
}

/// Representations of the response that the client accepts or has cached.
struct Accepted {
    /// For one result.
    single: Option<MediaType>,
    /// For subscriptions, and for one result where nothing else is accepted.
    stream: Option<StreamType>,
    if_none_match: Vec<HeaderValue>,
}

impl Accepted {
    fn read(headers: &HeaderMap) -> Self {
        Self {
            single: MediaType::accepted(headers),
            stream: StreamType::accepted(headers),
            if_none_match: headers.get_all(IF_NONE_MATCH).iter().cloned().collect(),
        }
    }

    fn is_anything(&self) -> bool {
        self.single.is_some() || self.stream == Some(StreamType::Sse)
    }

    /// For responses that cannot be streams.
    fn media_type(&self) -> MediaType {
        self.single.unwrap_or(MediaType::Json)
    }
}

/// A request, and what its client accepts.
struct Incoming<'a> {
    parts: Parts,
    body: Body,
    accepted: &'a Accepted,
}

/// Reads the request and runs its operation.
async fn run(app: &App, incoming: Incoming<'_>, exchange: &mut Exchange) -> Result<Answer, Failure> {
    let Incoming { parts, body, accepted } = incoming;
    let deadline = exchange.context().deadline();
    let parameters = timeout_at(deadline, read(app, &parts, body)).await.unwrap_or(Err(Failure::RequestTimeout))?;
    let ask = ask(&parts, parameters, exchange, accepted)?;
    Ok(app.events.answer(ask, exchange.record()).await?)
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

fn ask(parts: &Parts, parameters: Parameters, exchange: &Exchange, accepted: &Accepted) -> Result<Ask, Failure> {
    let id_in_path = parts.uri.path().strip_prefix("/graphql/").map(|path| percent_decode_str(path).decode_utf8());
    let id_in_path = id_in_path.transpose().map_err(|_| Failure::BadRequest("the path is not UTF-8".into()))?;
    let is_safe = parts.method != Method::POST;
    let name = client_name(&parts.headers);
    Ok(Ask {
        parameters: Parameters { id_in_path: id_in_path.map(Into::into), ..parameters },
        credentials: Credentials::from_headers(&parts.headers),
        client: Client { address: exchange.client(), name },
        allowed_kinds: allowed_kinds(&parts.method, accepted.stream.is_some()),
        may_be_shared: is_safe,
        resume_behind: resume_behind(&parts.headers),
        shows_cost: parts.headers.contains_key(SHOW_COST),
        context: exchange.context().clone(),
    })
}

/// The client's name, if it says one.
pub(super) fn client_name(headers: &HeaderMap) -> Option<String> {
    CLIENT_NAME.iter().find_map(|name| headers.get(*name)?.to_str().ok()).map(str::to_owned)
}

/// `Last-Event-ID`: where a stream of Server-Sent Events is resumed. One that is not UTF-8 is no cursor either, and is refused as
/// such: the stream must not begin at another place than the client asks for.
fn resume_behind(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(LAST_EVENT_ID).filter(|id| !id.is_empty())?;
    Some(String::from_utf8_lossy(id.as_bytes()).into_owned())
}

/// Safe methods (RFC 9110, section 9.2.1) carry no mutations; subscriptions need a response that is a stream.
fn allowed_kinds(method: &Method, accepts_stream: bool) -> &'static [OperationKind] {
    use OperationKind::{Mutation, Query, Subscription};
    match (method, accepts_stream) {
        (&Method::POST, true) => &[Query, Mutation, Subscription],
        (&Method::POST, false) => &[Query, Mutation],
        (&Method::GET, true) => &[Query, Subscription],
        _ => &[Query],
    }
}

fn subscribed(app: &Arc<App>, subscription: Subscription, exchange: Exchange, accepted: Accepted) -> Response {
    let seats = app.caps.enter(exchange.client()).and_then(|seat| StreamSeats::take(app, seat, &subscription));
    match (seats, accepted.stream) {
        (Ok(seats), Some(stream)) => streaming::subscribed(app, exchange, (stream, seats), subscription),
        (Ok(_), None) => exchange.refused(&Failure::NoStreamType, accepted.media_type()),
        (Err(full), _) => failed(full.into(), exchange, &accepted),
    }
}

/// A failure, as a stream where the client expects one: clients of Server-Sent Events read errors of their operation there, and
/// try again where a stream only ends.
fn failed(failure: Failure, mut exchange: Exchange, accepted: &Accepted) -> Response {
    let is_subscription = exchange.record().kind == Some(OperationKind::Subscription);
    let is_stream = accepted.single.is_none() || is_subscription;
    if !is_stream || accepted.stream != Some(StreamType::Sse) {
        return exchange.refused(&failure, accepted.media_type());
    }
    match status::of(&failure, MediaType::GraphqlResponse) {
        StatusCode::OK | StatusCode::BAD_REQUEST => exchange.refused_in_stream(&failure),
        StatusCode::SERVICE_UNAVAILABLE => exchange.put_off(&failure),
        _ => exchange.refused(&failure, accepted.media_type()),
    }
}

fn write(app: &App, executed: Executed, exchange: Exchange, accepted: Accepted) -> Response {
    let Accepted { single, if_none_match, .. } = accepted;
    let Some(media_type) = single else { return exchange.executed_in_stream(&executed) };
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
