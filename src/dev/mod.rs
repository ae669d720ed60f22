//! `tessera dev`: the BFF and the services in one process, each on a port of its own, over SQLite files with demo
//! data. The services are the same code as their own programs; only this verb knows demo credentials.

mod folder;
mod ports;
mod services;
mod welcome;

use std::{error::Error, path::PathBuf, time::Duration};

pub use services::{Opening, open};

use clap::{Args, ValueEnum};
use contract::RequestId;
use demo::Plan;
use tokio_util::sync::CancellationToken;

use self::{folder::Folder, ports::Ports, services::Services};
use crate::{
    config::{Config, Documents, Secret},
    http::HttpSettings,
    operations::documents::Policy,
    server,
    telemetry::{self, Log, LogFormat},
};

/// What `tessera dev` can be told.
#[derive(Args, Clone, Debug)]
pub struct DevArguments {
    /// The BFF's port; the services use the ports that follow it.
    #[arg(long, default_value_t = 4000, value_name = "P")]
    pub port: u16,
    /// Where the databases are.
    #[arg(long, default_value = "data", value_name = "FOLDER")]
    pub data_dir: PathBuf,
    /// Throws the databases away and makes new ones.
    #[arg(long)]
    pub fresh: bool,
    /// Which demo data: the same number, the same data.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// How much demo data.
    #[arg(long, value_enum, default_value_t = Scale::Small)]
    pub scale: Scale,
}

/// How much demo data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// 50 users, 500 posts, 2,000 comments, 300 orders.
    Small,
    /// 10,000 users, 200,000 posts, 1,000,000 comments, 200,000 orders.
    Large,
}

/// Serves until SIGTERM or SIGINT.
pub fn run(arguments: &DevArguments) -> Result<(), Box<dyn Error>> {
    // Without the texts of statements that are slow because they are large: those of the demo data.
    let log = Log { format: LogFormat::Readable, level: "info,sqlx=error".into() };
    let _log = telemetry::install(&log)?;
    server::install_cryptography();
    server::runtime()?.block_on(serve(arguments, log))
}

/// Every document is answered; those of `persisted-queries/` are trusted where there is such a folder.
fn documents() -> Documents {
    let sources = Documents::default().sources.into_iter().filter(|source| source.exists()).collect();
    Documents { policy: Policy::AllowAny, sources, ..Documents::default() }
}

async fn serve(arguments: &DevArguments, log: Log) -> Result<(), Box<dyn Error>> {
    let scale = match arguments.scale {
        Scale::Small => demo::Scale::Small,
        Scale::Large => demo::Scale::Large,
    };
    let plan = Plan { seed: arguments.seed, scale };
    let ports = Ports::take(arguments.port).await?;
    let folder = Folder::prepare(&arguments.data_dir, plan, arguments.fresh)?;
    let empty = folder.is_empty()?;
    // A key of this run only: nobody else can know it.
    let api_key = RequestId::generate().to_string();
    let services = Services::open(&folder, &ports.services, &api_key).await?;
    if empty {
        demo::fill(plan, &services.databases()).await?;
        folder.filled()?;
    }
    let config = Config {
        http: HttpSettings {
            listen: ports.bff.local_addr()?,
            // There is no load balancer in front, and the user who pressed Ctrl-C is waiting for the end.
            linger: Duration::ZERO,
            drain: Duration::from_secs(1),
            development: true,
            ..HttpSettings::default()
        },
        documents: documents(),
        log,
        ..Config::of(services.config(Secret::new(api_key)))
    };
    config.check()?;
    // The services outlive the BFF: a request under way may still need them.
    let done = CancellationToken::new();
    let running = services.serve(ports.services, &done);
    welcome::print(&config)?;
    let served = server::serve(&config, ports.bff, server::shutdown_signal()).await;
    done.cancel();
    running.await;
    Ok(served?)
}
