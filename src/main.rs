//! The program `tessera`: runs a command. An error is one sentence on standard error and exit code 1.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use contract::Clock;
use tessera::{
    cli::{Cli, ConfigArguments, ConfigVerb, ExplainArguments, OperationsVerb, SchemaCheckArguments, SchemaVerb, Verb},
    config::{self, Config},
    graphql::Schema,
    operations::{Limits, documents::source},
    server, telemetry,
    tools::{
        document_check,
        explain::Explanation,
        manifest,
        schema_check::{self, SchemaText},
    },
};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An error; its text is the sentence.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tessera: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    match cli.verb {
        #[cfg(feature = "dev")]
        None => tessera::dev::run(&cli.dev),
        #[cfg(not(feature = "dev"))]
        None => Err("a command is missing: `tessera serve --config tessera.toml`, or `tessera --help`".into()),
        #[cfg(feature = "dev")]
        Some(Verb::Dev(arguments)) => tessera::dev::run(&arguments),
        #[cfg(not(feature = "dev"))]
        Some(Verb::Dev(_)) => Err("this build is without `dev`: build it with `cargo build --features dev`".into()),
        Some(Verb::Serve(arguments)) => serve(&load(&arguments)?),
        Some(Verb::Explain(arguments)) => explain(arguments),
        Some(Verb::Config { verb: ConfigVerb::Check(arguments) }) => {
            load(&arguments)?;
            print("the configuration is valid\n")
        }
        Some(Verb::Config { verb: ConfigVerb::Print(arguments) }) => print(&toml::to_string(&load(&arguments)?)?),
        Some(Verb::Operations { verb: OperationsVerb::Check { sources, config } }) => {
            check_documents(&sources.sources, &config)
        }
        Some(Verb::Operations { verb: OperationsVerb::Manifest { sources, client } }) => {
            let operations = server::operations(&Schema::new(), Limits::default())?;
            print(&manifest::export(source::read(&sources.sources)?, client.as_deref(), &operations)?)
        }
        Some(Verb::Schema { verb: SchemaVerb::Print }) => print(&Schema::new().sdl()),
        Some(Verb::Schema { verb: SchemaVerb::Check(arguments) }) => check_schema(&arguments),
    }
}

fn load(arguments: &ConfigArguments) -> Result<Config, Failure> {
    Ok(config::load(arguments.config.as_deref())?)
}

fn check_documents(sources: &[PathBuf], config: &ConfigArguments) -> Result<(), Failure> {
    let operations = server::operations(&Schema::new(), limits(config)?)?;
    let report = document_check::check(source::read(sources)?, &operations);
    print(&report.to_string())?;
    if report.is_good() { Ok(()) } else { Err("some documents are not valid".into()) }
}

fn check_schema(arguments: &SchemaCheckArguments) -> Result<(), Failure> {
    let old = schema_text(&arguments.against)?;
    let own = || Ok(SchemaText { name: "this program's schema".into(), text: Schema::new().sdl() });
    let new = arguments.schema.as_deref().map_or_else(own, schema_text)?;
    let now = Clock::system().now().to_string();
    let today = arguments.today.as_deref().unwrap_or(&now[..now.len().min(10)]);
    let today =
        schema_check::date(today).ok_or_else(|| format!("--today: `{today}` is not a date such as 2027-06-30"))?;
    let report = schema_check::check(&old, &new, &source::read(&arguments.sources.sources)?, today)?;
    print(&report.to_string())?;
    if report.breaks() { Err("the schema has breaking changes".into()) } else { Ok(()) }
}

fn schema_text(file: &Path) -> Result<SchemaText, Failure> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(SchemaText { name: file.display().to_string(), text })
}

/// The limits of a configuration file, or the defaults: the commands on documents need no other setting.
fn limits(config: &ConfigArguments) -> Result<Limits, Failure> {
    if config.config.is_some() { Ok(load(config)?.limits) } else { Ok(Limits::default()) }
}

fn explain(arguments: ExplainArguments) -> Result<(), Failure> {
    let ExplainArguments { document: file, operation, variables, config } = arguments;
    let limits = limits(&config)?;
    let document = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    // Operations that exceed the cost limit are explained, too.
    let unpriced = Limits { cost: u64::MAX, ..limits };
    let prepared = server::operations(&Schema::new(), unpriced)?
        .prepare(&document, operation.as_deref(), variables)
        .map_err(|rejection| format!("{}: {rejection}", file.display()))?;
    print(&Explanation { prepared: &prepared, limits }.to_string())
}

fn print(text: &str) -> Result<(), Failure> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

fn serve(config: &Config) -> Result<(), Failure> {
    let _log = telemetry::install(&config.log)?;
    server::install_cryptography();
    let address = config.http.listen;
    server::runtime()?.block_on(async {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| format!("http.listen: cannot listen on {address}: {error}"))?;
        Ok(server::serve(config, listener, server::shutdown_signal()).await?)
    })
}
