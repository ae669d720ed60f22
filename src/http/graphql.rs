//! `/graphql`: the path of a request, stage by stage.
//! negotiate → read → find the document → select its operation → authenticate → complete with variables → charge → execute →
//! answer.

use std::{
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    sync::Arc,
};

use async_graphql::Variables;
use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use contract::{
    RequestId, TraceContext,
    headers::{TRACEPARENT, is_json},
    rate_limit::Allowance,
};
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, Method, header::IF_NONE_MATCH, request::Parts};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, timeout_at},
};

use super::{
    App,
    answer::{self, CostReport},
    caching::PublicAnswer,
    client_address::client_address,
    document,
    failure::Failure,
    head,
    media::MediaType,
    request::Parameters,
    request_line::RequestLine,
    timing,
};
use crate::{
    auth::Viewer,
    budgets::Payer,
    clients::CallContext,
    graphql::AccessRule,
    loaders::{self, Level, Scope},
    operations::{Caching, OperationKind, Prepared, PreparedOperation, SelectedOperation, documents::Document},
};

/// Whoever sends this header, with whatever value, hears what the operation cost: in `extensions.cost`.
const SHOW_COST: &str = "x-tessera-cost";

/// Answers one request, whatever it is, and writes its line into the log.
pub async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let request_id = RequestId::accept(header(&parts.headers, answer::REQUEST_ID.as_str()));
    let trace = TraceContext::accept(header(&parts.headers, TRACEPARENT));
    let client = client_address(peer.ip(), &parts.headers, &app.trusted_proxies);
    let context = CallContext::new(started + app.request_timeout, request_id.clone(), trace, client);
    let mut line = RequestLine::new(started, context.clone(), app.metrics.clone());
    let known = parts.headers.get_all(IF_NONE_MATCH).iter().cloned().collect();

    let accepted = MediaType::accepted(&parts.headers);
    let media_type = accepted.unwrap_or(MediaType::Json);
    let answered = match accepted {
        // A panic anywhere in a request ends that request alone. What it printed went to the log by the panic hook.
        Some(_) => AssertUnwindSafe(respond(&app, (parts, body), (context.clone(), client), &mut line))
            .catch_unwind()
            .await
            .unwrap_or(Err(Failure::Internal)),
        None => Err(Failure::NotAcceptable),
    };
    let timed = |mut response: Response| {
        timing::write(response.headers_mut(), started.elapsed(), context.calls().waited);
        response
    };
    let response = match answered {
        Ok(executed) => match for_everybody(&app, &executed, &context, (media_type, known)) {
            // Others will be given it: nothing of this request or viewer goes with it.
            Some(response) => response,
            None => {
                let Executed { response, allowance, cost, .. } = executed;
                let mut answer = answer::executed(&response, cost, media_type, &request_id);
                allowance.write(answer.headers_mut());
                timed(answer)
            }
        },
        Err(failure) => {
            line.refused(failure.code());
            timed(answer::failed(&failure, media_type, &request_id))
        }
    };
    line.answered(response.status());
    response
}

/// What came of an operation that was run.
struct Executed {
    response: async_graphql::Response,
    allowance: Allowance,
    cost: Option<CostReport>,
    /// How long the answer may be kept for everybody, if it was asked for in a way that lets it.
    caching: Option<Caching>,
}

/// The answer that may be kept, if nothing went wrong; `known` are the `If-None-Match` headers.
fn for_everybody(
    app: &App,
    executed: &Executed,
    context: &CallContext,
    (media_type, known): (MediaType, Vec<HeaderValue>),
) -> Option<Response> {
    let caching = executed.caching.filter(|_| executed.response.errors.is_empty() && executed.cost.is_none())?;
    let body = answer::body_for_everybody(&executed.response).ok()?;
    let answer = PublicAnswer { caching, tags: context.tags(), media_type, body };
    Some(app.cache_headers.answer(&known, answer))
}

