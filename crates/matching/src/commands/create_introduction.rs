//! `create_introduction`: somebody asks two sides to talk.

use std::sync::Arc;

use ::store::{Command, Outcome, Tx};
use chrono::NaiveDate;
use kernel::{FORBIDDEN, Id, Prose, judge, kinds};
use serde_json::json;

use crate::{
    access,
    commands::keep_step,
    error,
    model::{
        document::{Document, Side},
        introduction::{Introduction, Participants, Proposal, StepKind},
    },
    ports::Ports,
    queries::{self, Whole},
    store,
};

/// Asks two sides to talk: as one of them, or as a broker.
#[derive(Clone)]
pub struct CreateIntroduction {
    /// The need.
    pub need_id: Id<kinds::Listing>,
    /// The result or patent that may answer it.
    pub offer_id: Id<kinds::Listing>,
    /// The broker whom a side wants to have with it.
    pub broker_id: Option<Id<kinds::Organisation>>,
    /// What the others read first.
    pub message: Prose<2000>,
    /// Tells who is verified, and whom to call.
    pub ports: Arc<dyn Ports>,
}

impl Command for CreateIntroduction {
    const ACT: &'static str = "create_introduction";
    type Output = Whole;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Whole> {
        let actor = tx.actor()?;
        let (need_side, offer_side) = self.sides(tx).await?;
        let asks_for_itself = [need_side, offer_side].contains(&actor.organisation);
        let broker = if asks_for_itself {
            self.broker_id
        } else {
            let is_broker = self.is_verified_broker(tx, actor.organisation).await?;
            is_broker.then_some(actor.organisation)
        };
        let participants = Participants { need_side, offer_side, broker };
        let relations = access::relations(tx.caller(), &participants);
        let permit = judge::<access::CreateIntroduction>(tx.caller(), relations)?;
        self.check_broker(tx, &participants, asks_for_itself).await?;

        let by = participants.speaker(actor.organisation).ok_or_else(|| FORBIDDEN.refuse())?;
        let Self { need_id, offer_id, message, ports, .. } = self;
        let proposal = Proposal { need_id, offer_id, participants, by, message };
        let (introduction, event) = Introduction::propose(&permit, tx.new_id(), proposal, tx.now());
        store::add_introduction(tx.conn(), &introduction).await?;
        keep_step(tx, &introduction, StepKind::Proposed, by).await?;
        let facts = json!({
            "status": introduction.status(), "need_id": need_id, "offer_id": offer_id,
            "broker_id": broker, "proposed_by": by.participant,
        });
        tx.record(introduction.id, introduction.version, facts);
        tx.announce(event);
        let caller = *tx.caller();
        queries::whole(tx.conn(), &*ports, &caller, introduction).await
    }
}

impl CreateIntroduction {
    /// Whose need and whose offer; both listings stay published until the transaction ends. A
    /// listing of a suspended organisation is answered like one that is not published.
    async fn sides(
        &self,
        tx: &mut Tx<'_>,
    ) -> Outcome<(Id<kinds::Organisation>, Id<kinds::Organisation>)> {
        let documents =
            store::documents_for_share(tx.conn(), &[self.need_id, self.offer_id]).await?;
        let today = tx.today();
        let owners: Vec<_> = documents.iter().map(|one| one.facts.organisation_id).collect();
        let verified = self.ports.verified(tx.conn(), &owners).await?;
        let open = |id, side| open(&documents, id, side, today).filter(|id| verified.contains(id));
        let (need, offer) = (open(self.need_id, Side::Asks), open(self.offer_id, Side::Offers));
        let (Some(need), Some(offer)) = (need, offer) else {
            let mut refusal = web::invalid();
            if need.is_none() {
                refusal = refusal.at("/need_id", error::no_open_need());
            }
            if offer.is_none() {
                refusal = refusal.at("/offer_id", error::no_open_offer());
            }
            return Err(refusal.into());
        };
        if need == offer {
            return Err(web::invalid().at("/offer_id", error::same_organisation()).into());
        }
        Ok((need, offer))
    }

    /// A side may name a verified broker who is neither side; a broker may name only itself.
    async fn check_broker(
        &self,
        tx: &mut Tx<'_>,
        participants: &Participants,
        asks_for_itself: bool,
    ) -> Outcome<()> {
        let Some(named) = self.broker_id else { return Ok(()) };
        let fault = if !asks_for_itself {
            (participants.broker != Some(named)).then(error::other_broker)
        } else if [participants.need_side, participants.offer_side].contains(&named) {
            Some(error::broker_is_a_side())
        } else {
            let is_broker = self.is_verified_broker(tx, named).await?;
            (!is_broker).then(error::unknown_broker)
        };
        fault.map_or(Ok(()), |fault| Err(web::invalid().at("/broker_id", fault).into()))
    }

    /// Is it a broker, verified and not suspended?
    async fn is_verified_broker(
        &self,
        tx: &mut Tx<'_>,
        id: Id<kinds::Organisation>,
    ) -> Outcome<bool> {
        let is_broker = store::is_broker(tx.conn(), id).await?;
        Ok(is_broker && self.ports.verified(tx.conn(), &[id]).await?.contains(&id))
    }
}

/// Whose the listing is, if it is of that side and still open.
fn open(
    documents: &[Document],
    id: Id<kinds::Listing>,
    side: Side,
    today: NaiveDate,
) -> Option<Id<kinds::Organisation>> {
    documents
        .iter()
        .find(|document| document.listing_id == id && document.side() == side)
        .filter(|document| document.facts.deadline.is_none_or(|deadline| today <= deadline))
        .map(|document| document.facts.organisation_id)
}
