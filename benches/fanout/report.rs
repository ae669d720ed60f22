//! Figures: a table in Markdown for people, JSON for programs.

use std::{fs, path::Path, time::Duration};

use serde::{Serialize, Serializer};

use crate::{
    crowd::Report,
    server::{Node, Server, Tessera},
};

/// Everything that was measured.
#[derive(Serialize)]
pub struct Outcome {
    /// Memory of an idle subscriber's socket, in bytes: of the BFF, of Node.
    pub idle: [usize; 2],
    /// The loads.
    pub rows: Vec<Row>,
    /// The storm.
    pub storm: Storm,
}

/// What a load showed on one server.
#[derive(Serialize)]
pub struct Row {
    /// Which load.
    pub load: String,
    /// Which server.
    pub side: &'static str,
    /// Subscribers whose messages are counted.
    pub subscribers: usize,
    /// Changes a second, as they were written.
    pub per_second: f64,
    /// CPU time of the server's process.
    #[serde(serialize_with = "seconds")]
    pub cpu: Duration,
    /// What the subscribers received.
    pub report: Report,
}

/// What became of a storm of subscribers that come back.
#[derive(Serialize)]
pub struct Storm {
    /// How many came.
    pub subscribers: usize,
    /// How many changes each had missed.
    pub changes: usize,
    /// Until all were connected.
    #[serde(serialize_with = "seconds")]
    pub connected: Duration,
    /// Until each had everything.
    #[serde(serialize_with = "seconds")]
    pub took: Duration,
    /// CPU time of the BFF meanwhile.
    #[serde(serialize_with = "seconds")]
    pub cpu: Duration,
    /// Events that the BFF executed.
    pub executions: usize,
}

impl Row {
    fn cpu_micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.report.deliveries as f64
    }
}

/// The heading of the table.
pub fn heading() -> String {
    "| load | server | subscribers | changes/s written | messages | CPU µs/message | p50 ms | p99 ms | last subscriber, p99 ms |\n\
     |---|---|--:|--:|--:|--:|--:|--:|--:|"
        .to_owned()
}

/// A row of the table.
pub fn row(row: &Row) -> String {
    let Report { deliveries, p50_ms, p99_ms, last_p99_ms, .. } = row.report;
    format!(
        "| {} | {} | {} | {:.0} | {deliveries} | {:.1} | {p50_ms:.1} | {p99_ms:.1} | {last_p99_ms:.1} |",
        row.load,
        row.side,
        row.subscribers,
        row.per_second,
        row.cpu_micros()
    )
}

/// What the table does not say.
pub fn summary(outcome: &Outcome) -> String {
    let [ours, theirs] = outcome.idle.map(|bytes| bytes as f64 / 1024.0);
    let Storm { subscribers, changes, connected, took, cpu, executions } = &outcome.storm;
    let ratios = outcome.rows.chunks(2).map(|pair| {
        format!("\nMessages per CPU second, {}: {:.1} times", pair[0].load, pair[1].cpu_micros() / pair[0].cpu_micros())
    });
    format!(
        "An idle subscriber's socket: {} {ours:.1} KiB, {} {theirs:.1} KiB\n\
         A storm of {subscribers} that missed {changes} changes: connected after {:.2} s, over after {:.2} s, CPU {:.2} s, \
         {executions} executions{}",
        Tessera::NAME,
        Node::NAME,
        connected.as_secs_f64(),
        took.as_secs_f64(),
        cpu.as_secs_f64(),
        ratios.collect::<String>()
    )
}

/// Writes everything as JSON, and says where.
pub fn write(outcome: &Outcome, path: &Path) {
    fs::write(path, serde_json::to_string_pretty(outcome).unwrap()).unwrap();
    println!("\nas JSON: {}", path.display());
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}
