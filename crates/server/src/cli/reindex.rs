//! `market reindex`.

use std::io::{self, Write};

use super::with_tools;
use crate::{config::Config, progress::Progress};

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    let folder = config.search_dir();
    with_tools(config, async |tools, _| {
        let (mut line, mut read) = (None, 0);
        let show = |progress: listing::Progress| {
            let total = usize::try_from(progress.total).unwrap_or(0);
            let line = line.get_or_insert_with(|| Progress::of("listings", total));
            // Nobody may be there to read it; that is no reason to end.
            let _unwritable = line.add(progress.done.saturating_sub(read));
            read = progress.done;
        };
        listing::reindex(&tools.db, &folder, show).await?;
        if let Some(line) = line {
            line.finish()?;
        }
        let folder = folder.display();
        Ok(writeln!(io::stdout(), "the search index in {folder} has {read} listings")?)
    })
    .await
}
