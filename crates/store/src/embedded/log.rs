//! The server's log: a file for each day of the week, the oldest written over.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::owner::Owner;

/// How much of it is shown when the server does not start.
const LINES_SHOWN: usize = 8;

/// The log of a cluster.
pub(super) struct Log {
    /// What the server says before it writes the log itself.
    early: PathBuf,
    folder: PathBuf,
}

impl Log {
    pub(super) fn of(home: &Path) -> Self {
        Self { early: home.join("start.log"), folder: home.join("logs") }
    }

    /// The file for what a starting server says.
    pub(super) fn begin(&self, owner: &Owner) -> anyhow::Result<File> {
        owner.make_directory(&self.folder)?;
        let file = File::create(&self.early)?;
        owner.give(&self.early)?;
        Ok(file)
    }

    pub(super) fn settings(&self) -> [(&'static str, String); 7] {
        [
            ("logging_collector", "on".to_owned()),
            ("log_directory", self.folder.display().to_string()),
            ("log_filename", "%a.log".to_owned()),
            ("log_rotation_age", "1d".to_owned()),
            ("log_rotation_size", "0".to_owned()),
            ("log_truncate_on_rotation", "on".to_owned()),
            // The details of a violated constraint are somebody's data.
            ("log_error_verbosity", "terse".to_owned()),
        ]
    }

    /// The last lines of whichever file was written last.
    pub(super) fn end(&self) -> String {
        let days = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = days.map(|entry| entry.path()).chain([self.early.clone()]);
        let changed = |file: &PathBuf| fs::metadata(file).and_then(|about| about.modified()).ok();
        let text = files.max_by_key(changed).and_then(|file| fs::read(file).ok());
        let text = String::from_utf8_lossy(&text.unwrap_or_default()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(LINES_SHOWN);
        lines.get(from..).unwrap_or_default().join("\n")
    }
}
