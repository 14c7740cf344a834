//! The PostgreSQL programs of this machine.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::bail;

/// The oldest major version that the migrations run on.
const OLDEST: u32 = 15;

/// Where `initdb` and `postgres` are, and their major version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    folder: PathBuf,
    version: u32,
}

impl Programs {
    /// The newest programs on this machine, or those in `MARKET_PG_BIN`.
    ///
    /// # Errors
    /// A sentence that says what to install.
    pub fn find() -> anyhow::Result<Self> {
        let named = env::var_os("MARKET_PG_BIN").filter(|named| !named.is_empty());
        let folders = named.as_ref().map_or_else(candidates, |named| vec![named.into()]);
        let found = folders.iter().filter_map(|folder| Self::at(folder));
        // Of equal versions the first: it was looked for in the likelier place.
        let newest =
            found.reduce(|best, next| if next.version > best.version { next } else { best });
        match newest {
            Some(programs) if programs.version >= OLDEST => Ok(programs),
            Some(programs) => bail!(
                "the PostgreSQL found in {} is version {}, but {OLDEST} or newer is needed. Install \
                 a newer one, or set DATABASE_URL to a server that is.",
                programs.folder.display(),
                programs.version
            ),
            None => match named {
                Some(named) => bail!(
                    "there are no PostgreSQL programs (initdb, postgres) in {}, which MARKET_PG_BIN \
                     names.",
                    named.display()
                ),
                None => bail!(
                    "no PostgreSQL programs (initdb, postgres) were found. Install the package \
                     `postgresql` (Debian, Ubuntu), or set MARKET_PG_BIN to their folder, or \
                     DATABASE_URL to a running server."
                ),
            },
        }
    }

    fn at(folder: &Path) -> Option<Self> {
        let postgres = folder.join("postgres");
        if !folder.join("initdb").exists() || !postgres.exists() {
            return None;
        }
        let output = Command::new(postgres).arg("--version").output().ok()?;
        let version = major_version(&String::from_utf8(output.stdout).ok()?)?;
        Some(Self { folder: folder.to_owned(), version })
    }

    pub(super) const fn version(&self) -> u32 {
        self.version
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

fn candidates() -> Vec<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    folders
}

/// 15 of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        for (text, version) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta1\n", Some(18)),
            ("something else", None),
        ] {
            assert_eq!(major_version(text), version, "{text}");
        }
    }
}
