//! A server adds up how often listings were looked at.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, kinds};

use crate::store;

/// Adds to how often listings were looked at today.
#[derive(Clone, Debug)]
pub struct CountViews {
    /// Each listing, once, and how often more.
    pub views: Vec<(Id<kinds::Listing>, i64)>,
}

impl Command for CountViews {
    const ACT: &'static str = "count_listing_views";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        let today = tx.today();
        store::add_views(tx.conn(), today, &self.views).await
    }
}
