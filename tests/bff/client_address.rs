//! Client addresses behind proxies: each client has its own, whatever form the proxy writes it in, and an entry that is
//! unreadable is counted.

use harness::client::Answer;
use harness::stub::Services;
use harness::town::Sizes;
use reqwest::Method;
use tessera::config::Config;
use tessera::telemetry::Metrics;

use crate::app::App;

/// A BFF that trusts these proxies, and its metrics.
async fn app(trusted: &[&str]) -> (App, Metrics) {
    let settings = |config: &mut Config| {
        config.http.trusted_proxies = trusted.iter().map(|network| network.parse().unwrap()).collect();
    };
    let services = Services::start(Sizes::default()).await;
    let app = App::with(services, settings).await;
    let metrics = app.metrics.clone();
    (app, metrics)
}

/// The client's address as services are told it.
async fn seen(app: &App, forwarded: &[&str]) -> String {
    let mut request = app.client.request(Method::GET, "/graphql?query=%7Bposts(first:1)%7Bnodes%7Bid%7D%7D%7D");
    for value in forwarded {
        request = request.header("x-forwarded-for", *value);
    }
    Answer::of(request).await.data();
    let calls = app.services.calls();
    calls.last().unwrap().header("x-client-address").unwrap().to_owned()
}

#[tokio::test]
async fn an_address_is_read_in_each_form_that_proxies_write() {
    let (app, metrics) = app(&["127.0.0.1", "10.0.0.0/8", "fd00::/8"]).await;
    for (forwarded, expected) in [
        (&["203.0.113.8"][..], "203.0.113.8"),
        (&["203.0.113.8:51234"], "203.0.113.8"),
        (&["[2001:db8::7]:1234"], "2001:db8::7"),
        (&["[2001:db8::9]"], "2001:db8::9"),
        (&["fe80::1%eth0"], "fe80::1"),
        (&["203.0.113.8,"], "203.0.113.8"),
        (&["203.0.113.8, ,", ""], "203.0.113.8"),
        (&["::ffff:203.0.113.8"], "203.0.113.8"),
        (&["198.51.100.1, 203.0.113.8, 10.1.2.3:80", "fd00::5"], "203.0.113.8"),
        (&["203.0.113.8", "::ffff:10.1.2.3"], "203.0.113.8"),
    ] {
        assert_eq!(seen(&app, forwarded).await, expected, "{forwarded:?}");
    }
    assert!(metrics.text().contains("tessera_unreadable_client_addresses_total 0"), "{}", metrics.text());
}

#[tokio::test]
async fn an_unreadable_entry_is_counted_and_nothing_left_of_it_is_trusted() {
    let (app, metrics) = app(&["127.0.0.0/8", "10.0.0.0/8"]).await;
    for (forwarded, expected) in [
        (&["203.0.113.8, unknown"][..], "127.0.0.1"),
        (&["203.0.113.8, nonsense, 10.0.0.7"], "10.0.0.7"),
        (&["203.0.113.8", "\u{ff}"], "127.0.0.1"),
    ] {
        assert_eq!(seen(&app, forwarded).await, expected, "{forwarded:?}");
    }
    assert!(metrics.text().contains("tessera_unreadable_client_addresses_total 3"), "{}", metrics.text());
}

#[tokio::test]
async fn an_untrusted_peer_cannot_choose_its_address() {
    let (app, metrics) = app(&["10.0.0.0/8"]).await;
    assert_eq!(seen(&app, &["203.0.113.8"]).await, "127.0.0.1");
    assert_eq!(seen(&app, &["nonsense"]).await, "127.0.0.1");
    assert!(metrics.text().contains("tessera_unreadable_client_addresses_total 0"), "{}", metrics.text());
}
