//! `postmaster.pid`: which server runs on a data directory.

use std::{fs, path::Path, path::PathBuf};

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    /// The server's process.
    pub(super) pid: u32,
    data: PathBuf,
    /// Where its socket is.
    pub(super) socket: Option<PathBuf>,
}

impl PidFile {
    pub(super) fn read(data: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok().filter(|pid| *pid > 1)?;
        let data = lines.next()?.trim().into();
        // Then its start and its port.
        let socket = lines.nth(2).map(str::trim).filter(|socket| !socket.is_empty());
        Some(Self { pid, data, socket: socket.map(PathBuf::from) })
    }

    /// Does that process still run, and is it that server? A pid may have been given to another
    /// process since; a server works in its data directory.
    pub(super) fn is_alive(&self) -> bool {
        let process = Path::new("/proc").join(self.pid.to_string());
        let ended = fs::read_to_string(process.join("stat"))
            .map_or(true, |stat| stat.rsplit(')').next().is_some_and(|s| s.starts_with(" Z")));
        let here = fs::read_link(process.join("cwd"));
        !ended && here.is_ok_and(|folder| Some(folder) == self.data.canonicalize().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_name_process_and_directory() {
        let text = "4242\n/srv/data/postgres/data\n1790000000\n5432\n/srv/socket\n\n 12 0\nready\n";
        let server = PidFile {
            pid: 4242,
            data: "/srv/data/postgres/data".into(),
            socket: Some("/srv/socket".into()),
        };
        assert_eq!(PidFile::parse(text), Some(server.clone()));
        let begun = "4242\n/srv/data/postgres/data\n";
        assert_eq!(PidFile::parse(begun), Some(PidFile { socket: None, ..server }));
        assert_eq!(PidFile::parse(""), None);
        assert_eq!(PidFile::parse("-1\n/x\n"), None);
    }

    #[test]
    fn another_process_under_that_pid_is_not_the_server() {
        let other = PidFile { pid: std::process::id(), data: "/nowhere".into(), socket: None };
        assert!(!other.is_alive());
    }
}
