//! The composition root: builds every stage from the configuration, serves a listener until shutdown, then drains.

mod watch;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use ::http::{HeaderValue, header::InvalidHeaderValue};
use contract::key_set::{JwkSet, KeySource};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::Authenticator,
    budgets::Budgets,
    clients::{
        BaseUrl, CallContext, Clients, ConnectionsError, HttpClients, InvalidBaseUrl, Ourselves, Route, ServiceClient,
        ServiceClientSettings,
    },
    config::{self, Config},
    events::{Caps, Events, Parts},
    graphql::{SCALAR_CHECKS, Schema},
    http::{self, App, Bodies, ClientAddresses, router},
    operations::{
        Limits, Operations, SchemaError,
        documents::{AutomaticDocuments, Documents, SourceError},
    },
    requests::Pipeline,
    services::Service,
    telemetry::{self, LiveState, Metrics},
};

/// Why the BFF does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The API key cannot be sent in a header.
    #[error("services.api_key cannot be sent in a header")]
    ApiKey(#[from] InvalidHeaderValue),
    /// There are no HTTP clients.
    #[error(transparent)]
    HttpClients(#[from] ConnectionsError),
    /// The address of a service is not one.
    #[error("services: {0}")]
    BaseUrl(#[from] InvalidBaseUrl),
    /// The schema is not usable for validation.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A trusted document is not valid.
    #[error("documents.sources: {0}")]
    Documents(#[from] SourceError),
    /// The metrics' address cannot be listened on.
    #[error("metrics.listen: cannot listen on {0}: {1}")]
    Metrics(SocketAddr, io::Error),
    /// The listener failed.
    #[error("serving failed: {0}")]
    Serve(#[from] io::Error),
}

/// Serves until `shutdown` resolves and the requests in flight are answered, or the drain times out.
pub async fn serve(
    config: &Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    run(app(config)?, config, listener, shutdown).await
}

/// Serves an app that is already built.
pub async fn run(
    app: App,
    config: &Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let (draining, closing) = (app.draining.clone(), app.closing.clone());
    let app = Arc::new(app);
    if let Some(listen) = config.metrics.listen {
        let served = telemetry::serve(app.metrics.clone(), listen).await;
        served.map_err(|error| StartError::Metrics(listen, error))?;
    }
    tracing::info!(address = %listener.local_addr()?, "listening");
    let commands = app.pipeline.commands.clone();
    let (warm, stopped) = (Arc::clone(&app), draining.clone());
    tokio::spawn(async move { stopped.run_until_cancelled(warm.pipeline.authenticator.warm_up()).await });
    let events = Arc::clone(&app.events);
    let reading = tokio::spawn(async move { events.read().await });
    let every = config.documents.reload;
    if !every.is_zero() {
        let (watched, stopped) = (Arc::clone(&app), draining.clone());
        tokio::spawn(async move { stopped.run_until_cancelled(watch::watch(watched, every)).await });
    }
    let routes = router(app);
    let stop = draining.clone();
    let (close, linger) = (closing.clone(), config.http.linger);
    tokio::spawn(async move {
        shutdown.await;
        stop.cancel();
        // Keep accepting while load balancers notice that `/readyz` fails.
        tokio::time::sleep(linger).await;
        close.cancel();
    });
    let served = http::serve(listener, routes, config.connections.within_open_files()?, closing.clone());
    let drain = config.http.drain;
    tokio::select! {
        () = async {
            served.await;
            commands.close();
            commands.wait().await;
        } => {}
        () = async { closing.cancelled().await; tokio::time::sleep(drain).await } => {
            tracing::warn!(drain_seconds = drain.as_secs(), "drain timed out: requests in flight were aborted");
        }
    }
    reading.abort();
    Ok(())
}

/// Builds the stages.
///
/// # Errors
/// A stage cannot be built with these settings.
pub fn app(config: &Config) -> Result<App, StartError> {
    app_with(config, |_| {})
}

/// [`app`] with a pipeline that is changed before anything else uses it: for tests.
///
/// # Errors
/// A stage cannot be built with these settings.
pub fn app_with(config: &Config, change: impl FnOnce(&mut Pipeline)) -> Result<App, StartError> {
    let schema = Schema::new().with_max_text(config.limits.answer_text);
    let http = HttpClients::new(config.timeouts.connect)?;
    let clients = clients(config, &http)?;
    let source = key_source(clients.clone(), config.timeouts.call);
    let operations = operations(&schema, config.limits)?;
    let documents = documents(&config.documents, &operations)?;
    let metrics = Metrics::new();
    metrics.trusted_documents(documents.trusted().ids());
    let mut pipeline = Pipeline {
        documents,
        operations,
        schema,
        engine_runs_queries: false,
        authenticator: Authenticator::new(&config.auth, source),
        budgets: Budgets::new(config.budgets),
        clients,
        slots: Arc::new(Semaphore::new(config.http.max_running)),
        commands: TaskTracker::new(),
    };
    change(&mut pipeline);
    let pipeline = Arc::new(pipeline);
    let parts = Parts {
        pipeline: Arc::clone(&pipeline),
        settings: &config.events,
        timeout: config.timeouts.request,
        metrics: metrics.clone(),
    };
    let api_key = api_key(config)?;
    let events = Arc::new(Events::new(parts, |service| feed::Source {
        url: config.services.url(service).into(),
        api_key: api_key.clone(),
        http: http.others.clone(),
    }));
    let caps = Caps::new(&config.events, metrics.clone());
    let (counted, seats) = (Arc::clone(&events), caps.clone());
    metrics.live().observe(move || LiveState { connections: seats.connections(), ..counted.state() });
    Ok(App {
        pipeline,
        events,
        client_addresses: ClientAddresses::new(config.http.trusted_proxies.clone(), metrics.clone()),
        metrics,
        request_timeout: config.timeouts.request,
        bodies: Bodies::new(&config.http),
        cors: config.cors.clone(),
        cache_headers: config.caching.clone(),
        development: config.http.development,
        draining: CancellationToken::new(),
        closing: CancellationToken::new(),
        drain: config.http.drain,
        caps,
        live: config.events.clone(),
    })
}

/// The BFF's key, as a header of its requests to the services.
fn api_key(config: &Config) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut api_key = HeaderValue::from_str(config.services.api_key.reveal())?;
    api_key.set_sensitive(true);
    Ok(api_key)
}

/// The stage that validates and plans operations.
///
/// # Errors
/// The schema is not usable for validation.
pub fn operations(schema: &Schema, limits: Limits) -> Result<Operations, SchemaError> {
    Operations::new(&schema.sdl(), limits, SCALAR_CHECKS.into_iter().collect())
}

/// The documents that clients may send.
///
/// # Errors
/// A file cannot be read, or a document is not valid.
pub fn documents(settings: &config::Documents, operations: &Operations) -> Result<Documents, SourceError> {
    let registers = settings.automatic.unwrap_or(settings.policy.takes_unknown());
    let automatic = registers.then(|| AutomaticDocuments::new(settings.automatic_bytes));
    Documents::new(settings.policy, settings.sources.clone(), automatic, operations)
}

/// The public keys that sign access tokens.
static KEY_SET: Route<Ourselves, (), (), JwkSet> = Route::document(Service::User, "/.well-known/jwks.json");

/// The keys of access tokens, fetched from the user service.
fn key_source(clients: Clients, timeout: Duration) -> KeySource {
    Box::new(move || {
        let clients = clients.clone();
        Box::pin(async move {
            let answer = clients.call(&CallContext::own(timeout), KEY_SET.read((), &(), &[()])).await;
            let key_set = answer.map_err(|error| error.to_string())?.remove(&());
            key_set.ok_or_else(|| "no key set".into())
        })
    })
}

fn clients(config: &Config, http: &HttpClients) -> Result<Clients, StartError> {
    let api_key = api_key(config)?;
    let mut base_urls = Vec::with_capacity(Service::ALL.len());
    for service in Service::ALL {
        base_urls.push(config.services.url(*service).parse::<BaseUrl>()?);
    }
    Ok(Clients::new(|service| {
        ServiceClient::new(ServiceClientSettings {
            service,
            base_url: base_urls[service as usize].clone(),
            api_key: api_key.clone(),
            call_timeout: config.timeouts.call,
            http: http.calls.clone(),
        })
    }))
}

/// Stack of a worker thread, in bytes. Measured: an unoptimised build needs some 45 KB per level of nesting, and
/// `limits.max_nesting` is at most 100. Unused pages take no memory.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// The runtime of the process.
pub fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()
}

/// Installs the TLS implementation of this process. A second call has no effect.
pub fn install_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Resolves on SIGTERM or SIGINT.
pub async fn shutdown_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        // Without signal handlers, signals have their default action.
        _ => std::future::pending().await,
    }
}
