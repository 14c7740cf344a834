//! Where the indexes of one server lie: a folder with one volume that is in use, named by the file
//! `current`, and perhaps one that is being built. A volume becomes the current one only when it
//! is whole, so that whatever is interrupted leaves nothing behind but what is swept later.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use tempfile::TempDir;

const CURRENT: &str = "current";
const SERVER_LOCK: &str = "server.lock";
const BUILD_LOCK: &str = "build.lock";
const VOLUME: &str = "volume-";

/// The folder, and the right to use it.
#[derive(Debug)]
pub(super) struct Home {
    folder: PathBuf,
    /// Held by the one server that keeps the current volume up to date.
    _server: Option<File>,
    /// Removed with the server, if the folder is only its own.
    _temporary: Option<TempDir>,
}

/// The right to build a volume, and to sweep what was left of others.
#[derive(Debug)]
pub(super) struct BuildRight {
    _lock: File,
}

impl Home {
    /// For a server: the folder, or if another server uses it already, a temporary one.
    pub(super) fn of_server(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let Some(lock) = try_lock(&folder.join(SERVER_LOCK))? else {
            tracing::warn!(
                folder = %folder.display(),
                "another server uses this search index; this one makes a temporary one"
            );
            return Self::temporary();
        };
        Ok(Self { folder: folder.to_owned(), _server: Some(lock), _temporary: None })
    }

    /// A folder that lasts as long as the server.
    pub(super) fn temporary() -> anyhow::Result<Self> {
        let temporary = tempfile::Builder::new().prefix("market-search-").tempdir()?;
        let folder = temporary.path().to_owned();
        Ok(Self { folder, _server: None, _temporary: Some(temporary) })
    }

    /// For somebody who builds for a server beside it.
    pub(super) fn beside_server(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(Self { folder: folder.to_owned(), _server: None, _temporary: None })
    }

    /// The folder of a volume.
    pub(super) fn volume(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The name of the volume in use, if there is one.
    pub(super) fn current(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(self.folder.join(CURRENT)) {
            Ok(name) => Ok(Some(name).filter(|name| name.starts_with(VOLUME))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts a volume into use; servers notice.
    pub(super) fn make_current(&self, name: &str) -> io::Result<()> {
        let new = self.folder.join("current.new");
        fs::write(&new, name)?;
        File::open(&new)?.sync_all()?;
        fs::rename(new, self.folder.join(CURRENT))?;
        File::open(&self.folder)?.sync_all()
    }

    /// Takes a volume out of use.
    pub(super) fn forget(&self, name: &str) -> io::Result<()> {
        if self.current()?.as_deref() == Some(name) {
            fs::remove_file(self.folder.join(CURRENT))?;
        }
        Ok(())
    }

    /// The right to build; `None` while somebody else builds.
    pub(super) fn build_right(&self) -> anyhow::Result<Option<BuildRight>> {
        let lock = try_lock(&self.folder.join(BUILD_LOCK))?;
        Ok(lock.map(|lock| BuildRight { _lock: lock }))
    }

    /// A new, empty volume.
    pub(super) fn new_volume(&self, _right: &BuildRight) -> io::Result<String> {
        let newest = self.volumes()?.iter().filter_map(|name| number(name)).max().unwrap_or(0);
        let name = format!("{VOLUME}{}", newest.saturating_add(1));
        fs::create_dir(self.volume(&name))?;
        Ok(name)
    }

    /// Removes a volume that did not become whole.
    pub(super) fn remove(&self, _right: &BuildRight, name: &str) -> io::Result<()> {
        fs::remove_dir_all(self.volume(name))
    }

    /// Removes every volume but the one in use and the one that is being built.
    pub(super) fn sweep(&self, _right: &BuildRight, building: Option<&str>) -> io::Result<()> {
        let current = self.current()?;
        for name in self.volumes()? {
            if Some(&name) != current.as_ref() && Some(name.as_str()) != building {
                fs::remove_dir_all(self.volume(&name))?;
            }
        }
        Ok(())
    }

    fn volumes(&self) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(&self.folder)?.collect::<Result<Vec<_>, _>>()?;
        let names = entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok());
        Ok(names.filter(|name| number(name).is_some()).collect())
    }
}

fn number(name: &str) -> Option<u64> {
    name.strip_prefix(VOLUME)?.parse().ok()
}

/// The lock, until the file is dropped or the process ends; `None` if another holds it.
fn try_lock(path: &Path) -> anyhow::Result<Option<File>> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).context(path.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_has_the_folder_and_another_a_temporary_one() {
        let folder = tempfile::tempdir().unwrap();
        let first = Home::of_server(folder.path()).unwrap();
        let second = Home::of_server(folder.path()).unwrap();
        assert_eq!(first.folder, folder.path());
        assert_ne!(second.folder, folder.path());
        drop(first);
        assert_eq!(Home::of_server(folder.path()).unwrap().folder, folder.path());
    }

    #[test]
    fn a_volume_is_current_only_when_it_is_whole_and_others_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::of_server(folder.path()).unwrap();
        let right = home.build_right().unwrap().unwrap();
        assert!(home.build_right().unwrap().is_none(), "two build at once");
        let (half, whole) = (home.new_volume(&right).unwrap(), home.new_volume(&right).unwrap());
        assert_eq!(home.current().unwrap(), None);
        home.make_current(&whole).unwrap();
        home.sweep(&right, None).unwrap();
        assert!(!home.volume(&half).exists() && home.volume(&whole).exists());
        assert_eq!(home.current().unwrap(), Some(whole.clone()));
        home.forget(&half).unwrap();
        assert_eq!(home.current().unwrap(), Some(whole.clone()));
        home.forget(&whole).unwrap();
        assert_eq!(home.current().unwrap(), None);
    }
}
