//! Prepares what a stranger sends: any text, any operation name, any variables.
//!
//! In: `document~operation name~variables`, of which the last two may be missing. What is accepted must be within the
//! limits, and mean the same once it is written out and prepared again; what is refused must be refused in few, short
//! words that point into the text. Both must come out the same a second time, from the cache.
#![no_main]

mod flattened;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use tessera::{
    graphql::Schema,
    operations::{Cost, Limits, OperationKind, Operations, PlannedCall, Prepared, Rejection, RejectionCode, RootField},
    server,
};

/// The rejection's own number of violations.
const MAX_VIOLATIONS: usize = 10;
/// The rejection's own length of a message, in characters, and the marks that stand for what was cut.
const MAX_MESSAGE: usize = 300 + 6;

/// As in production, but for a cache so small that documents are dropped from it while the fuzzer runs.
static LIMITS: LazyLock<Limits> = LazyLock::new(|| Limits { cache_bytes: 1024 * 1024, ..Limits::default() });
static OPERATIONS: LazyLock<Operations> = LazyLock::new(|| server::operations(&Schema::new(), *LIMITS).unwrap());

/// For flattened operations, which have more tokens and aliases than what was sent, and nothing remembered.
static UNLIMITED: LazyLock<Operations> = LazyLock::new(|| {
    let limits = Limits {
        aliases: usize::MAX,
        tokens: usize::MAX,
        nesting: 10 * LIMITS.nesting,
        cache_bytes: 0,
        ..Limits::default()
    };
    server::operations(&Schema::new(), limits).unwrap()
});

fuzz_target!(|input: &[u8]| {
    let input = String::from_utf8_lossy(input);
    let mut parts = input.splitn(3, '~');
    let document = parts.next().unwrap_or_default();
    let name = parts.next().map(str::trim).filter(|name| !name.is_empty());
    let variables: Map<_, _> = parts.next().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();

    let first = prepare(document, name, variables.clone());
    let again = prepare(document, name, variables);
    match (first, again) {
        (Ok(first), Ok(again)) => {
            assert!(name.is_none_or(|name| first.operation.name() == Some(name)));
            check_accepted(&first);
            assert_eq!(flattened::text(&first), flattened::text(&again));
            assert_eq!((Facts::of(&first), &first.variables), (Facts::of(&again), &again.variables));
        }
        (Err(first), Err(again)) => {
            assert_eq!(first, again);
            check_rejection(document, &first);
        }
        (first, again) => panic!("first {first:?}, then {again:?}"),
    }
});

/// Both stages, each with the codes that it promises.
fn prepare(document: &str, name: Option<&str>, variables: Map<String, Value>) -> Result<Prepared, Rejection> {
    use RejectionCode::*;
    let selected = OPERATIONS.select(document, name).inspect_err(|rejection| {
        assert!(matches!(
            rejection.code(),
            TooManyTokens
                | TooDeep
                | TooManyAliases
                | TooManyDirectives
                | ParseFailed
                | ValidationFailed
                | OperationResolutionFailed
        ));
    })?;
    OPERATIONS.complete(&selected, variables).inspect_err(|rejection| {
        assert!(matches!(
            rejection.code(),
            VariableCoercionFailed | TooManyFields | TooManyRootFields | TooDeep | TooCostly
        ));
    })
}

fn check_accepted(prepared: &Prepared) {
    let facts = Facts::of(prepared);
    assert!(facts.depth <= LIMITS.depth && facts.cost <= LIMITS.cost, "{facts:?}");
    assert!(facts.root_fields.len() <= LIMITS.root_fields, "{facts:?}");
    assert!(flattened::fields(prepared) <= LIMITS.fields);
    assert_eq!(prepared.operation.actual_cost(&async_graphql::Value::Null), 0);

    let text = flattened::text(prepared);
    let variables = serde_json::from_value(serde_json::to_value(&prepared.variables).unwrap()).unwrap();
    match UNLIMITED.prepare(&text, None, variables) {
        Ok(again) => {
            assert_eq!(facts, Facts::of(&again), "{text}");
            assert_eq!(prepared.variables, again.variables, "{text}");
            assert_eq!(text, flattened::text(&again));
        }
        Err(rejection) => panic!("{rejection}\n{text}\n{:?}", prepared.variables),
    }
}

fn check_rejection(document: &str, rejection: &Rejection) {
    let violations = rejection.violations();
    assert!((1..=MAX_VIOLATIONS).contains(&violations.len()), "{rejection}");
    for violation in violations {
        let length = violation.message.chars().count();
        assert!((1..=MAX_MESSAGE).contains(&length), "{length} characters: {rejection}");
        assert!(!violation.message.contains(char::is_control), "{rejection:?}");
        for place in &violation.locations {
            let text = document.replace("\r\n", "\n").replace('\r', "\n");
            let line = place.line.checked_sub(1).and_then(|line| text.split('\n').nth(line));
            let columns = line.map_or(0, |line| line.chars().count() + 1);
            assert!((1..=columns).contains(&place.column), "{place:?}: {rejection}");
        }
    }
}

/// What is decided by an operation, however it is written.
#[derive(Debug, PartialEq)]
struct Facts {
    kind: OperationKind,
    root_fields: Vec<RootField>,
    depth: usize,
    cost: Cost,
    calls: Vec<PlannedCall>,
    of_viewer: Vec<String>,
}

impl Facts {
    fn of(Prepared { operation, cost, .. }: &Prepared) -> Self {
        Self {
            kind: operation.kind(),
            root_fields: operation.root_fields().to_vec(),
            depth: operation.depth(),
            cost: *cost,
            calls: operation.calls(),
            of_viewer: operation.of_viewer().to_vec(),
        }
    }
}
