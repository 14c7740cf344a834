//! The command line.

mod admin;
mod demo;
mod evaluate;
mod migrate;
mod openapi;
mod policy;
mod probe;
mod reindex;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use parties::keys::Rotation;

use crate::{
    config::{Config, LogFormat},
    logging,
    serving::{self, Database, Tools},
    signals::Signals,
};

/// What stands below the subcommands.
const AFTERWARDS: &str = "\
Where it serves: the API at http://127.0.0.1:8080/api/v1, a page to try it at /docs/, its
description at /openapi.json (MARKET_LISTEN or `market serve --listen` chooses another address).

Configuration: ./market.toml (or the file that MARKET_CONFIG names), then MARKET_… variables.
Every setting has a sound default; `market config` shows them all.

Database: DATABASE_URL=postgres://user:password@host/database uses that PostgreSQL server. Without
it, one is started from the programs installed on this machine, in MARKET_DATA_DIR.";

/// The backend of the Xining science and technology market (西宁科技大市场).
///
/// Listings, matching, contracts and subsidies over HTTP.
#[derive(Debug, Parser)]
#[command(name = "market", version, arg_required_else_help = true, after_help = AFTERWARDS)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C
    ///
    /// Example: MARKET_LISTEN=0.0.0.0:8080 market serve
    Serve(ServeArguments),
    /// Serve, play one whole deal through the public API, and go on serving
    ///
    /// Example: market demo --once --lang zh
    Demo(demo::Arguments),
    /// Put a small, believable world into the database, or with numbers a large random one
    ///
    /// Example: market demo-data --listings 20000 --contracts 1000 --seed 7
    DemoData(demo::DataArguments),
    /// Bring the database up to date, show where it stands, or take migrations back
    ///
    /// Example: market migrate --status
    Migrate(migrate::Arguments),
    /// Build this server's search index anew, beside it
    ///
    /// Seldom needed: an index that is missing, damaged or of an older form is built by the server
    /// itself. A server that serves from the same MARKET_DATA_DIR goes on with its index until the
    /// new one is whole, and changes to it by itself within a second.
    ///
    /// Example: market reindex
    Reindex,
    /// Print the effective configuration, secrets hidden
    ///
    /// Every line `name = value` can be set as MARKET_NAME, or stand in ./market.toml (or the file
    /// that MARKET_CONFIG names). DATABASE_URL is database_url.
    ///
    /// Example: MARKET_READERS=32 market config
    Config,
    /// Accounts of the market's and the bureaus' staff
    #[command(subcommand)]
    Admin(admin::Command),
    /// The keys that sign access tokens
    #[command(subcommand)]
    Keys(Keys),
    /// Print the description of the API (OpenAPI 3.1)
    ///
    /// Example: market openapi --check openapi/market.json
    Openapi(openapi::Arguments),
    /// Policies of subsidies as data: print those built in, check another
    #[command(subcommand)]
    Policy(policy::Command),
    /// Measure how good the order of matches is, on texts where the right answers are known
    ///
    /// Prints nDCG@10, recall@100 and MRR of each task, for what share of the questions something
    /// right is likely enough to be shown, and how often suggestions of each score are right.
    ///
    /// Example: market evaluate --data samples --without similar
    Evaluate(evaluate::Arguments),
    /// Ask a running server whether it is ready; fails if it is not
    ///
    /// For health checks of containers and for scripts.
    ///
    /// Example: market probe --url http://127.0.0.1:8080
    Probe(probe::Arguments),
}

#[derive(Debug, clap::Args)]
struct ServeArguments {
    /// Where to serve; overrides MARKET_LISTEN
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Keys {
    /// Make a new key; it signs as soon as every server has had time to fetch it
    ///
    /// Tokens signed with the former key are accepted until they expire.
    ///
    /// Example: market keys rotate
    Rotate,
}

impl Cli {
    /// Runs the command; what fails is said on standard error.
    pub async fn run(self) -> ExitCode {
        match self.command.run().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _unwritable = writeln!(io::stderr(), "market: {error:#}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Command {
    async fn run(self) -> anyhow::Result<()> {
        if let Self::Openapi(arguments) = self {
            return arguments.run();
        }
        if let Self::Policy(command) = self {
            return command.run();
        }
        if let Self::Evaluate(arguments) = self {
            return arguments.run();
        }
        let mut config = Config::read()?;
        if let Self::Config = self {
            return Ok(write!(io::stdout(), "{}", toml::to_string(&config)?)?);
        }
        if let Self::Serve(ServeArguments { listen: Some(listen) }) = &self {
            config = config.listening_on(listen)?;
        }
        logging::start(&config);
        match self {
            Self::Serve(_) => serve(&config).await,
            Self::Demo(arguments) => arguments.run(&config).await,
            Self::DemoData(arguments) => arguments.run(&config).await,
            Self::Migrate(arguments) => arguments.run(&config).await,
            Self::Reindex => reindex::run(&config).await,
            Self::Admin(command) => command.run(&config).await,
            Self::Keys(Keys::Rotate) => rotate_keys(&config).await,
            Self::Probe(arguments) => arguments.run(&config).await,
            Self::Config | Self::Evaluate(_) | Self::Openapi(_) | Self::Policy(_) => Ok(()),
        }
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let running = signals.or_done(serving::start(config)).await?;
    // Nobody may be there to read it; that is no reason to end.
    let _unwritable = announce(&running.base_url, config);
    running.serve_until_told(&mut signals).await
}

/// Says where it serves: to people as a few lines, to programs as one in their log.
fn announce(base_url: &str, config: &Config) -> io::Result<()> {
    let database = match &config.database_url {
        Some(url) => format!("{url:?}"),
        None => format!("embedded, in {}", config.data_dir.display()),
    };
    let metrics = match config.metrics_listen.as_str() {
        "" => "nowhere".to_owned(),
        address => format!("http://{address}/metrics"),
    };
    if config.log_format == LogFormat::Json {
        tracing::info!(base_url, database, metrics, "serving");
        return Ok(());
    }
    writeln!(
        io::stderr(),
        "market: serving  {base_url}/api/v1\n        try it   {base_url}/docs/\n        \
         figures  {metrics}\n        database {database}"
    )
}

/// Runs something that needs the database and the keys, without serving.
async fn with_tools<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Tools, &str) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let mut signals = Signals::listen()?;
    let database = signals.or_done(Database::open_beside(config)).await?;
    let work = async {
        database.migrate(config).await?;
        let tools = Tools::open(config, &database.url).await?;
        work(&tools, &database.url).await
    };
    let done = signals.or_done(work).await;
    database.close().await?;
    done
}

async fn rotate_keys(config: &Config) -> anyhow::Result<()> {
    with_tools(config, async |tools, _| {
        tools.authenticator.rotate(Rotation::Now).await?;
        Ok(writeln!(io::stdout(), "a new key was made; it signs in a few minutes")?)
    })
    .await
}
