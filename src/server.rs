//! The composition root: builds every stage from the configuration, serves a listener until told to stop, then drains.

use std::{sync::Arc, time::Duration};

use ::http::{
    HeaderName, HeaderValue,
    header::{InvalidHeaderName, InvalidHeaderValue},
};
use contract::{Clock, key_set::KeySource, token::TokenVerifier};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    auth::Authenticator,
    budgets::{Budgets, Mode},
    clients::{
        CallContext, Clients, Door, DoorSettings, Service, order::OrderClient, post::PostClient, user::UserClient,
    },
    config::{self, BudgetMode, Config, TagSeparator},
    graphql::{SCALAR_CHECKS, Schema},
    http::{self, App, CacheHeaders, Cors, Patience, router},
    operations::{Limits, Operations, SchemaError},
};

/// Why the BFF does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The API key cannot be sent in a header.
    #[error("services.api_key cannot be sent in a header")]
    ApiKey(#[from] InvalidHeaderValue),
    /// Tags cannot be sent under that name.
    #[error("caching.tag_header is not the name of a header")]
    TagHeader(#[from] InvalidHeaderName),
    /// The connection pool cannot be built.
    #[error("the HTTP client cannot be built: {0}")]
    HttpClient(#[from] reqwest::Error),
    /// The schema and what judges documents by it do not agree.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The listener failed.
    #[error("serving failed: {0}")]
    Serve(#[from] std::io::Error),
}

/// Serves until `shutdown` resolves and the requests under way are answered, or the drain time is over.
pub async fn serve(
    config: &Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    run(app(config)?, config, listener, shutdown).await
}

/// [`serve`] of an app that was put together before.
pub async fn run(
    app: App,
    config: &Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let draining = app.draining.clone();
    let app = Arc::new(app);
    tracing::info!(address = %listener.local_addr()?, "listening");
    let commands = app.commands.clone();
    let (warm, stopped) = (Arc::clone(&app), draining.clone());
    tokio::spawn(async move { stopped.run_until_cancelled(warm.authenticator.warm_up()).await });
    let routes = router(app);
    let stop = draining.clone();
    tokio::spawn(async move {
        shutdown.await;
        stop.cancel();
    });
    let served = http::serve(listener, routes, patience(&config.connections)?, draining.clone());
    let drain = Duration::from_secs(config.http.drain_seconds);
    tokio::select! {
        () = async {
            served.await;
            commands.close();
            commands.wait().await;
        } => {}
        () = async { draining.cancelled().await; tokio::time::sleep(drain).await } => {
            tracing::warn!(drain_seconds = drain.as_secs(), "requests under way were cut off");
        }
    }
    Ok(())
}

/// Puts the stages together.
///
/// # Errors
/// A setting cannot be used, or the schema and what judges documents by it do not agree.
pub fn app(config: &Config) -> Result<App, StartError> {
    let schema = Schema::new();
    let http = reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(config.timeouts.connect_ms))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let clients = clients(config, &http)?;
    let source = key_source(clients.users.clone(), Duration::from_millis(config.timeouts.call_ms));
    let verifier = TokenVerifier::new(&config.auth.issuer, &config.auth.audience, source, Clock::system());
    Ok(App {
        operations: operations(&schema, &config.limits)?,
        schema,
        authenticator: Authenticator::new(verifier),
        budgets: budgets(&config.budgets),
        clients,
        request_timeout: Duration::from_millis(config.timeouts.request_ms),
        max_body_bytes: config.http.max_body_bytes,
        trusted_proxies: config.http.trusted_proxies.clone(),
        slots: Arc::new(Semaphore::new(config.http.max_running)),
        cors: Cors {
            origins: config.cors.origins.clone(),
            credentials: config.cors.credentials,
            max_age: Duration::from_secs(config.cors.max_age_seconds),
        },
        cache_headers: cache_headers(&config.caching)?,
        development: config.http.development,
        commands: TaskTracker::new(),
        draining: CancellationToken::new(),
    })
}

/// What judges documents by the schema, within the limits.
///
/// # Errors
/// The schema and what judges documents by it do not agree.
pub fn operations(schema: &Schema, limits: &config::Limits) -> Result<Operations, SchemaError> {
    Operations::new(&schema.sdl(), operation_limits(limits), SCALAR_CHECKS.into_iter().collect())
}

/// The settings, as the stage takes them that they are for.
pub fn operation_limits(limits: &config::Limits) -> Limits {
    Limits {
        depth: limits.max_depth,
        aliases: limits.max_aliases,
        directives: limits.max_directives,
        root_fields: limits.max_root_fields,
        cost: limits.max_cost,
        tokens: limits.max_tokens,
        nesting: limits.max_nesting,
        fields: limits.max_fields,
        cache_bytes: limits.document_cache_bytes,
    }
}

/// Descriptors for everything but clients: the services, files, the log.
const OWN_DESCRIPTORS: u64 = 256;

/// The settings, and no more connections than the system gives file descriptors for: the services need some too.
fn patience(connections: &config::Connections) -> std::io::Result<Patience> {
    let descriptors = rlimit::increase_nofile_limit(u64::MAX)?;
    let most = descriptors.saturating_sub(OWN_DESCRIPTORS).max(1);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if connections.max > most {
        tracing::warn!(descriptors, "fewer connections than connections.max: the limit of open files is low");
    }
    Ok(Patience {
        connections: connections.max.min(most),
        first_request: Duration::from_millis(connections.first_request_ms),
        idle: Duration::from_millis(connections.idle_ms),
        write: Duration::from_millis(connections.write_ms),
    })
}

fn budgets(budgets: &config::Budgets) -> Budgets {
    let mode = match budgets.mode {
        BudgetMode::Enforce => Mode::Enforce,
        BudgetMode::Measure => Mode::Measure,
    };
    Budgets::new(budgets.capacity, budgets.per_second, mode)
}

fn cache_headers(caching: &config::Caching) -> Result<CacheHeaders, StartError> {
    Ok(CacheHeaders {
        stale_while_revalidate: caching.stale_while_revalidate_seconds,
        stale_if_error: caching.stale_if_error_seconds,
        tag_header: HeaderName::from_bytes(caching.tag_header.as_bytes())?,
        tag_separator: match caching.tag_separator {
            TagSeparator::Space => " ",
            TagSeparator::Comma => ",",
        },
    })
}

/// Keys come from the user service, through the same door as everything else.
fn key_source(users: UserClient, timeout: Duration) -> KeySource {
    Box::new(move || {
        let users = users.clone();
        Box::pin(async move { users.key_set(&CallContext::own(timeout)).await.map_err(|error| error.to_string()) })
    })
}

fn clients(config: &Config, http: &reqwest::Client) -> Result<Clients, StartError> {
    let mut api_key = HeaderValue::from_str(config.services.api_key.reveal())?;
    api_key.set_sensitive(true);
    let door = |service, at: &config::Service| {
        Door::new(DoorSettings {
            service,
            base_url: at.url.clone(),
            api_key: api_key.clone(),
            call_timeout: Duration::from_millis(config.timeouts.call_ms),
            http: http.clone(),
        })
    };
    Ok(Clients {
        users: UserClient::new(door(Service::User, &config.services.user)),
        posts: PostClient::new(door(Service::Post, &config.services.post)),
        orders: OrderClient::new(door(Service::Order, &config.services.order)),
    })
}

/// The stack of a thread that runs operations. Measured: an unoptimised build needs some 45 KB a level of nesting, and
/// 100 levels are the most that can be configured. Only what is used of it takes memory.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// The threads that everything runs on.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()
}

/// Chooses the TLS implementation of this process. A second call changes nothing.
pub fn install_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Resolves on SIGTERM or SIGINT.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        // Without signals there is nobody to ask: the process is stopped from outside.
        _ => std::future::pending().await,
    }
}
