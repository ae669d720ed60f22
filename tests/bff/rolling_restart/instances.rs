//! Two instances of the real program over the same stub services, behind nginx with the configuration of `deploy/cdn/`. Each can be
//! restarted as a deployment does it: asked to stop, waited for, and started again at its address.

use std::time::{Duration, Instant};

use harness::stub::Services;
use harness::town::Sizes;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::binary::{Program, address_that_stays};
use crate::cdn::edge::Edge;

/// Longer than any stop.
const NEVER: Duration = Duration::from_secs(60);

/// Both instances, and what is around them.
pub struct Instances {
    services: Services,
    settings: Vec<(&'static str, String)>,
    running: [Instance; 2],
    /// In front of them.
    pub edge: Edge,
}

/// One that runs.
struct Instance {
    address: String,
    stop: CancellationToken,
    ended: JoinHandle<Option<i32>>,
}

impl Instances {
    /// Starts them, with these times of a stop.
    pub async fn start(linger: Duration, drain: Duration) -> Self {
        let services = Services::start(Sizes::default()).await;
        let settings = vec![
            ("TESSERA__HTTP__LINGER_MS", linger.as_millis().to_string()),
            ("TESSERA__HTTP__DRAIN_SECONDS", drain.as_secs().to_string()),
            // All clients have one address.
            ("TESSERA__BUDGETS__MODE", "measure".to_owned()),
        ];
        let addresses = [address_that_stays(), address_that_stays()];
        let edge = Edge::nginx_of(&addresses.each_ref().map(String::as_str)).await;
        let [first, second] = addresses;
        let running =
            [Instance::start(&services, &settings, first).await, Instance::start(&services, &settings, second).await];
        Self { services, settings, running, edge }
    }

    /// The cursor of now.
    pub fn position(&self) -> String {
        self.services.feed("post").cursor()
    }

    /// What emits an event; its number.
    pub fn emitter(&self) -> impl Fn() -> u64 + Send + 'static {
        let feed = self.services.feed("post");
        let (post, author) = {
            let town = self.services.town();
            (town.posts[0].id.to_string(), town.posts[0].author_id)
        };
        move || feed.emit("post.published", &post, json!({"author_id": author, "version": 1}))
    }

    /// Restarts one, which must end without aborting anything. Returns the time at which it was asked to stop.
    pub async fn restart(&mut self, which: usize) -> Instant {
        let Instance { address, stop, ended } = &mut self.running[which];
        let asked = Instant::now();
        stop.cancel();
        let code = timeout(NEVER, ended).await.unwrap().unwrap();
        assert_eq!(code, Some(0));
        let address = std::mem::take(address);
        self.running[which] = Instance::start(&self.services, &self.settings, address).await;
        asked
    }
}

impl Instance {
    async fn start(services: &Services, settings: &[(&'static str, String)], address: String) -> Self {
        let mut settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        settings.push(("TESSERA__HTTP__LISTEN", &address));
        let program = Program::serve(services, &settings).await;
        let stop = CancellationToken::new();
        let ended = tokio::spawn(attend(program, stop.clone()));
        Self { address, stop, ended }
    }
}

/// Reads its log to the end, and asks it to stop in between. Its exit code.
async fn attend(mut program: Program, stop: CancellationToken) -> Option<i32> {
    let mut is_asked = false;
    loop {
        tokio::select! {
            line = program.next_line() => match line {
                Some(line) => assert!(!line.contains("aborted"), "{line}"),
                None => return program.ended().await.code(),
            },
            () = stop.cancelled(), if !is_asked => {
                is_asked = true;
                program.terminate().await;
            }
        }
    }
}
