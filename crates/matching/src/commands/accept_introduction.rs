//! `accept_introduction`: a participant says yes.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, judge, kinds};
use serde_json::json;
use web::expect_version;

use crate::{
    access,
    commands::{keep_step, known_introduction, speaker},
    error::PARTICIPANT_NOT_VERIFIED,
    model::introduction::{Introduction, StepKind},
    ports::Ports,
    queries::{self, Whole},
    store,
};

/// Says yes for the caller's organisation.
#[derive(Clone)]
pub struct AcceptIntroduction {
    /// Which introduction.
    pub id: Id<kinds::Introduction>,
    /// The version that was read.
    pub version: Version,
    /// Tells who is verified, and whom to call.
    pub ports: Arc<dyn Ports>,
}

impl Command for AcceptIntroduction {
    const ACT: &'static str = "accept_introduction";
    type Output = Whole;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Whole> {
        let introduction = known_introduction(tx, self.id).await?;
        let relations = access::relations(tx.caller(), &introduction.participants);
        let permit = judge::<access::AcceptIntroduction>(tx.caller(), relations)?;
        expect_version(introduction.version, self.version)?;
        let by = speaker(tx, &introduction)?;
        let (introduction, event) = introduction.accept(&permit, by, tx.now())?;
        self.expect_verified(tx, &introduction).await?;
        store::save_introduction(tx.conn(), self.version, &introduction).await?;
        keep_step(tx, &introduction, StepKind::Accepted, by).await?;
        let facts = json!({ "status": introduction.status(), "accepted_by": by.participant });
        tx.record(introduction.id, introduction.version, facts);
        if let Some(event) = event {
            tx.announce(event);
        }
        let caller = *tx.caller();
        queries::whole(tx.conn(), &*self.ports, &caller, introduction).await
    }
}

impl AcceptIntroduction {
    /// Nobody is brought together with who has been suspended meanwhile.
    async fn expect_verified(&self, tx: &mut Tx<'_>, introduction: &Introduction) -> Outcome<()> {
        let participants = introduction.participants.organisations();
        let verified = self.ports.verified(tx.conn(), &participants).await?;
        if participants.iter().all(|participant| verified.contains(participant)) {
            return Ok(());
        }
        Err(PARTICIPANT_NOT_VERIFIED.refuse().into())
    }
}
