//! The settings of the order service: those of every service, and the addresses of its peers. In: arguments and environment.
//! Out: validated values.

use chassis::{
    ServiceSettings,
    peer::{ApiKey, PeerUrl},
};

/// All settings of the service.
#[derive(Clone, Debug, clap::Args)]
pub struct OrderSettings {
    /// The settings of every service.
    #[command(flatten)]
    pub service: ServiceSettings,

    /// The user service, whose keys sign the tokens: http://HOST:PORT
    #[arg(long, env = "TESSERA_USER_SERVICE_URL")]
    pub user_service_url: PeerUrl,

    /// The post service, for titles, prices, stocks and sellers: http://HOST:PORT
    #[arg(long, env = "TESSERA_POST_SERVICE_URL")]
    pub post_service_url: PeerUrl,

    /// The X-Api-Key for the post service, which must have its hash; without one, rate limits count this address
    #[arg(long, env = "TESSERA_API_KEY", hide_env_values = true)]
    pub api_key: Option<ApiKey>,
}
