//! Where the unix socket is: its path may have 107 bytes at most.

use std::{
    collections::hash_map::DefaultHasher,
    env, fs,
    hash::{Hash, Hasher},
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

use anyhow::bail;

use super::owner::Owner;

/// `sun_path` holds 108 bytes, the last of which is NUL.
const PATH_MAX: usize = 107;
const FILE: &str = "/.s.PGSQL.5432";

/// Beside the cluster, unless that is too deep or its name cannot be said in a connection string;
/// then in the temporary folder, under a name made from the cluster's own path.
pub(super) fn directory(home: &Path) -> PathBuf {
    let beside = home.join("socket");
    let short = beside.as_os_str().as_bytes().len() + FILE.len() <= PATH_MAX;
    // Both PostgreSQL and its driver take a comma for the end of a name.
    if short && beside.to_str().is_some_and(|name| !name.contains([',', '"'])) {
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

/// The temporary folder is everybody's: a link or a folder that somebody else has put under the
/// name must be neither given away nor trusted.
pub(super) fn expect_ours(directory: &Path, owner: &Owner) -> anyhow::Result<()> {
    let about = fs::symlink_metadata(directory)?;
    let ours = [rustix::process::geteuid().as_raw(), owner.uid()];
    if !about.is_dir() || !ours.contains(&about.uid()) {
        bail!(
            "{} should be the folder of PostgreSQL's socket, but somebody else has made it; look at \
             it, remove it, and start again",
            directory.display()
        );
    }
    Ok(())
}

/// The connection string for a database behind this socket.
pub(super) fn url(directory: &Path, user: &str, database: &str) -> String {
    let host = directory.display().to_string().replace('\\', "\\\\").replace('\'', "\\'");
    format!("host='{host}' user={user} dbname={database}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_planted_under_the_sockets_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (own, planted) = (folder.path().join("own"), folder.path().join("planted"));
        let owner = Owner::of_this_process().unwrap();
        fs::create_dir(&own).unwrap();
        expect_ours(&own, &owner).unwrap();
        std::os::unix::fs::symlink(&own, &planted).unwrap();
        assert!(expect_ours(&planted, &owner).is_err());
    }

    #[test]
    fn a_deep_data_directory_gets_its_socket_elsewhere() {
        let shallow = Path::new("/srv/market/data/postgres");
        assert_eq!(directory(shallow), shallow.join("socket"));
        let deep = PathBuf::from(format!("/{}", "deep/".repeat(30)));
        let elsewhere = directory(&deep);
        assert!(elsewhere.as_os_str().len() + FILE.len() <= PATH_MAX);
        assert_eq!(directory(&deep), elsewhere, "the same directory, the same socket");
        assert_ne!(directory(&deep.join("other")), elsewhere);
        let comma = Path::new("/srv/a,b/postgres");
        assert!(!directory(comma).display().to_string().contains(','));
    }

    #[test]
    fn a_connection_string_says_any_folder() {
        for folder in ["/srv/market", "/srv/a b", "/srv/a'b", r"/srv/a\b", "/srv/数据"] {
            let read: tokio_postgres::Config =
                url(Path::new(folder), "market", "market").parse().unwrap();
            let host = tokio_postgres::config::Host::Unix(folder.into());
            assert_eq!((read.get_hosts(), read.get_dbname()), (&[host][..], Some("market")));
        }
    }
}
