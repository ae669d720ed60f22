//! The measurement: all sides in turn, a few milliseconds each, round by round; each operation is timed by itself.
//! In: how many rounds. Out: the median operation of each. What a side is given (texts, values, an empty cache) is made
//! before its time begins. Medians twice over, because another program that gets the core in between hits the slow side
//! more often than the fast one.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::Variables;
use serde_json::{Map, Value};
use tessera::{
    graphql::{SCALAR_CHECKS, Schema},
    operations::{Limits, Operations, Prepared},
};

use crate::engine::{self, Engine, Phases};
use crate::workload::{self, FIELDS, QUERY};

/// Operations of a round.
const FIRST: usize = 20;
const KNOWN: usize = 400;
const STOCK: usize = 40;
const WALKS: usize = 200;

/// What the median operation took in one round, in µs.
pub struct Round {
    /// `Operations::prepare`, the text never seen.
    pub first: f64,
    /// The same, text and values seen.
    pub known: f64,
    /// The same, the text seen, the values not.
    pub other_values: f64,
    /// Stock async-graphql on the text.
    pub stock: PhasesUs,
    /// The engine on the prepared operation's document, our clone of it included.
    pub walk: PhasesUs,
    /// That clone.
    pub cloning: f64,
    /// As `walk`, for `{ __typename }`: what a request and the clock cost without a document.
    pub nothing: f64,
}

/// [`Phases`] of the median operation.
pub struct PhasesUs {
    pub whole: f64,
    pub reading: f64,
    pub rules: f64,
    pub rest: f64,
}

/// What takes turns.
struct Sides {
    sdl: String,
    known: Operations,
    stock: Engine,
    ours: Engine,
    prepared: Prepared,
    nothing: Prepared,
}

/// Measures all sides in as many rounds.
pub fn run(rounds: usize) -> Vec<Round> {
    let sides = Sides::new();
    sides.check();
    sides.round(0);
    (1..=rounds).map(|number| sides.round(number)).collect()
}

impl Sides {
    fn new() -> Self {
        let sdl = Schema::new().sdl();
        let known = operations(&sdl);
        let prepared = known.prepare(QUERY, None, workload::variables(0)).unwrap();
        let nothing = known.prepare("{ __typename }", None, Map::new()).unwrap();
        Self { sdl, known, stock: Engine::stock(), ours: Engine::for_prepared(), prepared, nothing }
    }

    /// That each side does what it is measured for.
    fn check(&self) {
        let again = self.known.prepare(QUERY, None, workload::variables(1)).unwrap();
        assert!(Arc::ptr_eq(&self.prepared.operation, &again.operation), "a known operation was prepared again");
        self.stock(1);
        self.walk(&self.prepared, 1);
        let counts = [self.stock.fields_visited(), self.ours.fields_visited()];
        assert_eq!(counts, [FIELDS; 2], "fields that the engine visits");
    }

    fn round(&self, number: usize) -> Round {
        let (unseen, seen) = ((0..FIRST).map(workload::unseen).collect::<Vec<_>>(), [QUERY.to_owned()]);
        let first = prepare(&operations(&self.sdl), &unseen, (FIRST, workload::variables));
        let known = prepare(&self.known, &seen, (KNOWN, |_| workload::variables(0)));
        let other = |place| workload::variables(number * KNOWN + place);
        let other_values = prepare(&self.known, &seen, (KNOWN, other));
        let stock = PhasesUs::of(&self.stock(STOCK));
        let (walks, clones) = self.walk(&self.prepared, WALKS);
        let (engine, cloning) = (PhasesUs::of(&walks), median(clones));
        let walk = PhasesUs { whole: cloning + engine.whole, ..engine };
        let nothing = PhasesUs::of(&self.walk(&self.nothing, WALKS).0).whole;
        Round { first, known, other_values, stock, walk, cloning, nothing }
    }

    fn stock(&self, count: usize) -> Vec<Phases> {
        let variables = Variables::from_json(Value::Object(workload::variables(0)));
        (0..count).map(|_| self.stock.run(engine::of_text(QUERY, variables.clone()))).collect()
    }

    /// The engine's phases, and how long cloning the document took each time.
    fn walk(&self, Prepared { operation, variables, .. }: &Prepared, count: usize) -> (Vec<Phases>, Vec<Duration>) {
        let walks = (0..count).map(|_| {
            let started = Instant::now();
            let document = operation.document().clone();
            let cloning = started.elapsed();
            (self.ours.run(engine::of_document(document, variables.clone())), cloning)
        });
        walks.unzip()
    }
}

impl PhasesUs {
    fn of(operations: &[Phases]) -> Self {
        let phase = |of: fn(&Phases) -> Duration| median(operations.iter().map(of).collect());
        Self {
            whole: phase(|it| it.whole),
            reading: phase(|it| it.reading),
            rules: phase(|it| it.rules),
            rest: phase(|it| it.whole - it.reading - it.rules),
        }
    }
}

fn operations(sdl: &str) -> Operations {
    Operations::new(sdl, Limits::default(), SCALAR_CHECKS.into_iter().collect()).unwrap()
}

/// Prepares the texts in turn, each time with values of its own; µs for the median one.
fn prepare(
    operations: &Operations,
    texts: &[String],
    (count, variables): (usize, impl Fn(usize) -> Map<String, Value>),
) -> f64 {
    let variables: Vec<_> = (0..count).map(variables).collect();
    let operations = texts.iter().cycle().zip(variables).map(|(text, variables)| {
        let started = Instant::now();
        black_box(operations.prepare(text, None, variables).unwrap());
        started.elapsed()
    });
    median(operations.collect())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}
