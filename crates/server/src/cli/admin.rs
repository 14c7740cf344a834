//! `market admin`.

use std::io::{self, BufRead, Write};

use anyhow::Context;
use kernel::{CreditCode, Email, Line, OrganisationKind, Region, Role};
use parties::commands::{NewStaff, create_staff};
use rand::seq::IndexedRandom;

use super::with_tools;
use crate::config::Config;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create an account of the market's or a bureau's staff
    ///
    /// The organisation is entered if it is not there. A password is made and printed once, or
    /// read from standard input.
    ///
    /// Example: market admin create --kind market --organisation 西宁科技大市场
    ///          --email op@market.example.cn --name 马兰 --role operator,registrar
    Create(Create),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// The person's e-mail address, with which they sign in
    #[arg(long)]
    email: Email,
    /// The person's name
    #[arg(long)]
    name: Line<100>,
    /// Their roles: operator, registrar (market); reviewer, approver, treasurer,
    /// district_officer (government); auditor or admin, each alone
    #[arg(long, required = true, value_delimiter = ',')]
    role: Vec<Role>,
    /// Their organisation's name
    #[arg(long)]
    organisation: Line<200>,
    /// What their organisation is: market or government
    #[arg(long)]
    kind: OrganisationKind,
    /// Where it belongs
    #[arg(long, default_value = "630100")]
    region: Region,
    /// Its unified social credit code
    #[arg(long)]
    credit_code: Option<CreditCode>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Command {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => create.run(config).await,
        }
    }
}

impl Create {
    async fn run(self, config: &Config) -> anyhow::Result<()> {
        let password = if self.password_stdin { first_line()? } else { made_up() };
        let new = NewStaff {
            kind: self.kind,
            organisation: self.organisation,
            region: self.region,
            credit_code: self.credit_code,
            email: self.email.clone(),
            name: self.name,
            password: serde_json::from_value(password.clone().into())
                .context("the password is not one that is accepted")?,
            roles: self.role.into_iter().collect(),
        };
        with_tools(config, async |tools, _| {
            create_staff(&tools.db, tools.authenticator.hasher(), new).await?;
            Ok(())
        })
        .await?;
        writeln!(io::stdout(), "created {}", self.email)?;
        if !self.password_stdin {
            writeln!(io::stdout(), "password (shown once): {password}")?;
        }
        Ok(())
    }
}

fn first_line() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Twenty letters and digits that cannot be taken for one another: about 98 bits.
fn made_up() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let letters = (0..20).filter_map(|_| LETTERS.choose(&mut rng).copied());
    letters.map(char::from).collect()
}
