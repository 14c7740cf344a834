//! `market openapi`.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, bail};

use crate::openapi;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Compare with a file instead, and fail if it differs
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let text = openapi::text()?;
        let Some(file) = self.check else {
            return Ok(io::stdout().write_all(text.as_bytes())?);
        };
        let found = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        if found != text {
            bail!("{} is not what the code says; write it anew", file.display());
        }
        Ok(writeln!(io::stdout(), "{} is what the code says", file.display())?)
    }
}
