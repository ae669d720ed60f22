//! The client's IP address: the socket's peer, or, behind trusted proxies, the right-most address of `X-Forwarded-For` that is
//! not a trusted proxy. Entries further left are written by the client itself. Entries have the form of RFC 7239, section 6:
//! an address with an optional port, IPv6 in brackets with an optional zone.

use std::{net::IpAddr, time::Duration};

use http::HeaderMap;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::network::Network;
use crate::telemetry::Metrics;

/// Time between two warnings about unreadable entries.
const WARN_AGAIN: Duration = Duration::from_secs(60);

/// Reads client addresses; counts the requests whose address is unreadable.
pub(crate) struct ClientAddresses {
    trusted_proxies: Vec<Network>,
    metrics: Metrics,
    last_warning: Mutex<Option<Instant>>,
}

/// An entry of `X-Forwarded-For` that is not an IP address.
#[derive(Debug, PartialEq, Eq)]
struct Unreadable;

impl ClientAddresses {
    /// Trusts `X-Forwarded-For` of proxies in these networks.
    pub(crate) fn new(trusted_proxies: Vec<Network>, metrics: Metrics) -> Self {
        Self { trusted_proxies, metrics, last_warning: Mutex::new(None) }
    }

    /// The client's address; that of the last trusted proxy if the entry before it is unreadable.
    pub(crate) fn read(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut address = peer.to_canonical();
        if self.trusts(address) {
            for entry in entries(headers) {
                let Ok(forwarded) = entry else {
                    self.unreadable(address);
                    break;
                };
                address = forwarded;
                if !self.trusts(address) {
                    break;
                }
            }
        }
        address
    }

    /// Whether the headers of this proxy are trusted.
    pub(super) fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(address))
    }

    /// Warns: all clients behind that proxy share one address, and so one budget.
    fn unreadable(&self, proxy: IpAddr) {
        self.metrics.unreadable_client_address();
        let mut last = self.last_warning.lock();
        if last.is_none_or(|last| last.elapsed() >= WARN_AGAIN) {
            *last = Some(Instant::now());
            tracing::warn!(%proxy, "X-Forwarded-For has an unreadable entry: the proxy's address is used as the client's");
        }
    }
}

/// The entries from right to left. Empty list elements are skipped: RFC 9110, section 5.6.1.2.
fn entries(headers: &HeaderMap) -> impl Iterator<Item = Result<IpAddr, Unreadable>> {
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let entries = lines.into_iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    entries.map(<[u8]>::trim_ascii).filter(|entry| !entry.is_empty()).map(|entry| node(entry).ok_or(Unreadable))
}

/// `node` of RFC 7239, section 6, without obfuscated names and `unknown`, which are not addresses.
fn node(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry).ok()?;
    let entry = entry.strip_prefix('"').and_then(|entry| entry.strip_suffix('"')).unwrap_or(entry);
    if let Some(bracketed) = entry.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        return if port.is_empty() || is_port(port.strip_prefix(':')?) { ip_v6(address) } else { None };
    }
    match entry.split_once(':') {
        Some((address, port)) if !port.contains(':') && is_port(port) => address.parse().ok().map(IpAddr::V4),
        Some(_) => ip_v6(entry),
        None => entry.parse().ok().map(IpAddr::V4),
    }
}

/// `node-port`: a number, or an obfuscated name with a leading underscore.
fn is_port(port: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    match port.strip_prefix('_') {
        Some(name) => is_name(name),
        None => (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// An IPv6 address without its zone (RFC 6874), which is local to the proxy's host.
fn ip_v6(address: &str) -> Option<IpAddr> {
    let address = match address.split_once('%') {
        Some((_, "")) => return None,
        Some((address, _)) => address,
        None => address,
    };
    address.parse().ok().map(|address| IpAddr::V6(address).to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
        ClientAddresses::new(trusted, Metrics::new()).read(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_right_most_untrusted_entry_is_the_client() {
        assert_eq!(address("9.9.9.9", &["1.1.1.1"], &[]), "9.9.9.9");
        assert_eq!(address("10.0.0.1", &["6.6.6.6, 1.1.1.1"], &["10.0.0.1"]), "1.1.1.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1", "10.0.0.2"], &["10.0.0.1", "10.0.0.2"]), "1.1.1.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1, 10.9.9.9"], &["10.0.0.0/8"]), "1.1.1.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1, nonsense"], &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1", "ÿ"], &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(address("::ffff:10.0.0.1", &["2001:db8::1"], &["10.0.0.1"]), "2001:db8::1");
        assert_eq!(address("10.0.0.1", &["2001:db8::1"], &["::ffff:10.0.0.0/104"]), "2001:db8::1");
        assert_eq!(address("fd00::7", &["1.1.1.1"], &["fd00::/8"]), "1.1.1.1");
    }

    #[test]
    fn an_entry_may_have_a_port_brackets_and_a_zone() {
        for (entry, expected) in [
            ("203.0.113.8:51234", Some("203.0.113.8")),
            ("203.0.113.8:_port", Some("203.0.113.8")),
            ("[2001:db8::7]:1234", Some("2001:db8::7")),
            ("[2001:db8::9]", Some("2001:db8::9")),
            ("2001:db8::9", Some("2001:db8::9")),
            ("\"[2001:db8::9]:80\"", Some("2001:db8::9")),
            ("[fe80::1%eth0]:80", Some("fe80::1")),
            ("fe80::1%2", Some("fe80::1")),
            ("::ffff:203.0.113.8", Some("203.0.113.8")),
            ("[::ffff:203.0.113.8]:1", Some("203.0.113.8")),
            ("203.0.113.8:", None),
            ("203.0.113.8:123456", None),
            ("203.0.113.8:8a", None),
            ("203.0.113.8%eth0", None),
            ("[203.0.113.8]:80", None),
            ("[2001:db8::7]80", None),
            ("[2001:db8::7", None),
            ("fe80::1%", None),
            ("unknown", None),
            ("_hidden", None),
            ("example.com", None),
        ] {
            assert_eq!(node(entry.as_bytes()).map(|address| address.to_string()).as_deref(), expected, "{entry}");
        }
    }

    #[test]
    fn empty_list_elements_are_skipped() {
        assert_eq!(address("10.0.0.1", &["1.1.1.1,"], &["10.0.0.1"]), "1.1.1.1");
        assert_eq!(address("10.0.0.1", &["1.1.1.1 , ,\t", ""], &["10.0.0.1"]), "1.1.1.1");
        assert_eq!(address("10.0.0.1", &[","], &["10.0.0.1"]), "10.0.0.1");
    }
}
