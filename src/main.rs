//! The program `tessera`: reads the verb, does it, and turns whatever went wrong into one sentence and exit code 1.

use std::{
    fs,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use tessera::{
    cli::{Cli, ConfigArguments, ConfigVerb, ExplainArguments, SchemaVerb, Verb},
    config::{self, Config},
    graphql::Schema,
    operations::Explanation,
    server, telemetry,
};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What `main` reports; its text is the sentence.
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
        None => Err("say what to do: `tessera serve --config tessera.toml`, or `tessera --help`".into()),
        #[cfg(feature = "dev")]
        Some(Verb::Dev(arguments)) => tessera::dev::run(&arguments),
        Some(Verb::Serve(arguments)) => serve(&load(&arguments)?),
        Some(Verb::Explain(arguments)) => explain(arguments),
        Some(Verb::Config { verb: ConfigVerb::Check(arguments) }) => {
            load(&arguments)?;
            print("the configuration is good\n")
        }
        Some(Verb::Config { verb: ConfigVerb::Print(arguments) }) => print(&toml::to_string(&load(&arguments)?)?),
        Some(Verb::Schema { verb: SchemaVerb::Print }) => print(&Schema::new().sdl()),
    }
}

fn load(arguments: &ConfigArguments) -> Result<Config, Failure> {
    Ok(config::load(arguments.config.as_deref())?)
}

fn explain(arguments: ExplainArguments) -> Result<(), Failure> {
    let ExplainArguments { document: file, operation, variables, config } = arguments;
    let limits = if config.config.is_some() { load(&config)?.limits } else { config::Limits::default() };
    let document = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    // What costs too much is explained like everything else.
    let unpriced = config::Limits { max_cost: u64::MAX, ..limits.clone() };
    let prepared = server::operations(&Schema::new(), &unpriced)?
        .prepare(&document, operation.as_deref(), variables)
        .map_err(|rejection| format!("{}: {rejection}", file.display()))?;
    print(&Explanation { prepared: &prepared, limits: server::operation_limits(&limits) }.to_string())
}

fn print(text: &str) -> Result<(), Failure> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

fn serve(config: &Config) -> Result<(), Failure> {
    telemetry::install(&config.log);
    server::install_cryptography();
    let address = config.http.listen;
    server::runtime()?.block_on(async {
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| format!("http.listen: cannot listen on {address}: {error}"))?;
        Ok(server::serve(config, listener, server::asked_to_stop()).await?)
    })
}
