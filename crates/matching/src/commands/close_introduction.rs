//! `close_introduction`: a participant says that nothing comes of it.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Prose, Version, judge, kinds};
use serde_json::json;
use web::expect_version;

use crate::{
    access,
    commands::{keep_step, known_introduction, speaker},
    model::introduction::StepKind,
    ports::Ports,
    queries::{self, Whole},
    store,
};

/// Puts an end to what was accepted and leads to no contract.
#[derive(Clone)]
pub struct CloseIntroduction {
    /// Which introduction.
    pub id: Id<kinds::Introduction>,
    /// The version that was read.
    pub version: Version,
    /// Why, for the others to read.
    pub reason: Prose<1000>,
    /// Tells whom to call.
    pub ports: Arc<dyn Ports>,
}

impl Command for CloseIntroduction {
    const ACT: &'static str = "close_introduction";
    type Output = Whole;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Whole> {
        let introduction = known_introduction(tx, self.id).await?;
        let relations = access::relations(tx.caller(), &introduction.participants);
        let permit = judge::<access::CloseIntroduction>(tx.caller(), relations)?;
        expect_version(introduction.version, self.version)?;
        let by = speaker(tx, &introduction)?;
        let (introduction, event) = introduction.close(&permit, by, self.reason, tx.now())?;
        store::save_introduction(tx.conn(), self.version, &introduction).await?;
        keep_step(tx, &introduction, StepKind::Closed, by).await?;
        let facts = json!({ "status": introduction.status(), "closed_by": by.participant });
        tx.record(introduction.id, introduction.version, facts);
        tx.announce(event);
        let caller = *tx.caller();
        queries::whole(tx.conn(), &*self.ports, &caller, introduction).await
    }
}
