//! The command line. In: arguments. Out: one of the program's commands, or a usage error.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A GraphQL backend-for-frontend
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// The command; `dev` by default, in builds that include it.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Arguments of `dev`, if no command is given.
    #[cfg(feature = "dev")]
    #[command(flatten)]
    pub dev: crate::dev::DevArguments,
}

/// The program's commands.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Runs the BFF, the services and demo data in one process.
    #[cfg(feature = "dev")]
    Dev(crate::dev::DevArguments),
    /// Not in this build.
    #[cfg(not(feature = "dev"))]
    #[command(hide = true)]
    Dev(AnyArguments),
    /// Runs the BFF in front of services that run elsewhere.
    Serve(ConfigArguments),
    /// Prints an operation's cost, depth and calls to the services, without executing it.
    Explain(ExplainArguments),
    /// Validates or prints the configuration.
    Config {
        /// The command.
        #[command(subcommand)]
        verb: ConfigVerb,
    },
    /// Validates or exports the trusted documents.
    Operations {
        /// The command.
        #[command(subcommand)]
        verb: OperationsVerb,
    },
    /// Prints the public schema, or compares it with an older one.
    Schema {
        /// The command.
        #[command(subcommand)]
        verb: SchemaVerb,
    },
}

/// Arguments that are not looked at.
#[cfg(not(feature = "dev"))]
#[derive(clap::Args, Debug)]
pub struct AnyArguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    any: Vec<String>,
}

/// The source of the configuration.
#[derive(clap::Args, Debug)]
pub struct ConfigArguments {
    /// Configuration file in TOML. Environment variables `TESSERA__SECTION__KEY` take precedence.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Arguments of `explain`.
#[derive(clap::Args, Debug)]
pub struct ExplainArguments {
    /// GraphQL document.
    #[arg(value_name = "FILE")]
    pub document: PathBuf,
    /// Operation name, if the document has several operations.
    #[arg(long, value_name = "NAME")]
    pub operation: Option<String>,
    /// Variables as a JSON object.
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = json_object)]
    pub variables: serde_json::Map<String, serde_json::Value>,
    /// Configuration with other limits than the defaults.
    #[command(flatten)]
    pub config: ConfigArguments,
}

fn json_object(text: &str) -> Result<serde_json::Map<String, serde_json::Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))
}

/// Commands on the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Validates the configuration.
    Check(ConfigArguments),
    /// Prints all settings, defaults included, secrets masked.
    Print(ConfigArguments),
}

/// Commands on trusted documents.
#[derive(Debug, Subcommand)]
pub enum OperationsVerb {
    /// Validates each document and prints its worst-case cost; exit code 1 if a document is not valid.
    Check {
        /// The documents.
        #[command(flatten)]
        sources: SourceArguments,
        /// Configuration with other limits than the defaults.
        #[command(flatten)]
        config: ConfigArguments,
    },
    /// Prints the documents as an Apollo persisted query manifest.
    Manifest {
        /// The documents.
        #[command(flatten)]
        sources: SourceArguments,
        /// Only the documents of this client.
        #[arg(long, value_name = "NAME")]
        client: Option<String>,
    },
}

/// The sources of trusted documents.
#[derive(clap::Args, Debug)]
pub struct SourceArguments {
    /// Files, or folders with one folder per client.
    #[arg(long, value_name = "PATH", num_args = 1.., default_value = "persisted-queries")]
    pub sources: Vec<PathBuf>,
}

/// Commands on the schema.
#[derive(Debug, Subcommand)]
pub enum SchemaVerb {
    /// Prints the schema definition.
    Print,
    /// Lists the changes since an older schema and the trusted documents that they break; exit code 1 on a breaking change.
    Check(SchemaCheckArguments),
}

/// Arguments of `schema check`.
#[derive(clap::Args, Debug)]
pub struct SchemaCheckArguments {
    /// Schema definition in use by clients.
    #[arg(long, value_name = "FILE")]
    pub against: PathBuf,
    /// New schema definition; by default that of this program.
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// Date for the evaluation of sunsets; today in UTC by default.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub today: Option<String>,
    /// The documents.
    #[command(flatten)]
    pub sources: SourceArguments,
}
