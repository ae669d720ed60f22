//! The three services, put together as their own programs do, over the folder's databases.

use chassis::{Service, ServiceSettings, StartError, caller::ApiKeyHash, database::DatabaseUrl};
use contract::Clock;
use demo::Databases;
use order_service::OrderSettings;
use post_service::PostSettings;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;
use user_service::UserSettings;

use super::{folder::Folder, ports::Ports};
use crate::config;

/// The services, not served yet.
pub struct Services {
    user: Service,
    post: Service,
    order: Service,
    urls: [String; 3],
}

impl Services {
    /// Opens the databases, made if they are missing. The services know the BFF by `api_key`.
    pub async fn open(folder: &Folder, ports: &Ports, api_key: &str) -> Result<Self, StartError> {
        let clock = Clock::system();
        let settings = |index: usize| -> Result<ServiceSettings, StartError> {
            let listen = ports.services[index].local_addr()?;
            let database = DatabaseUrl::Sqlite(folder.database(index));
            Ok(ServiceSettings {
                api_key_hashes: vec![ApiKeyHash::of(api_key)],
                ..ServiceSettings::new(database, listen)
            })
        };
        let [user, post, order] = [settings(0)?, settings(1)?, settings(2)?];
        let urls = [&user, &post, &order].map(|settings| format!("http://{}", settings.listen));
        let peer = |url: &String| url.parse().map_err(|error| StartError::Other(format!("{url}: {error}")));
        let post = PostSettings { service: post, user_service_url: peer(&urls[0])? };
        let order = OrderSettings {
            service: order,
            user_service_url: peer(&urls[0])?,
            post_service_url: peer(&urls[1])?,
            api_key: Some(api_key.parse().map_err(|error| StartError::Other(format!("the API key: {error}")))?),
        };
        Ok(Self {
            user: user_service::service(&UserSettings::new(user), clock.clone()).await?,
            post: post_service::service(&post, clock.clone()).await?,
            order: order_service::service(&order, clock).await?,
            urls,
        })
    }

    /// The databases, for demo data.
    pub fn databases(&self) -> Databases<'_> {
        Databases { user: self.user.database(), post: self.post.database(), order: self.order.database() }
    }

    /// How the BFF finds the services.
    pub fn config(&self, api_key: config::Secret) -> config::Services {
        let [user, post, order] = self.urls.clone().map(|url| config::Service { url });
        config::Services { api_key, user, post, order }
    }

    /// Serves until `done`; the future ends when all have stopped.
    pub fn serve(self, listeners: [TcpListener; 3], done: &CancellationToken) -> impl Future<Output = ()> + use<> {
        let mut running = JoinSet::new();
        for (service, listener) in [self.user, self.post, self.order].into_iter().zip(listeners) {
            running.spawn(service.serve(listener, done.clone().cancelled_owned()));
        }
        async move { while running.join_next().await.is_some() {} }
    }
}
