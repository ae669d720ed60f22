//! The services of `tessera dev`, put together as their own programs do, over the folder's databases. A service is one arm of
//! [`open`], in which it is given the addresses of those that it calls.

use std::collections::BTreeMap;

use chassis::{Service as Opened, ServiceSettings, StartError, caller::ApiKeyHash, database::DatabaseUrl};
use contract::Clock;
use demo::Databases;
use order_service::OrderSettings;
use post_service::PostSettings;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use user_service::UserSettings;

use super::{folder::Folder, ports::Listeners};
use crate::{config, services::Service};

/// The services, not served yet.
pub struct Services {
    opened: BTreeMap<Service, Opened>,
    urls: BTreeMap<Service, String>,
}

/// What a service is opened with.
pub struct Opening<'a> {
    /// Its own settings.
    pub settings: ServiceSettings,
    /// The addresses of the services before it in [`Service::ALL`], at least.
    pub urls: &'a BTreeMap<Service, String>,
    /// The key by which services call each other.
    pub api_key: &'a str,
}

/// Opens a service.
///
/// # Errors
/// The database cannot be opened, or a setting is not valid.
pub async fn open(service: Service, opening: Opening<'_>) -> Result<Opened, StartError> {
    let clock = Clock::system();
    let peer = |service: Service| opening.urls[&service].parse().map_err(|error| other(&service, &error));
    let api_key = || opening.api_key.parse().map(Some).map_err(|error| other(&"the API key", &error));
    let settings = opening.settings;
    match service {
        Service::User => user_service::service(&UserSettings::new(settings), clock).await,
        Service::Post => {
            let user_service_url = peer(Service::User)?;
            post_service::service(&PostSettings { service: settings, user_service_url }, clock).await
        }
        Service::Order => {
            let (user_service_url, post_service_url) = (peer(Service::User)?, peer(Service::Post)?);
            let api_key = api_key()?;
            let settings = OrderSettings { service: settings, user_service_url, post_service_url, api_key };
            order_service::service(&settings, clock).await
        }
    }
}

fn other(what: &dyn std::fmt::Display, error: &dyn std::fmt::Display) -> StartError {
    StartError::Other(format!("{what}: {error}"))
}

impl Services {
    /// Opens the databases, made if they are missing. The services know the BFF by `api_key`.
    pub async fn open(folder: &Folder, listeners: &Listeners, api_key: &str) -> Result<Self, StartError> {
        let mut urls = BTreeMap::new();
        for (service, listener) in listeners {
            urls.insert(*service, format!("http://{}", listener.local_addr()?));
        }
        let mut opened = BTreeMap::new();
        for (service, listener) in listeners {
            let database = DatabaseUrl::Sqlite(folder.database(*service));
            let settings = ServiceSettings {
                api_key_hashes: vec![ApiKeyHash::of(api_key)],
                ..ServiceSettings::new(database, listener.local_addr()?)
            };
            opened.insert(*service, open(*service, Opening { settings, urls: &urls, api_key }).await?);
        }
        Ok(Self { opened, urls })
    }

    /// The databases, for demo data.
    pub fn databases(&self) -> Databases<'_> {
        let of = |service: Service| self.opened[&service].database();
        Databases { user: of(Service::User), post: of(Service::Post), order: of(Service::Order) }
    }

    /// The addresses of the services, for the BFF.
    pub fn config(&self, api_key: config::Secret) -> config::Services {
        config::Services { api_key, urls: self.urls.clone() }
    }

    /// Serves until `done`; the future ends when all have stopped.
    pub fn serve(self, listeners: Listeners, done: &CancellationToken) -> impl Future<Output = ()> + use<> {
        let mut running = JoinSet::new();
        for (service, listener) in self.opened.into_values().zip(listeners.into_values()) {
            running.spawn(service.serve(listener, done.clone().cancelled_owned()));
        }
        async move { while running.join_next().await.is_some() {} }
    }
}
