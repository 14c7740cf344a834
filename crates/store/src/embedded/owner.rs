//! Whom the server's processes run as: PostgreSQL refuses to run as root.

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

use anyhow::{Context, bail};

/// The user and group of the server's processes and files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Whoever runs the market.
    Ourselves,
    /// The market runs as root: an unprivileged user.
    Other {
        /// Its name, for messages.
        name: &'static str,
        uid: u32,
        gid: u32,
    },
}

impl Owner {
    pub(super) fn of_this_process() -> anyhow::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let users = fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let found = ["postgres", "nobody"].into_iter().find_map(|name| {
            let (uid, gid) = ids_of(&users, name)?;
            Some(Self::Other { name, uid, gid })
        });
        found.context("PostgreSQL refuses to run as root, and there is no user postgres or nobody")
    }

    pub(super) fn uid(&self) -> u32 {
        match self {
            Self::Ourselves => rustix::process::geteuid().as_raw(),
            Self::Other { uid, .. } => *uid,
        }
    }

    /// Lets a command run as this owner. Root's own groups are dropped with its uid.
    pub(super) fn run_as(&self, command: &mut Command) {
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
    }

    /// The folder in which the owner's directory will stand. What is missing of its path is made,
    /// so that the owner may pass through whatever the umask says.
    pub(super) fn make_way(&self, path: &Path) -> anyhow::Result<()> {
        let missing: Vec<&Path> = path
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            .collect();
        fs::create_dir_all(path).with_context(|| format!("creating {}", path.display()))?;
        if matches!(self, Self::Other { .. }) {
            for folder in missing {
                fs::set_permissions(folder, Permissions::from_mode(0o711))?;
            }
        }
        Ok(())
    }

    /// A directory of the owner's own, closed to everybody else.
    pub(super) fn make_directory(&self, path: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(path).with_context(|| format!("creating {}", path.display()))?;
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .with_context(|| format!("closing {} to others", path.display()))?;
        self.give(path)
    }

    pub(super) fn give(&self, path: &Path) -> anyhow::Result<()> {
        if let Self::Other { uid, gid, .. } = self {
            chown(path, Some(*uid), Some(*gid))
                .with_context(|| format!("giving {} to its user", path.display()))?;
        }
        Ok(())
    }

    /// Can the owner come to this directory at all?
    pub(super) fn expect_passage(&self, path: &Path) -> anyhow::Result<()> {
        let Self::Other { name, uid, gid } = self else { return Ok(()) };
        for folder in path.ancestors().skip(1) {
            let about = fs::metadata(folder)?;
            let needed = if about.uid() == *uid {
                0o100
            } else if about.gid() == *gid {
                0o010
            } else {
                0o001
            };
            if about.mode() & needed == 0 {
                bail!(
                    "PostgreSQL cannot run as root, so it runs as `{name}`, who may not pass \
                     through {}. Allow it (chmod o+x {}), or choose another MARKET_DATA_DIR.",
                    folder.display(),
                    folder.display()
                );
            }
        }
        Ok(())
    }
}

/// The uid and gid of a user in the text of `/etc/passwd`.
fn ids_of(users: &str, name: &str) -> Option<(u32, u32)> {
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_ids_are_found_by_its_whole_name() {
        let users =
            "root:x:0:0::/root:/bin/sh\npostgres2:x:7:7:::\npostgres:x:101:104:,,,:/:/bin/sh\n";
        assert_eq!(ids_of(users, "postgres"), Some((101, 104)));
        assert_eq!(ids_of(users, "nobody"), None);
    }
}
