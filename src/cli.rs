//! The command line. In: arguments. Out: one of the program's verbs, or a sentence on what is wrong with them.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A GraphQL backend-for-frontend over a user, a post and an order service.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without it, `dev` where that is built in.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// What `dev` takes, for when no verb is given.
    #[cfg(feature = "dev")]
    #[command(flatten)]
    pub dev: crate::dev::DevArguments,
}

/// The program's verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Everything in one process: the BFF, the three services and demo data.
    #[cfg(feature = "dev")]
    Dev(crate::dev::DevArguments),
    /// The BFF alone, in front of services that run elsewhere.
    Serve(ConfigArguments),
    /// What an operation will take: cost, depth, the calls to the services. Nothing is run.
    Explain(ExplainArguments),
    /// The settings as they would be used.
    Config {
        /// What to do with them.
        #[command(subcommand)]
        verb: ConfigVerb,
    },
    /// The trusted documents.
    Operations {
        /// What to do with them.
        #[command(subcommand)]
        verb: OperationsVerb,
    },
    /// The public schema.
    Schema {
        /// What to do with it.
        #[command(subcommand)]
        verb: SchemaVerb,
    },
}

/// Where settings come from.
#[derive(clap::Args, Debug)]
pub struct ConfigArguments {
    /// A TOML file; `TESSERA__SECTION__KEY` variables win over it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What to explain.
#[derive(clap::Args, Debug)]
pub struct ExplainArguments {
    /// A GraphQL document.
    #[arg(value_name = "FILE")]
    pub document: PathBuf,
    /// Which of its operations, if it has several.
    #[arg(long, value_name = "NAME")]
    pub operation: Option<String>,
    /// Values of its variables, as a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = json_object)]
    pub variables: serde_json::Map<String, serde_json::Value>,
    /// Settings with other limits than the defaults.
    #[command(flatten)]
    pub config: ConfigArguments,
}

fn json_object(text: &str) -> Result<serde_json::Map<String, serde_json::Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Says whether they hold together.
    Check(ConfigArguments),
    /// Prints all of them, defaults included, secrets masked.
    Print(ConfigArguments),
}

/// What to do with trusted documents.
#[derive(Debug, Subcommand)]
pub enum OperationsVerb {
    /// Says of each document whether it is good, and what it takes; exit code 1 if one is no good.
    Check {
        /// Which documents.
        #[command(flatten)]
        sources: SourceArguments,
        /// Settings with other limits than the defaults.
        #[command(flatten)]
        config: ConfigArguments,
    },
    /// Prints Apollo's persisted query manifest of them.
    Manifest {
        /// Which documents.
        #[command(flatten)]
        sources: SourceArguments,
        /// Only this client's documents.
        #[arg(long, value_name = "NAME")]
        client: Option<String>,
    },
}

/// Where trusted documents are.
#[derive(clap::Args, Debug)]
pub struct SourceArguments {
    /// Files, or folders with a folder a client.
    #[arg(long, value_name = "PATH", num_args = 1.., default_value = "persisted-queries")]
    pub sources: Vec<PathBuf>,
}

/// What to do with the schema.
#[derive(Debug, Subcommand)]
pub enum SchemaVerb {
    /// Prints its definition.
    Print,
    /// Says what changed since an older definition, and which trusted documents break; exit code 1 if something breaks.
    Check(SchemaCheckArguments),
}

/// What to compare.
#[derive(clap::Args, Debug)]
pub struct SchemaCheckArguments {
    /// The definition that clients know.
    #[arg(long, value_name = "FILE")]
    pub against: PathBuf,
    /// The definition that they will find; without it, this program's own.
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// The day by which sunsets are judged; without it, today in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub today: Option<String>,
    /// Which documents.
    #[command(flatten)]
    pub sources: SourceArguments,
}
