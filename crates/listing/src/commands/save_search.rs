//! `save_search`: somebody keeps a search, to be told of what answers it from then on.

use ::store::{Command, Outcome, Tx};
use kernel::{Line, Version, judge};
use serde_json::json;
use web::apart;

use crate::{
    access,
    error::{TOO_MANY_SAVED_SEARCHES, refuse_faults},
    model::{Criteria, Notify, SavedSearch},
    store,
};

/// How many searches one account may keep.
const SAVED_MAX: i64 = 100;

/// Keeps a search.
#[derive(Clone, Debug)]
pub struct SaveSearch {
    name: Line<100>,
    criteria: Criteria,
    notify: Notify,
}

impl SaveSearch {
    /// Makes the command; looks at the words beforehand.
    ///
    /// # Errors
    /// 422 `invalid` if nothing is asked, or the text has no words.
    pub async fn new(name: Line<100>, criteria: Criteria, notify: Notify) -> Outcome<Self> {
        let asked = criteria.clone();
        refuse_faults(apart(move || asked.faults()).await?)?;
        Ok(Self { name, criteria, notify })
    }
}

impl Command for SaveSearch {
    const ACT: &'static str = "save_search";
    type Output = SavedSearch;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<SavedSearch> {
        judge::<access::SaveSearch>(tx.caller(), &[])?;
        let actor = tx.actor()?;
        store::lock_saved(tx.conn(), actor.account).await?;
        if store::saved_total(tx.conn(), actor.account).await? >= SAVED_MAX {
            return Err(TOO_MANY_SAVED_SEARCHES.refuse().into());
        }
        let search = SavedSearch {
            id: tx.new_id(),
            version: Version::FIRST,
            account: actor.account,
            organisation: actor.organisation,
            name: self.name,
            criteria: self.criteria,
            notify: self.notify,
            created_at: tx.now(),
        };
        store::add_saved_search(tx.conn(), search.clone()).await?;
        tx.record(search.id, search.version, json!({ "notify": search.notify }));
        Ok(search)
    }
}
