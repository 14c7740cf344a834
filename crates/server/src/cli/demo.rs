//! `market demo` and `market demo-data`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::Context;
use kernel::Role;
use serde_json::json;

use super::{announce, with_tools};
use crate::{
    config::Config,
    demo::{
        self,
        story::{self, Language, Staff},
        texts::{self, Kind, Texts},
    },
    serving::{self, Running},
    signals::Signals,
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// End after the story; non-zero if a step failed
    #[arg(long)]
    once: bool,
    /// The language of the transcript and of the market's answers
    #[arg(long, value_enum, default_value_t)]
    lang: Language,
}

impl Arguments {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        writeln!(io::stderr(), "market: starting")?;
        let mut signals = Signals::listen()?;
        let running = signals.or_done(serving::start(config)).await?;
        let played = signals.or_done(self.play(&running)).await;
        if played.is_err() || self.once {
            running.stop().await?;
            return played;
        }
        // Nobody may be there to read it; that is no reason to end.
        let _unwritable = announce(&running.base_url, config);
        let _unwritable = show_accounts(self.lang, &running.base_url);
        running.serve_until_told(&mut signals).await
    }

    async fn play(&self, running: &Running) -> anyhow::Result<()> {
        let tools = &running.tools;
        demo::load(&tools.db, tools.authenticator.hasher()).await?;
        let email = |role| demo::staff_email(role).context("the demo world has no such staff");
        let staff = Staff {
            operator_email: email(Role::Operator)?,
            registrar_email: email(Role::Registrar)?,
            password: demo::PASSWORD.to_owned(),
        };
        let run = tools.db.clock().now().timestamp();
        story::play(&running.base_url, &staff, self.lang, run).await
    }
}

fn show_accounts(language: Language, base_url: &str) -> anyhow::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "\nDemo accounts, all with the password “{}”:", demo::PASSWORD)?;
    let accounts = demo::accounts()?;
    for account in &accounts {
        let does = language.pick(account.does);
        writeln!(out, "    {:<36} {does}, {}", account.email, account.organisation)?;
    }
    let first = accounts.first().context("the demo world has no accounts")?;
    let form = json!({ "email": first.email, "password": demo::PASSWORD });
    writeln!(
        out,
        "\nSign in, and list what is offered:\n    \
         curl -H 'Content-Type: application/json' -d '{form}' {base_url}/api/v1/sessions\n    \
         curl -H 'Accept-Language: en' '{base_url}/api/v1/listings?kind=result&limit=3'"
    )?;
    Ok(writeln!(out, "\nCtrl-C ends the server.")?)
}

#[derive(Debug, clap::Args)]
pub(super) struct DataArguments {
    /// How many random listings, for load; without it the small world is loaded
    #[arg(long, value_name = "N", default_value_t = 0)]
    listings: usize,
    /// How many random contracts, for load
    #[arg(long, value_name = "M", default_value_t = 0)]
    contracts: usize,
    /// The same seed makes the same texts and figures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Publish the texts of this file instead: JSON lines, plain or compressed by gzip
    ///
    /// Each line is {id, kind: result | patent | need, title, abstract, keywords?, discipline?}. A
    /// text without a title is named by its abstract's first words. Patents are listed as results,
    /// because the lines do not name their numbers. What was loaded before is left alone. Every
    /// listing declares that nothing in it is a state secret: load only what is public.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["listings", "contracts"])]
    texts: Option<PathBuf>,
    /// Which of the texts
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "result,patent",
        requires = "texts"
    )]
    kinds: Vec<Kind>,
}

impl DataArguments {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        if let Some(file) = &self.texts {
            return publish_texts(config, Texts::read(file, &self.kinds)?).await;
        }
        with_tools(config, async |tools, _| {
            let hasher = tools.authenticator.hasher();
            if self.listings == 0 && self.contracts == 0 {
                let loaded = demo::load(&tools.db, hasher).await?;
                let said =
                    if loaded.nothing() { "the demo world is there already" } else { "loaded" };
                return Ok(writeln!(io::stdout(), "{said}")?);
            }
            let Self { listings, contracts, seed, .. } = self;
            demo::generate(&tools.db, hasher, demo::Plan { listings, contracts, seed }).await
        })
        .await
    }
}

async fn publish_texts(config: &Config, texts: Texts) -> anyhow::Result<()> {
    let mut err = io::stderr();
    for skipped in &texts.skipped {
        writeln!(err, "demo: line {} skipped: {}", skipped.line, skipped.why)?;
    }
    let Texts { patents, cut, other_kinds, .. } = texts;
    let skipped = texts.skipped.len();
    let published = with_tools(config, async |tools, _| {
        texts::publish(&tools.db, tools.authenticator.hasher(), texts).await
    })
    .await?;
    let texts::Published { new, known } = published;
    let mut out = io::stdout();
    writeln!(out, "{new} texts published; {known} were there already")?;
    writeln!(out, "{skipped} skipped; {other_kinds} of other kinds; {cut} cut to fit")?;
    if patents > 0 {
        writeln!(
            out,
            "{patents} patents are listed as results: their lines do not name their numbers"
        )?;
    }
    Ok(())
}
