//! Figures of the rounds: a table in Markdown for people, JSON for programs.

use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};

use crate::scenario::Scenario;

/// What a scenario showed.
pub struct Outcome {
    /// Which.
    pub scenario: &'static Scenario,
    /// Bytes of the answer.
    pub answer_bytes: usize,
    /// The baseline's rounds: the hand-written handler's, or those of an older BFF.
    pub baseline: Vec<Round>,
    /// The BFF's rounds, each taken after the baseline's of the same place.
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

/// One side's rounds in figures.
struct Figures {
    requests_per_second: f64,
    cpu_us: f64,
    p50_ms: f64,
    p99_ms: f64,
    calls: u64,
}

/// How many times the CPU per request of one side the other takes.
pub struct Ratio {
    /// Of all rounds.
    pub median: f64,
    /// Of any round.
    pub lowest: f64,
    /// Of any round.
    pub highest: f64,
}

impl Figures {
    fn of(rounds: &[Round]) -> Self {
        let mut latencies: Vec<Duration> = rounds.iter().flat_map(|round| &round.latencies).copied().collect();
        latencies.sort_unstable();
        let requests = latencies.len();
        let elapsed: Duration = rounds.iter().map(|round| round.elapsed).sum();
        let cpu: Duration = rounds.iter().map(|round| round.cpu).sum();
        let calls: u64 = rounds.iter().map(|round| round.calls).sum();
        let quantile = |percent: usize| latencies[(requests - 1) * percent / 100].as_secs_f64() * 1e3;
        Self {
            requests_per_second: requests as f64 / elapsed.as_secs_f64(),
            cpu_us: cpu.as_secs_f64() * 1e6 / requests as f64,
            p50_ms: quantile(50),
            p99_ms: quantile(99),
            calls: calls / requests as u64,
        }
    }

    fn cells(&self) -> String {
        let Self { requests_per_second, cpu_us, p50_ms, p99_ms, calls } = self;
        format!("{requests_per_second:.0} | {cpu_us:.0} | {p50_ms:.2} | {p99_ms:.2} | {calls}")
    }

    fn json(&self) -> Value {
        let Self { requests_per_second, cpu_us, p50_ms, p99_ms, calls } = self;
        json!({"requests_per_second": requests_per_second, "cpu_us_per_request": cpu_us, "p50_ms": p50_ms,
            "p99_ms": p99_ms, "calls_per_request": calls})
    }
}

impl Ratio {
    /// Of neighbouring rounds, CPU per request each: what the machine does meanwhile is nearly the same for both.
    pub fn of(pairs: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut ratios: Vec<f64> = pairs.map(|(one, other)| other / one).collect();
        ratios.sort_by(f64::total_cmp);
        Self { median: ratios[ratios.len() / 2], lowest: ratios[0], highest: ratios[ratios.len() - 1] }
    }

    fn of_sides(outcome: &Outcome) -> Self {
        let per_request = |round: &Round| round.cpu.as_secs_f64() / round.latencies.len() as f64;
        Self::of(outcome.baseline.iter().map(per_request).zip(outcome.bff.iter().map(per_request)))
    }
}

/// The name of the baseline that the aims refer to.
pub const HANDWRITTEN: &str = "hand-written";

/// The heading of the table.
pub fn heading(baseline: &str) -> String {
    format!(
        "| scenario | side | requests/s | CPU µs/request | p50 ms | p99 ms | calls/request | CPU: times {baseline} (lowest–highest round) |\n\
         |---|---|--:|--:|--:|--:|--:|--:|"
    )
}

/// The rows of a scenario.
pub fn rows(outcome: &Outcome, baseline: &str) -> String {
    let Ratio { median, lowest, highest } = Ratio::of_sides(outcome);
    // The aims are multiples of the hand-written handler's CPU.
    let aim = outcome.scenario.aim.filter(|_| baseline == HANDWRITTEN);
    let aim = aim.map(|aim| format!(", aim {aim}")).unwrap_or_default();
    let (theirs, ours) = (Figures::of(&outcome.baseline), Figures::of(&outcome.bff));
    format!(
        "| {} ({:.1} KB) | {baseline} | {} | 1 |\n| | tessera | {} | **{median:.2}** ({lowest:.2}–{highest:.2}{aim}) |",
        outcome.scenario.name,
        outcome.answer_bytes as f64 / 1024.0,
        theirs.cells(),
        ours.cells(),
    )
}

/// Writes all outcomes as JSON, and says where.
pub fn write(outcomes: &[Outcome], to: (&str, &Path)) {
    let (baseline, path) = to;
    let scenarios = outcomes.iter().map(|outcome| {
        let Ratio { median, lowest, highest } = Ratio::of_sides(outcome);
        json!({"scenario": outcome.scenario.name, "answer_bytes": outcome.answer_bytes, "aim": outcome.scenario.aim,
            "cpu_ratio": {"median": median, "lowest": lowest, "highest": highest},
            "baseline": Figures::of(&outcome.baseline).json(), "tessera": Figures::of(&outcome.bff).json()})
    });
    let report = json!({"baseline": baseline, "scenarios": scenarios.collect::<Vec<_>>()});
    fs::write(path, serde_json::to_string_pretty(&report).unwrap()).unwrap();
    println!("\nas JSON: {}", path.display());
}
