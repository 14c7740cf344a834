//! `remove_saved_search`: whoever has saved a search forgets it.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, judge, kinds};
use serde_json::json;

use crate::{access, store};

/// Forgets a saved search.
#[derive(Clone, Copy, Debug)]
pub struct RemoveSavedSearch {
    /// Which one.
    pub id: Id<kinds::SavedSearch>,
}

impl Command for RemoveSavedSearch {
    const ACT: &'static str = "remove_saved_search";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        judge::<access::RemoveSavedSearch>(tx.caller(), &[])?;
        let account = tx.actor()?.account;
        store::remove_saved_search(tx.conn(), account, self.id).await?;
        tx.record(self.id, Version::FIRST.next(), json!({ "removed": true }));
        Ok(())
    }
}
