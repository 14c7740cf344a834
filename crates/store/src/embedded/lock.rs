//! One market at a time on one data directory.

use std::{
    fs::{File, Permissions},
    io::{Read, Seek, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use anyhow::{Context, bail};
use rustix::fs::{FlockOperation, flock};

const FILE: &str = "market.lock";

/// Takes the directory for this process, for as long as the file is kept; another market there is
/// named.
pub(super) fn take(data_dir: &Path) -> anyhow::Result<File> {
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(data_dir.join(FILE))
        .with_context(|| format!("using the data directory {}", data_dir.display()))?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut pid = String::new();
        file.read_to_string(&mut pid)?;
        bail!(
            "another market (pid {}) uses the data directory {}. Stop it, choose another with \
             MARKET_DATA_DIR, or let both use one server with DATABASE_URL.",
            pid.trim(),
            data_dir.display()
        );
    }
    file.set_permissions(Permissions::from_mode(0o644))?;
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    Ok(file)
}

/// Does a market use the directory?
pub(super) fn is_taken(data_dir: &Path) -> bool {
    File::open(data_dir.join(FILE))
        .is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockShared).is_err())
}
