//! The engine up to the first resolver: stock async-graphql on a text, and as it is run here, on a prepared document.
//! In: a request. Out: how long each of its phases took. An extension takes the times and answers in place of the
//! resolvers; its hooks cost something themselves, which the same request for `{ __typename }` shows.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};
use std::time::{Duration, Instant};

use async_graphql::{
    EmptySubscription, Request, Response, Schema, SchemaBuilder, ServerError, ServerResult, ValidationMode,
    ValidationResult, Value, Variables, async_trait,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextValidation},
    parser::types::ExecutableDocument,
};
use futures::FutureExt;
use tessera::graphql::{Mutation, Query};

/// What the hooks saw of the last request.
#[derive(Default)]
struct Clock {
    reading_ns: AtomicU64,
    rules_ns: AtomicU64,
    executions: AtomicUsize,
    fields: AtomicUsize,
}

/// The engine's phases before the first resolver.
#[derive(Clone, Copy)]
pub struct Phases {
    /// All of it.
    pub whole: Duration,
    /// `parse_query`: parsing, if a text was given, and the check of how deep it is.
    pub reading: Duration,
    /// `check_rules`: the visitors that the validation mode has.
    pub rules: Duration,
}

/// An engine that answers nothing where its resolvers would begin.
pub struct Engine {
    schema: Schema<Query, Mutation, EmptySubscription>,
    clock: Arc<Clock>,
}

impl Engine {
    /// As async-graphql is without a setting.
    pub fn stock() -> Self {
        Self::new(|builder| builder)
    }

    /// As `graphql::Schema` sets it for documents that were judged before.
    pub fn for_prepared() -> Self {
        Self::new(|builder| builder.validation_mode(ValidationMode::Fast).limit_recursive_depth(usize::MAX))
    }

    fn new(
        configure: impl FnOnce(
            SchemaBuilder<Query, Mutation, EmptySubscription>,
        ) -> SchemaBuilder<Query, Mutation, EmptySubscription>,
    ) -> Self {
        let clock = Arc::new(Clock::default());
        let builder = Schema::build(Query::default(), Mutation::default(), EmptySubscription);
        Self { schema: configure(builder).extension(Hooks(Arc::clone(&clock))).finish(), clock }
    }

    /// Brings a request up to its first resolver.
    pub fn run(&self, request: Request) -> Phases {
        let executions = self.clock.executions.load(Relaxed);
        let started = Instant::now();
        let response = self.schema.execute(request).now_or_never().expect("nothing to wait for");
        let whole = started.elapsed();
        assert!(response.errors.is_empty(), "{:?}", response.errors);
        assert_eq!(self.clock.executions.load(Relaxed), executions + 1, "the request did not come to its resolvers");
        let phase = |nanoseconds: &AtomicU64| Duration::from_nanos(nanoseconds.load(Relaxed));
        Phases { whole, reading: phase(&self.clock.reading_ns), rules: phase(&self.clock.rules_ns) }
    }

    /// How many fields the engine's visitors counted in the last document.
    pub fn fields_visited(&self) -> usize {
        self.clock.fields.load(Relaxed)
    }
}

/// A request for a text.
pub fn of_text(text: &str, variables: Variables) -> Request {
    Request::new(text).variables(variables)
}

/// A request for a document, as `graphql::Schema::execute` makes it.
pub fn of_document(document: ExecutableDocument, variables: Variables) -> Request {
    let mut request = Request::new(String::new()).variables(variables);
    request.set_parsed_query(document);
    request
}

struct Hooks(Arc<Clock>);

impl ExtensionFactory for Hooks {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(Arc::clone(&self.0)))
    }
}

#[async_trait::async_trait]
impl Extension for Hooks {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let started = Instant::now();
        let document = next.run(ctx, query, variables).await;
        set(&self.0.reading_ns, started);
        document
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let started = Instant::now();
        let result = next.run(ctx).await;
        set(&self.0.rules_ns, started);
        // Nothing in the schema has a complexity of its own, so the engine's complexity is its count of fields.
        self.0.fields.store(result.as_ref().map_or(0, |result| result.complexity), Relaxed);
        result
    }

    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        self.0.executions.fetch_add(1, Relaxed);
        Response::new(Value::Null)
    }
}

fn set(nanoseconds: &AtomicU64, started: Instant) {
    nanoseconds.store(u64::try_from(started.elapsed().as_nanos()).unwrap(), Relaxed);
}
