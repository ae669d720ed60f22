//! Whether cost grows with the data: the same queries over small and large demo data, in alternating rounds.
//! Out: CPU per request of the three services together, and how many times the small data's the large data's is.

use std::{path::Path, time::Duration};

use crate::{arguments::Arguments, deployment::Deployment, load::Target, report::Ratio};

/// What is asked, and whether by somebody signed in. Every list is cut by `first`, so that answers are of one size.
const QUERIES: [(&str, &str, bool); 3] = [
    (
        "posts",
        "{ posts(first: 20) { nodes { id title commentCount likeCount author { id handle }
            comments(first: 3) { nodes { id body author { id handle } } } } } }",
        false,
    ),
    (
        "users",
        "{ users(first: 20) { nodes { id handle followerCount postCount followers(first: 3) { nodes { id handle } }
            posts(first: 3) { nodes { id title } } } } }",
        false,
    ),
    (
        "orders",
        "{ viewer { id orders(first: 5) { nodes { id number status items { quantity post { id title author { id handle } } } } } } }",
        true,
    ),
];

/// Measures all queries over both sizes of data.
#[tokio::main(flavor = "current_thread")]
pub async fn run(arguments: &Arguments) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("growth");
    println!("making or opening the demo data (large takes minutes the first time)");
    let small = Deployment::of("small", &folder).await;
    let large = Deployment::of("large", &folder).await;
    println!(
        "\n| query | answer, small and large, KB | services' CPU µs/request, small | large | times small (lowest–highest round) |"
    );
    println!("|---|--:|--:|--:|--:|");
    for (name, query, signed_in) in QUERIES {
        let mut sides = Vec::new();
        for deployment in [&small, &large] {
            let token = if signed_in { Some(deployment.sign_in().await) } else { None };
            let target = deployment.target(query, token);
            let answer = target.ask().await;
            assert!(answer.starts_with(b"{\"data\":"), "{name}: {}", String::from_utf8_lossy(&answer));
            let bytes = answer.len();
            round(deployment, &target, (arguments.round(), bytes)).await;
            sides.push((deployment, target, bytes));
        }
        let mut rounds = Vec::new();
        for _ in 0..arguments.rounds() {
            let mut pair = [0.0; 2];
            for (cpu, (deployment, target, bytes)) in pair.iter_mut().zip(&sides) {
                *cpu = round(deployment, target, (arguments.round(), *bytes)).await;
            }
            rounds.push((pair[0], pair[1]));
        }
        let Ratio { median, lowest, highest } = Ratio::of(rounds.iter().copied());
        let mean = |of: fn(&(f64, f64)) -> f64| rounds.iter().map(of).sum::<f64>() / rounds.len() as f64;
        println!(
            "| {name} | {:.1}, {:.1} | {:.0} | {:.0} | **{median:.2}** ({lowest:.2}–{highest:.2}) |",
            sides[0].2 as f64 / 1024.0,
            sides[1].2 as f64 / 1024.0,
            mean(|pair| pair.0),
            mean(|pair| pair.1),
        );
    }
}

/// CPU per request of the services, in µs.
async fn round(deployment: &Deployment, target: &Target, (duration, bytes): (Duration, usize)) -> f64 {
    let before = deployment.services_cpu();
    let requests = target.load(duration, bytes).await.len();
    (deployment.services_cpu() - before).as_secs_f64() * 1e6 / requests as f64
}
