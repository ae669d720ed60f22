//! What the order service is told at its start besides what all services are: where the services are that it asks.

use chassis::{
    ServiceSettings,
    peer::{ApiKey, PeerUrl},
};

/// All settings of the service.
#[derive(Clone, Debug, clap::Args)]
pub struct OrderSettings {
    /// What all services have.
    #[command(flatten)]
    pub service: ServiceSettings,

    /// The user service, whose keys sign the tokens: http://HOST:PORT
    #[arg(long, env = "TESSERA_USER_SERVICE_URL")]
    pub user_service_url: PeerUrl,

    /// The post service, which is asked for title, price, stock and seller: http://HOST:PORT
    #[arg(long, env = "TESSERA_POST_SERVICE_URL")]
    pub post_service_url: PeerUrl,

    /// The key to show to the post service, which must know its hash; without one, calls count against this address
    #[arg(long, env = "TESSERA_API_KEY", hide_env_values = true)]
    pub api_key: Option<ApiKey>,
}
