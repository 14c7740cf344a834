//! `export_listings`: staff who take away what is not theirs leave a trace, before anything is sent
//! and when it has been.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, kinds};
use serde_json::Value;

/// Notes a step of an export.
#[derive(Clone, Debug)]
pub(crate) struct NoteExport {
    /// Which one is over; without one, another begins.
    pub(crate) id: Option<Id<kinds::Export>>,
    pub(crate) facts: Value,
}

impl Command for NoteExport {
    const ACT: &'static str = "export_listings";
    type Output = Id<kinds::Export>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Id<kinds::Export>> {
        tx.actor()?;
        let (id, version) = match self.id {
            None => (tx.new_id(), Version::FIRST),
            Some(id) => (id, Version::FIRST.next()),
        };
        tx.record(id, version, self.facts);
        Ok(id)
    }
}
