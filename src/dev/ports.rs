//! The four ports of `tessera dev`, all taken before anything else happens.

use std::{io, net::Ipv4Addr};

use tokio::net::TcpListener;

/// Listeners on four ports in a row.
pub struct Ports {
    /// The BFF's.
    pub bff: TcpListener,
    /// The services', in the order of `Service::ALL`.
    pub services: [TcpListener; 3],
}

/// A port that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Somebody else has it, or it is not ours to take.
    #[error("cannot listen on 127.0.0.1:{port}: {error}; choose four other ports in a row with --port")]
    Taken {
        /// Which port.
        port: u16,
        /// What the system says.
        error: io::Error,
    },
    /// There are no four ports from there on.
    #[error("--port {0} leaves no room for the three services' ports behind it: 1 to 65532")]
    NoRoom(u16),
}

impl Ports {
    /// Takes `first` and the three behind it.
    pub async fn take(first: u16) -> Result<Self, PortError> {
        let port = |offset: u16| first.checked_add(offset).filter(|_| first > 0).ok_or(PortError::NoRoom(first));
        let (user, post, order) = (port(1)?, port(2)?, port(3)?);
        Ok(Self { bff: take(first).await?, services: [take(user).await?, take(post).await?, take(order).await?] })
    }
}

async fn take(port: u16) -> Result<TcpListener, PortError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| PortError::Taken { port, error })
}
