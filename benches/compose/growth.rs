//! Whether cost grows with the data: the same queries over small and large demo data, in alternating rounds.
//! Out: CPU per request of the three services together, and how many times the small data's the large data's is.

use std::{collections::BTreeSet, path::Path, time::Duration};

use serde_json::Value;

use crate::{
    arguments::Arguments,
    deployment::{Deployment, Process, Target},
    load::load,
    report::Ratio,
};

/// Stands in a query for the ids of twenty posts of as many authors.
const POSTS: &str = "$POSTS";

/// What is asked, and whether by somebody signed in. Chosen so that both answers have as many different objects in them:
/// among few users, the same ones come up again, and are fetched once.
const QUERIES: [(&str, &str, bool); 4] = [
    ("posts", "{ posts(first: 20) { nodes { id title publishedAt commentCount likeCount } } }", false),
    (
        "posts by ids",
        "{ nodes(ids: [$POSTS]) { ... on Post { id title commentCount likeCount author { id handle postCount } } } }",
        false,
    ),
    (
        "users",
        "{ users(first: 20) { nodes { id handle followerCount postCount followers(first: 3) { nodes { id handle } }
            posts(first: 3) { nodes { id title } } } } }",
        false,
    ),
    ("orders", "{ viewer { id orders(first: 10) { nodes { id number status placedAt } } } }", true),
];

/// Measures all queries over both sizes of data.
#[tokio::main(flavor = "current_thread")]
pub async fn run(arguments: &Arguments) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("growth");
    println!("making or opening the demo data (large takes minutes the first time)");
    let small = Deployment::of("small", &folder, "").await;
    let large = Deployment::of("large", &folder, "").await;
    println!(
        "\n| query | objects in the answer, small | large | services' CPU µs/request, small | large | times small (lowest–highest round) |"
    );
    println!("|---|--:|--:|--:|--:|--:|");
    for (name, query, signed_in) in QUERIES {
        let mut sides = Vec::new();
        for deployment in [&small, &large] {
            let token = if signed_in { Some(deployment.sign_in().await) } else { None };
            let query =
                if query.contains(POSTS) { query.replace(POSTS, &posts(deployment).await) } else { query.into() };
            let target = deployment.target(&query, token);
            let answer = target.ask().await;
            assert!(answer.starts_with(b"{\"data\":"), "{name}: {}", String::from_utf8_lossy(&answer));
            let mut objects = BTreeSet::new();
            collect_ids(&serde_json::from_slice(&answer).unwrap(), &mut objects);
            round(deployment, &target, (arguments.round(), answer.len())).await;
            sides.push((deployment, target, (answer.len(), objects.len())));
        }
        let mut rounds = Vec::new();
        for _ in 0..arguments.rounds() {
            let mut pair = [0.0; 2];
            for (cpu, (deployment, target, (bytes, _))) in pair.iter_mut().zip(&sides) {
                *cpu = round(deployment, target, (arguments.round(), *bytes)).await;
            }
            rounds.push((pair[0], pair[1]));
        }
        let Ratio { median, lowest, highest } = Ratio::of(rounds.iter().copied());
        let mean = |of: fn(&(f64, f64)) -> f64| rounds.iter().map(of).sum::<f64>() / rounds.len() as f64;
        println!(
            "| {name} | {} | {} | {:.0} | {:.0} | **{median:.2}** ({lowest:.2}–{highest:.2}) |",
            sides[0].2.1,
            sides[1].2.1,
            mean(|pair| pair.0),
            mean(|pair| pair.1),
        );
    }
}

/// The ids of twenty posts of as many authors, as a list's items.
async fn posts(deployment: &Deployment) -> String {
    let listing = deployment.target("{ posts(first: 100) { nodes { id author { id } } } }", None).ask().await;
    let listing: Value = serde_json::from_slice(&listing).unwrap();
    let mut authors = BTreeSet::new();
    let nodes = listing["data"]["posts"]["nodes"].as_array().unwrap();
    let of_others = nodes.iter().filter(|post| authors.insert(post["author"]["id"].as_str().unwrap()));
    let ids: Vec<String> = of_others.take(20).map(|post| post["id"].to_string()).collect();
    assert_eq!(ids.len(), 20, "so many authors are among the newest posts");
    ids.join(", ")
}

/// All ids in an answer.
fn collect_ids(answer: &Value, ids: &mut BTreeSet<String>) {
    match answer {
        Value::Object(members) => {
            ids.extend(members.get("id").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_ids(member, ids));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        _ => {}
    }
}

/// CPU per request of the services, in µs.
async fn round(deployment: &Deployment, target: &Target, (duration, bytes): (Duration, usize)) -> f64 {
    let cpu = || deployment.services.iter().map(Process::cpu).sum::<Duration>();
    let before = cpu();
    let requests = load(target, duration, bytes).await.len();
    (cpu() - before).as_secs_f64() * 1e6 / requests as f64
}