async fn respond(
    app: &App,
    (parts, body): (Parts, Body),
    (context, client): (CallContext, IpAddr),
    line: &mut RequestLine,
) -> Result<Executed, Failure> {
    head::admit(&parts)?;
    let read = timeout_at(context.deadline(), read(app, &parts, body)).await;
    let parameters = read.unwrap_or(Err(Failure::RequestTimeout))?;
    let slot = Arc::clone(&app.slots).try_acquire_owned().map_err(|_| Failure::Overloaded)?;
    let Admitted { document, viewer, prepared } = admit(app, &parts, parameters, (context.deadline(), line)).await?;
    let Prepared { operation, variables, cost } = prepared;
    let payer = match &viewer {
        Some(viewer) => Payer::User(viewer.id()),
        None => Payer::Network(contract::network(client)),
    };
    let registration = document::registration_cost(&document);
    let charge =
        app.budgets.charge(payer, cost.saturating_add(registration)).await.map_err(Failure::BudgetExhausted)?;
    (line.cost.0, line.overdrawn) = (cost, charge.overdrawn);
    document::note(app, &document, operation.name(), &parts.headers).await;
    let caching = operation.caching();
    // What is for everybody is asked for in nobody's name: a viewer's read cannot be made at all.
    let viewer = viewer.filter(|_| caching.is_none());
    let caching = caching.filter(|_| parts.method == Method::GET);
    if caching.is_some() {
        context.collect_tags();
    }
    let request = loaders::Request { context, viewer, clients: app.clients.clone(), level: Level::default() };
    let executed = execute(app, &operation, (variables, request), slot).await?;
    line.errors = executed.errors.len();
    let actual = match executed.errors.iter().all(answer::is_of_a_service) {
        true => operation.actual_cost(&executed.data),
        // What the client's own mistake made null was fetched all the same.
        false => cost,
    };
    line.cost.1 = actual;
    let allowance = charge.settle(actual.saturating_add(registration)).await;
    let report = CostReport { estimated: cost, actual, budget_remaining: allowance.remaining };
    let cost = (app.documents.policy().shows_schema() && parts.headers.contains_key(SHOW_COST)).then_some(report);
    Ok(Executed { response: executed, allowance, cost, caching })
}

/// An operation that may run, if its cost is paid for.
struct Admitted {
    document: Document,
    viewer: Option<Viewer>,
    prepared: Prepared,
}

/// Everything that can be refused before somebody pays: document, operation, method, viewer, variables, limits.
async fn admit(
    app: &App,
    parts: &Parts,
    parameters: Parameters,
    (deadline, line): (Instant, &mut RequestLine),
) -> Result<Admitted, Failure> {
    let document = document::find(app, parts, &parameters).await?;
    line.document = document.trusted.clone();
    let name = parameters.operation_name.as_deref();
    let selected = match &document.trusted {
        Some(trusted) => app.operations.select_trusted(&trusted.text, name)?,
        None => app.operations.select(&document.text, name)?,
    };
    check_method(&parts.method, &selected)?;
    let authenticated = timeout_at(deadline, app.authenticator.authenticate(&parts.headers)).await;
    let viewer = authenticated.map_err(|_| Failure::DeadlineExceeded)??;
    let prepared = app.operations.complete(&selected, parameters.variables)?;
    if viewer.is_none() && nothing_for_anonymous(&prepared.operation) {
        return Err(Failure::SignInNeeded);
    }
    if !app.documents.policy().shows_schema() {
        prepared.operation.refuse_introspection()?;
    }
    Ok(Admitted { document, viewer, prepared })
}

/// Runs it; its slot is free again when it is done.
async fn execute(
    app: &App,
    operation: &PreparedOperation,
    (variables, request): (Variables, loaders::Request),
    slot: OwnedSemaphorePermit,
) -> Result<async_graphql::Response, Failure> {
    let (schema, flattened) = (app.schema.clone(), operation.document().clone());
    let execution = async move {
        let executed = schema.execute(flattened, variables, Scope::new(request)).await;
        drop(slot);
        executed
    };
    match operation.kind() {
        // A client that hangs up ends its query, but not the commands that it has begun.
        OperationKind::Mutation => app.commands.spawn(execution).await.map_err(|_| Failure::Internal),
        _ => Ok(execution.await),
    }
}

async fn read(app: &App, parts: &Parts, body: Body) -> Result<Parameters, Failure> {
    match parts.method {
        Method::GET => Parameters::from_query_string(parts.uri.query().unwrap_or_default()),
        Method::POST => {
            if !is_json(&parts.headers) {
                return Err(Failure::UnsupportedMediaType);
            }
            Parameters::from_json(&app.bodies.read(&parts.headers, body).await?)
        }
        _ => Err(Failure::MethodNotAllowed("GET, POST")),
    }
}

fn check_method(method: &Method, selected: &SelectedOperation) -> Result<(), Failure> {
    match selected.kind() {
        OperationKind::Mutation if method == Method::GET => Err(Failure::MutationByGet),
        OperationKind::Subscription => Err(Failure::SubscriptionOverHttp),
        _ => Ok(()),
    }
}

/// Whether every root field of a mutation would only say `UNAUTHENTICATED`.
fn nothing_for_anonymous(operation: &PreparedOperation) -> bool {
    operation.kind() == OperationKind::Mutation
        && operation.root_fields().iter().all(|field| field.access.as_deref().is_some_and(AccessRule::needs_viewer))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
