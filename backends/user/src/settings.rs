//! The settings of the user service.
//! In: arguments and environment. Out: validated values, beside those of every service.

use std::time::Duration;

use chassis::ServiceSettings;

/// All settings of the service.
#[derive(Clone, Debug, clap::Args)]
pub struct UserSettings {
    /// The settings of every service.
    #[command(flatten)]
    pub service: ServiceSettings,

    /// Seconds in which a spent refresh token gets the same answer again, unless its successor was used
    #[arg(long, env = "TESSERA_REFRESH_GRACE_SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    pub refresh_grace_seconds: u64,
}

impl UserSettings {
    /// The defaults beside those of the service.
    pub fn new(service: ServiceSettings) -> Self {
        Self { service, refresh_grace_seconds: 60 }
    }

    pub(crate) fn refresh_grace(&self) -> Duration {
        Duration::from_secs(self.refresh_grace_seconds)
    }
}
