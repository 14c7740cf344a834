//! `market migrate`.

use std::io::{self, Write};

use store::migrations;

use crate::{config::Config, serving::Database, signals::Signals};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Take back the newest N migrations, with everything in their tables
    #[arg(long, value_name = "N", conflicts_with = "status")]
    down: Option<usize>,
    /// Show which migrations the database has
    #[arg(long)]
    status: bool,
}

impl Arguments {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let mut signals = Signals::listen()?;
        let database = signals.or_done(Database::open_beside(config)).await?;
        let done = signals.or_done(self.on(&database.url)).await;
        database.close().await?;
        done
    }

    async fn on(self, url: &str) -> anyhow::Result<()> {
        let mut out = io::stdout();
        if self.status {
            for step in migrations::status(url).await? {
                let mark = if step.done { "done   " } else { "pending" };
                writeln!(out, "{mark} {}", step.name)?;
            }
            return Ok(());
        }
        let (word, names) = match self.down {
            Some(steps) => ("took back", migrations::down(url, steps).await?),
            None => ("ran", migrations::up(url).await?),
        };
        for name in &names {
            writeln!(out, "{word} {name}")?;
        }
        if names.is_empty() {
            writeln!(out, "nothing to do")?;
        }
        Ok(())
    }
}
