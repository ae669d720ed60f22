//! The measurement: each load on both servers, one after the other, in one run. In: how much. Out: a [`Row`] a load and server, and
//! what only the BFF can do.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::sleep;

use crate::{
    arguments::{Arguments, Size},
    crowd::{Connect, Crowd, now},
    deployment::Target,
    report::{self, Outcome, Row, Storm},
    server::{Node, Server, Tessera, resident},
    writer::{Changes, write},
};

/// How long a server has to come to rest.
const REST: Duration = Duration::from_secs(2);
/// Changes that a storm catches up on.
const MISSED: usize = 100;

/// Who subscribes to what, and what is written.
struct Load<'a> {
    name: &'a str,
    /// A subscriber for each.
    topics: Vec<String>,
    changes: Changes,
    slow: usize,
}

/// Where data, configurations and logs are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fanout")
}

/// Measures everything.
#[tokio::main(flavor = "current_thread")]
pub async fn run(arguments: &Arguments) {
    let size = arguments.size();
    let (mut tessera, node) = (Tessera::start(&folder()).await, Node::start().await);
    let crowd = Crowd::start();
    let posts = tessera.posts(size.subscribers / size.per_topic).await;
    let idle = [idle(&crowd, &tessera, &posts, size).await, idle(&crowd, &node, &posts, size).await];
    let mut rows = Vec::new();
    println!("{}", report::heading());
    for load in loads(&posts, size) {
        rows.push(under(&crowd, &tessera, &load).await);
        println!("{}", report::row(&rows[rows.len() - 1]));
        rows.push(under(&crowd, &node, &load).await);
        println!("{}", report::row(&rows[rows.len() - 1]));
    }
    let storm = storm(&crowd, &mut tessera, &posts[0], size).await;
    let outcome = Outcome { idle, rows, storm };
    println!("\n{}", report::summary(&outcome));
    report::write(&outcome, &Path::new(env!("CARGO_TARGET_TMPDIR")).join("fanout.json"));
}

fn loads(posts: &[String], size: Size) -> Vec<Load<'static>> {
    let Size { subscribers, per_topic, seconds } = size;
    let all = vec![posts[0].clone(); subscribers];
    let spread: Vec<String> = posts.iter().flat_map(|post| vec![post.clone(); per_topic]).collect();
    let steady = |per_second: usize| Changes { count: per_second * seconds, per_second, padding: 0 };
    let large = Changes { padding: 2_000, ..steady(20) };
    let quick = vec![posts[0].clone(); subscribers / 25];
    vec![
        Load { name: "1 change/s to all", topics: all, changes: steady(1), slow: 0 },
        Load { name: "200 changes/s to 25 each", topics: spread, changes: steady(200), slow: 0 },
        Load { name: "100 changes/s to one each", topics: posts.to_vec(), changes: steady(100), slow: 0 },
        Load { name: "1,000 changes/s to one each", topics: posts.to_vec(), changes: steady(1_000), slow: 0 },
        Load { name: "20 changes/s of 2 KB to all", topics: quick.clone(), changes: large, slow: 0 },
        Load { name: "the same beside 50 slow readers", topics: quick, changes: large, slow: 50 },
    ]
}

/// Memory of an idle subscriber's socket in the server's process, in bytes.
async fn idle(crowd: &Crowd, server: &impl Server, posts: &[String], size: Size) -> usize {
    let order = |subscribers: usize| Connect {
        port: server.process().ports[0],
        topics: posts.iter().cycle().take(subscribers).cloned().collect(),
        after: None,
        are_slow: false,
    };
    // What the first ones cost once is not a socket's.
    crowd.connect(&order(100)).await;
    server.settled(100).await;
    disconnect(crowd, server).await;
    let before = resident(server.process());
    crowd.connect(&order(size.subscribers)).await;
    server.settled(size.subscribers).await;
    sleep(REST).await;
    let after = resident(server.process());
    disconnect(crowd, server).await;
    after.saturating_sub(before) / size.subscribers
}

async fn under<S: Server>(crowd: &Crowd, server: &S, load: &Load<'_>) -> Row {
    let Load { name, topics, changes, slow } = load;
    let port = server.process().ports[0];
    let (quick, subscribers) = (topics.clone(), topics.len());
    crowd.connect(&Connect { port, topics: quick, after: None, are_slow: false }).await;
    let behind = vec![topics[0].clone(); *slow];
    crowd.connect(&Connect { port, topics: behind, after: None, are_slow: true }).await;
    server.settled(subscribers + slow).await;
    let mut written = topics.clone();
    written.dedup();
    let targets: Vec<Target> = written.iter().map(|post| server.changes(post)).collect();
    write(&targets, Changes { count: targets.len(), per_second: 50, padding: 0 }).await;
    crowd.report(subscribers).await;
    let before = server.process().cpu();
    let took = write(&targets, *changes).await;
    let report = crowd.report(changes.count * subscribers / targets.len()).await;
    let cpu = server.process().cpu() - before;
    disconnect(crowd, server).await;
    let per_second = changes.count as f64 / took.as_secs_f64();
    Row { load: (*name).to_owned(), side: S::NAME, subscribers, per_second, cpu, report }
}

/// All subscribers come back to a BFF that was just started, behind a position that they have missed changes since.
async fn storm(crowd: &Crowd, tessera: &mut Tessera, post: &str, size: Size) -> Storm {
    let after = tessera.position().await;
    write(&[tessera.changes(post)], Changes { count: MISSED, per_second: 200, padding: 0 }).await;
    tessera.replace_bff(&folder()).await;
    let (began, cpu) = (now(), tessera.process().cpu());
    let topics = vec![post.to_owned(); size.subscribers];
    let order = Connect { port: tessera.process().ports[0], topics, after: Some(after), are_slow: false };
    crowd.connect(&order).await;
    let connected = now();
    let report = crowd.report(size.subscribers * MISSED).await;
    Storm {
        subscribers: size.subscribers,
        changes: MISSED,
        connected: Duration::from_nanos(connected - began),
        took: Duration::from_nanos(report.ended_at - began),
        cpu: tessera.process().cpu() - cpu,
        executions: tessera.metric("event_executions_total").await,
    }
}

async fn disconnect(crowd: &Crowd, server: &impl Server) {
    crowd.disconnect().await;
    server.settled(0).await;
    sleep(REST).await;
}
