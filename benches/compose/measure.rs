//! The measurement: both sides answer each scenario once, alike, then take turns under load.
//! In: how many rounds, how long. Out: an [`Outcome`] a scenario, printed and written.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    arguments::{Arguments, ServiceUrls},
    load::Target,
    process::Process,
    report,
    scenario::{self, Scenario},
    token, world,
};

/// What a scenario showed.
pub struct Outcome {
    /// Which.
    pub scenario: &'static Scenario,
    /// Bytes of the answer.
    pub answer_bytes: usize,
    /// The hand-written handler's rounds.
    pub handwritten: Vec<Round>,
    /// The BFF's rounds, each taken after the hand-written handler's of the same place.
    pub bff: Vec<Round>,
}

/// One side under load for a while.
pub struct Round {
    /// How long, until the last answer.
    pub elapsed: Duration,
    /// CPU time of the side's process.
    pub cpu: Duration,
    /// Calls that the stubs counted.
    pub calls: u64,
    /// Of each request.
    pub latencies: Vec<Duration>,
}

/// One side: its process and what it is asked.
struct Side<'a> {
    process: &'a Process,
    target: Target,
}

/// Measures all scenarios asked for.
#[tokio::main(flavor = "current_thread")]
pub async fn run(arguments: &Arguments) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let stubs = Process::in_role(&["stubs"]);
    let [user, post, order] = [0, 1, 2].map(|service| format!("http://127.0.0.1:{}", stubs.ports[service]));
    let handwritten = Process::in_role(&["handwritten", &user, &post, &order]);
    let bff = Process::bff(&ServiceUrls { user, post, order }, folder).await;
    let chosen = |scenario: &&Scenario| arguments.only.as_deref().is_none_or(|only| only == scenario.name);
    let mut outcomes = Vec::new();
    println!("{}", report::HEADING);
    for scenario in scenario::ALL.iter().filter(chosen) {
        let token = scenario.signed_in.then(|| token::sign(world::viewer()));
        let operation = json!({"query": scenario.query}).to_string();
        let sides = [
            Side {
                process: &handwritten,
                target: Target { port: handwritten.ports[0], path: scenario.path, body: None, token: token.clone() },
            },
            Side {
                process: &bff,
                target: Target { port: bff.ports[0], path: "/graphql", body: Some(Bytes::from(operation)), token },
            },
        ];
        let outcome = compare(scenario, &sides, (&stubs, arguments)).await;
        println!("{}", report::rows(&outcome));
        outcomes.push(outcome);
    }
    report::write(&outcomes, &folder.join("compose.json"));
}

async fn compare(
    scenario: &'static Scenario,
    [handwritten, bff]: &[Side<'_>; 2],
    (stubs, arguments): (&Process, &Arguments),
) -> Outcome {
    let answer: Value = serde_json::from_slice(&handwritten.target.ask().await).unwrap();
    let same: Value = serde_json::from_slice(&bff.target.ask().await).unwrap();
    assert_eq!(answer, same, "{}: the two sides do not give the same answer", scenario.name);
    let bytes = [handwritten.target.ask().await.len(), bff.target.ask().await.len()];
    assert_eq!(bytes[0], bytes[1], "{}: the same answer in another length", scenario.name);

    let warm_up = arguments.round() / 2;
    round(handwritten, stubs, (warm_up, bytes[0])).await;
    round(bff, stubs, (warm_up, bytes[1])).await;
    let mut outcome = Outcome { scenario, answer_bytes: bytes[0], handwritten: Vec::new(), bff: Vec::new() };
    for _ in 0..arguments.rounds() {
        outcome.handwritten.push(round(handwritten, stubs, (arguments.round(), bytes[0])).await);
        outcome.bff.push(round(bff, stubs, (arguments.round(), bytes[1])).await);
    }
    let calls = |rounds: &[Round]| {
        let calls: u64 = rounds.iter().map(|round| round.calls).sum();
        let requests: usize = rounds.iter().map(|round| round.latencies.len()).sum();
        assert_eq!(calls % requests as u64, 0, "{}: not every request makes as many calls", scenario.name);
        calls / requests as u64
    };
    let (here, there) = (calls(&outcome.handwritten), calls(&outcome.bff));
    assert_eq!(here, there, "{}: the two sides do not make the same calls", scenario.name);
    outcome
}

async fn round(side: &Side<'_>, stubs: &Process, (duration, expected_bytes): (Duration, usize)) -> Round {
    let (calls, cpu, started) = (calls(stubs).await, side.process.cpu(), std::time::Instant::now());
    let latencies = side.target.load(duration, expected_bytes).await;
    Round {
        elapsed: started.elapsed(),
        cpu: side.process.cpu().saturating_sub(cpu),
        calls: self::calls(stubs).await - calls,
        latencies,
    }
}

/// How many calls the stubs have had.
async fn calls(stubs: &Process) -> u64 {
    let target = Target { port: stubs.ports[0], path: "/calls", body: None, token: None };
    std::str::from_utf8(&target.ask().await).unwrap().parse().unwrap()
}
