//! The services as stubs: real sockets, a small town of data, the batch routes of the contract. They record every
//! call, hold calls at gates, and misbehave when told to.

mod behaviour;
mod call;
mod chances;
mod feed;
mod gate;
mod order;
mod page;
mod post;
mod server;
mod user;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

pub use behaviour::Behaviour;
pub use call::Call;
pub use chances::Chances;
pub use feed::Feed;
pub use gate::Gate;
pub use server::Stub;

use call::CallLog;
use server::{Routes, Shared};

use crate::token::Signer;
use crate::town::{Sizes, Town};

/// The services: a line each, its name and what answers its routes.
const SERVICES: &[(&str, Routes)] = &[("user", user::answer), ("post", post::answer), ("order", order::answer)];

/// The services of one test.
pub struct Services {
    stubs: BTreeMap<&'static str, Stub>,
    shared: Arc<Shared>,
}

impl Services {
    /// Starts them on free ports, with a town of that size.
    pub async fn start(sizes: Sizes) -> Self {
        let shared = Arc::new(Shared {
            town: Mutex::new(Town::new(sizes)),
            log: CallLog::default(),
            gates: Mutex::default(),
            chances: Mutex::default(),
            signer: Signer::new("key-1", 1),
            key_sets_served: Mutex::default(),
        });
        let mut stubs = BTreeMap::new();
        for (name, answer) in SERVICES {
            stubs.insert(*name, Stub::start(name, Arc::clone(&shared), *answer).await);
        }
        Self { stubs, shared }
    }

    /// The service of that name.
    pub fn stub(&mut self, name: &str) -> &mut Stub {
        self.stubs.get_mut(name).unwrap()
    }

    /// The feed of the service of that name.
    pub fn feed(&self, name: &str) -> Feed {
        self.stubs.get(name).unwrap_or_else(|| panic!("no stub of the service {name}: see SERVICES")).feed()
    }

    /// The address of the service of that name.
    pub fn url(&self, name: &str) -> String {
        self.stubs.get(name).unwrap_or_else(|| panic!("no stub of the service {name}: see SERVICES")).url()
    }

    /// All services: name and address.
    pub fn urls(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.stubs.iter().map(|(name, stub)| (*name, stub.url()))
    }

    /// The town's data as it is now.
    pub fn town(&self) -> MutexGuard<'_, Town> {
        self.shared.town.lock().unwrap()
    }

    /// Who signs tokens that the services trust.
    pub fn signer(&self) -> &Signer {
        &self.shared.signer
    }

    /// A good token of the person with that number.
    pub fn token(&self, person: usize) -> String {
        let (id, admin) = {
            let town = self.town();
            (town.users[person].id, town.users[person].admin)
        };
        self.signer().sign(&crate::token::claims(id, if admin { &["admin"] } else { &["member"] }))
    }

    /// All calls under `/v1` so far, in the order of arrival; those of the feed aside.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.all()
    }

    /// The calls of one route.
    pub fn calls_of(&self, route: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.route == route).collect()
    }

    /// How many calls each route got.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.calls() {
            *counts.entry(call.route).or_default() += 1;
        }
        counts
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.shared.log.clear();
    }

    /// How often the key set was fetched.
    pub fn key_sets_served(&self) -> usize {
        *self.shared.key_sets_served.lock().unwrap()
    }

    /// Makes reads fail by chance from now on, or no more.
    pub fn fail_by_chance(&self, chances: Option<Chances>) {
        *self.shared.chances.lock().unwrap() = chances;
    }

    /// Makes the calls of these routes pass that gate; `GET /v1/events` are the pages of a feed, not its stream.
    pub fn gate(&self, routes: &[&str], gate: &Gate) {
        let mut gates = self.shared.gates.lock().unwrap();
        gates.extend(routes.iter().map(|route| ((*route).to_owned(), gate.clone())));
    }
}

/// Expected counts, for comparison with [`Services::counts`].
pub fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(route, calls)| (route.to_owned(), calls)).collect()
}
