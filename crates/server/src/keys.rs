//! The master key: it seals the signing keys in the database and makes the key of cursors.

use std::{
    fs::{self, File, Permissions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use anyhow::{Context, bail};
use parties::keys::MasterKey;
use sha2::{Digest, Sha256};
use web::CursorKey;
use zeroize::Zeroizing;

/// The keys of a server.
pub(crate) struct Keys {
    pub(crate) master: MasterKey,
    pub(crate) cursors: CursorKey,
}

/// Reads the key file, making it first if there is none.
///
/// # Errors
/// A sentence if others may read it, or it holds no key.
pub(crate) fn read(file: &Path) -> anyhow::Result<Keys> {
    if !file.exists() {
        make(file)?;
    }
    let about = fs::metadata(file).with_context(|| format!("the key file {}", file.display()))?;
    if about.permissions().mode() & 0o077 != 0 {
        bail!(
            "the key file {} can be read by others; close it with: chmod 600 {}",
            file.display(),
            file.display()
        );
    }
    let text = Zeroizing::new(fs::read_to_string(file)?);
    let mut key = Zeroizing::new([0_u8; 32]);
    hex::decode_to_slice(text.trim(), key.as_mut_slice())
        .with_context(|| format!("the key file {} should hold 64 hex digits", file.display()))?;
    let cursors = Sha256::new_with_prefix(b"market cursors\0").chain_update(key.as_slice());
    Ok(Keys { master: MasterKey::new(*key), cursors: CursorKey::new(cursors.finalize().into()) })
}

/// Two markets that start at once on one directory must not each keep a key of their own: the
/// file is made under another name, and put in place only if there still is none.
fn make(file: &Path) -> anyhow::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut key = Zeroizing::new([0_u8; 32]);
    getrandom::fill(key.as_mut_slice()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let new = file.with_extension(format!("new-{}", std::process::id()));
    let mut out: File = File::options().write(true).create_new(true).mode(0o600).open(&new)?;
    writeln!(out, "{}", Zeroizing::new(hex::encode(key.as_slice())).as_str())?;
    out.set_permissions(Permissions::from_mode(0o600))?;
    out.sync_all()?;
    let placed = fs::hard_link(&new, file);
    fs::remove_file(&new)?;
    match placed {
        Ok(()) => tracing::info!(file = %file.display(), "made a master key: keep a copy of it"),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_refused_when_others_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/master.key");
        read(&file).unwrap();
        let first = fs::read_to_string(&file).unwrap();
        read(&file).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), first);
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        let said = read(&file).err().unwrap().to_string();
        assert!(said.contains("chmod 600"), "{said}");
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, "short").unwrap();
        assert!(read(&file).is_err());
    }
}
