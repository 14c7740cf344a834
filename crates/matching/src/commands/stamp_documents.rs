//! Marks changes anew that seem to come from the future: a database that was loaded from a dump
//! into another cluster counts its transactions from another beginning.

use ::store::{Command, Outcome, Tx};

use crate::store;

/// Marks some documents; run it again until there are none.
#[derive(Clone, Copy, Debug)]
pub struct StampDocuments {
    /// How many at most.
    pub at_most: i64,
}

impl Command for StampDocuments {
    const ACT: &'static str = "stamp_documents_anew";
    /// How many were marked.
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        store::stamp_anew(tx.conn(), self.at_most).await
    }
}
