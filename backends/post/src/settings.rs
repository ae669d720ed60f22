//! What the post service is told at its start besides what all services are: where the keys are that sign tokens.

use chassis::{ServiceSettings, peer::PeerUrl};

/// All settings of the service.
#[derive(Clone, Debug, clap::Args)]
pub struct PostSettings {
    /// What all services have.
    #[command(flatten)]
    pub service: ServiceSettings,

    /// The user service, whose keys sign the tokens: http://HOST:PORT
    #[arg(long, env = "TESSERA_USER_SERVICE_URL")]
    pub user_service_url: PeerUrl,
}
