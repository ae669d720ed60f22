//! The settings of the post service: those of every service, and the source of token keys. In: arguments and environment.
//! Out: validated values.

use chassis::{ServiceSettings, peer::PeerUrl};

/// All settings of the service.
#[derive(Clone, Debug, clap::Args)]
pub struct PostSettings {
    /// The settings of every service.
    #[command(flatten)]
    pub service: ServiceSettings,

    /// The user service, whose keys sign the tokens: http://HOST:PORT
    #[arg(long, env = "TESSERA_USER_SERVICE_URL")]
    pub user_service_url: PeerUrl,
}
