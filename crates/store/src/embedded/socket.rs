//! Where the unix socket is: its path may have 107 bytes at most.

use std::{
    collections::hash_map::DefaultHasher,
    env,
    hash::{Hash, Hasher},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// `sun_path` holds 108 bytes, the last of which is NUL.
const PATH_MAX: usize = 107;
const FILE: &str = "/.s.PGSQL.5432";

/// Beside the cluster, unless that is too deep; then in the temporary folder, under a name made
/// from the cluster's own path.
pub(super) fn directory(home: &Path) -> PathBuf {
    let beside = home.join("socket");
    if beside.as_os_str().as_bytes().len() + FILE.len() <= PATH_MAX {
        return beside;
    }
    let mut hasher = DefaultHasher::new();
    home.hash(&mut hasher);
    let name = format!("market-{:016x}", hasher.finish());
    let temporary = env::temp_dir().join(&name);
    if temporary.as_os_str().as_bytes().len() + FILE.len() <= PATH_MAX {
        return temporary;
    }
    Path::new("/tmp").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_data_directory_gets_its_socket_elsewhere() {
        let shallow = Path::new("/srv/market/data/postgres");
        assert_eq!(directory(shallow), shallow.join("socket"));
        let deep = PathBuf::from(format!("/{}", "deep/".repeat(30)));
        let elsewhere = directory(&deep);
        assert!(elsewhere.as_os_str().len() + FILE.len() <= PATH_MAX);
        assert_eq!(directory(&deep), elsewhere, "the same directory, the same socket");
        assert_ne!(directory(&deep.join("other")), elsewhere);
    }
}
