//! The ports of `tessera dev` in a row, the BFF's and one for each service, all taken before anything else happens.

use std::{collections::BTreeMap, io, net::Ipv4Addr};

use tokio::net::TcpListener;

use crate::services::Service;

/// The listener of each service.
pub type Listeners = BTreeMap<Service, TcpListener>;

/// Listeners on ports in a row.
pub struct Ports {
    /// The BFF's.
    pub bff: TcpListener,
    /// The services', in the order of [`Service::ALL`].
    pub services: Listeners,
}

/// A port that is not available.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Another process listens on it, or it is not ours to take.
    #[error("cannot listen on 127.0.0.1:{port}: {error}; choose {COUNT} other ports in a row with --port")]
    Taken {
        /// Which port.
        port: u16,
        /// What the system says.
        error: io::Error,
    },
    /// There are not that many ports from there on.
    #[error("--port {0} leaves no room for the {SERVICES} services' ports after it: 1 to {LAST_FIRST}")]
    NoRoom(u16),
}

const SERVICES: u16 = Service::ALL.len() as u16;
const COUNT: u16 = SERVICES + 1;
const LAST_FIRST: u16 = u16::MAX - SERVICES;

impl Ports {
    /// Takes `first` and those after it.
    pub async fn take(first: u16) -> Result<Self, PortError> {
        if !(1..=LAST_FIRST).contains(&first) {
            return Err(PortError::NoRoom(first));
        }
        let bff = take(first).await?;
        let mut services = BTreeMap::new();
        for (port, service) in (first + 1..).zip(Service::ALL) {
            services.insert(*service, take(port).await?);
        }
        Ok(Self { bff, services })
    }
}

async fn take(port: u16) -> Result<TcpListener, PortError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| PortError::Taken { port, error })
}
