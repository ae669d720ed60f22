//! The program `tessera`: reads the verb, does it, and turns whatever went wrong into one sentence and exit code 1.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use tessera::{
    cli::{Cli, ConfigArguments, ConfigVerb, SchemaVerb, Verb},
    config::{self, Config},
    graphql::Schema,
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
