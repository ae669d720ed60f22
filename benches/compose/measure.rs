//! The measurement: both sides answer each scenario once, alike, then take turns under load.
//! In: how many rounds, how long. Out: an [`Outcome`] a scenario, printed and written.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use bytes::Bytes;
use serde_json::{Value, json};
use tessera::services::Service;

use crate::{
    arguments::{Arguments, Beside},
    deployment::{API_KEY, Process, Target, free_port, tessera},
    load::load,
    older,
    report::{self, Outcome, Round},
    scenario::{self, POST, Scenario},
    token, world,
};

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
    let urls: Vec<(Service, String)> = (Service::ALL.iter().zip(&stubs.ports))
        .map(|(service, port)| (*service, format!("http://127.0.0.1:{port}")))
        .collect();
    let bff = Process::bff(tessera(), &urls, folder, "").await;
    let (baseline, name) = match &arguments.against {
        None if arguments.beside == Beside::Mercurius => (mercurius(&urls).await, Beside::Mercurius.name()),
        None => (handwritten(&urls, arguments.beside), report::HANDWRITTEN),
        Some(commit) => (Process::bff(&older::build(commit, folder), &urls, folder, "").await, commit.as_str()),
    };
    let on_node = name == Beside::Mercurius.name();
    let chosen = |scenario: &&Scenario| {
        arguments.only.as_deref().is_none_or(|only| only == scenario.name) && (scenario.on_node || !on_node)
    };
    let post = world::post().to_string();
    let mut outcomes = Vec::new();
    println!("{}", report::heading(name));
    for scenario in scenario::ALL.iter().filter(chosen) {
        let token = scenario.signed_in.then(|| token::sign(world::viewer()));
        let operation = Bytes::from(json!({"query": scenario.query.replace(POST, &post)}).to_string());
        let graphql = |process: &Process| Target {
            port: process.ports[0],
            path: "/graphql".into(),
            body: Some(operation.clone()),
            token: token.clone(),
        };
        let is_handler = name == report::HANDWRITTEN;
        let target = if is_handler {
            Target {
                port: baseline.ports[0],
                path: scenario.path.replace(POST, &post),
                body: None,
                token: token.clone(),
            }
        } else {
            graphql(&baseline)
        };
        let sides = [Side { process: &baseline, target }, Side { process: &bff, target: graphql(&bff) }];
        let outcome = compare(scenario, &sides, (&stubs, arguments)).await;
        println!("{}", report::rows(&outcome, name));
        outcomes.push(outcome);
    }
    report::write(&outcomes, (name, &folder.join("compose.json")));
}

/// The handler written by hand, in front of the same stubs.
fn handwritten(urls: &[(Service, String)], client: Beside) -> Process {
    let of = |service: Service| urls.iter().find(|(other, _)| *other == service).unwrap().1.as_str();
    Process::in_role(&["handwritten", of(Service::User), of(Service::Post), of(Service::Order), client.name()])
}

/// Mercurius, in front of the same stubs: `tests/clients/mercurius-server.mjs`, whose packages `npm ci` has installed.
async fn mercurius(urls: &[(Service, String)]) -> Process {
    let port = free_port();
    let mut command = Command::new("node");
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients"));
    command.args(["mercurius-server.mjs", &port.to_string(), API_KEY]).args(urls.iter().map(|(_, url)| url));
    Process::listening(command.stdout(Stdio::null()), port).await
}

async fn compare(
    scenario: &'static Scenario,
    [baseline, bff]: &[Side<'_>; 2],
    (stubs, arguments): (&Process, &Arguments),
) -> Outcome {
    let answer: Value = serde_json::from_slice(&baseline.target.ask().await).unwrap();
    let same: Value = serde_json::from_slice(&bff.target.ask().await).unwrap();
    assert_eq!(answer, same, "{}: the two sides do not give the same answer", scenario.name);
    let bytes = [baseline.target.ask().await.len(), bff.target.ask().await.len()];
    assert_eq!(bytes[0], bytes[1], "{}: the same answer in another length", scenario.name);

    let warm_up = arguments.round() / 2;
    round(baseline, stubs, (warm_up, bytes[0])).await;
    round(bff, stubs, (warm_up, bytes[1])).await;
    let mut outcome = Outcome { scenario, answer_bytes: bytes[0], baseline: Vec::new(), bff: Vec::new() };
    for _ in 0..arguments.rounds() {
        outcome.baseline.push(round(baseline, stubs, (arguments.round(), bytes[0])).await);
        outcome.bff.push(round(bff, stubs, (arguments.round(), bytes[1])).await);
    }
    let calls = |rounds: &[Round]| {
        let calls: u64 = rounds.iter().map(|round| round.calls).sum();
        let requests: usize = rounds.iter().map(|round| round.latencies.len()).sum();
        assert_eq!(calls % requests as u64, 0, "{}: not every request makes as many calls", scenario.name);
        calls / requests as u64
    };
    let (here, there) = (calls(&outcome.baseline), calls(&outcome.bff));
    assert_eq!(here, there, "{}: the two sides do not make the same calls", scenario.name);
    outcome
}

async fn round(side: &Side<'_>, stubs: &Process, (duration, expected_bytes): (Duration, usize)) -> Round {
    let (calls, cpu, started) = (calls(stubs).await, side.process.cpu(), std::time::Instant::now());
    let latencies = load(&side.target, duration, expected_bytes).await;
    Round {
        elapsed: started.elapsed(),
        cpu: side.process.cpu().saturating_sub(cpu),
        calls: self::calls(stubs).await - calls,
        latencies,
    }
}

/// How many calls the stubs have had.
async fn calls(stubs: &Process) -> u64 {
    let target = Target { port: stubs.ports[0], path: "/calls".into(), body: None, token: None };
    std::str::from_utf8(&target.ask().await).unwrap().parse().unwrap()
}
