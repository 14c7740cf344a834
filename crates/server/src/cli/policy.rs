//! `market policy`.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, anyhow, bail};
use subsidies::model::{Compiled, PolicyBook};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Print a policy as it is built in, or without a name, the list of them
    ///
    /// Example: market policy show xining-2020 > policy.toml
    Show {
        /// Which policy: its id for the newest version, or id@version
        name: Option<String>,
    },
    /// Check a policy document: its rules, its conditions, and that its worked examples hold
    ///
    /// Example: market policy check policy.toml
    Check {
        /// The document, in TOML
        file: PathBuf,
    },
}

impl Command {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show { name: None } => list(),
            Self::Show { name: Some(name) } => show(&name),
            Self::Check { file } => {
                let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
                let policy = check(&text).with_context(|| file.display().to_string())?;
                Ok(writeln!(io::stdout(), "{}", about(&policy))?)
            }
        }
    }
}

fn book() -> anyhow::Result<&'static PolicyBook> {
    PolicyBook::built_in().map_err(|fault| anyhow!("the built-in policies are broken: {fault}"))
}

fn list() -> anyhow::Result<()> {
    let mut out = io::stdout();
    for policy in book()?.all() {
        writeln!(out, "{}", about(policy))?;
    }
    Ok(())
}

fn show(name: &str) -> anyhow::Result<()> {
    let policy = book()?.named(name).with_context(|| format!("there is no policy `{name}`"))?;
    Ok(io::stdout().write_all(toml::to_string_pretty(&policy.policy)?.as_bytes())?)
}

fn check(text: &str) -> anyhow::Result<Compiled> {
    match Compiled::from_toml(text) {
        Ok(policy) => Ok(policy),
        Err(faults) => bail!("the policy cannot be used:\n{}", faults.join("\n")),
    }
}

fn about(policy: &Compiled) -> String {
    let policy = &policy.policy;
    let until = policy.effective_to.map_or_else(String::new, |last| format!(" to {last}"));
    format!(
        "{}  {}, from {}{until}: {} rules, {} examples, which hold",
        policy.name(),
        policy.title.zh,
        policy.effective_from,
        policy.rules.len(),
        policy.examples.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_passes_the_check_and_says_the_same() {
        for built_in in book().unwrap().all() {
            let text = toml::to_string_pretty(&built_in.policy).unwrap();
            assert_eq!(check(&text).unwrap().policy, built_in.policy);
        }
    }

    #[test]
    fn a_changed_rate_is_caught_by_the_examples() {
        let mut policy = book().unwrap().named("xining-2020").unwrap().policy.clone();
        let text =
            toml::to_string_pretty(&policy).unwrap().replace("rate_bp = 300", "rate_bp = 301");
        assert_ne!(text, toml::to_string_pretty(&policy).unwrap());
        let said = check(&text).err().unwrap().to_string();
        assert!(said.contains("does not hold"), "{said}");
        policy.examples.clear();
        let said = check(&toml::to_string_pretty(&policy).unwrap()).err().unwrap().to_string();
        assert!(said.contains("worked examples"), "{said}");
    }
}
