//! One file for each act that changes something.

mod accept_introduction;
mod close_introduction;
mod create_introduction;
mod decline_introduction;
mod lapse_introductions;
mod post_introduction_message;
mod stamp_documents;

pub use accept_introduction::AcceptIntroduction;
pub use close_introduction::CloseIntroduction;
pub use create_introduction::CreateIntroduction;
pub use decline_introduction::DeclineIntroduction;
pub use lapse_introductions::{LapseIntroductions, RemindParticipants};
pub use post_introduction_message::PostIntroductionMessage;
pub use stamp_documents::StampDocuments;

use ::store::{Outcome, Tx, refusals::NOT_FOUND};
use kernel::{FORBIDDEN, Id, kinds};

use crate::{
    access,
    model::introduction::{Introduction, Speaker, Step, StepKind},
    store,
};

/// An introduction that the caller may know of, locked until the transaction ends.
async fn known_introduction(tx: &mut Tx<'_>, id: Id<kinds::Introduction>) -> Outcome<Introduction> {
    let introduction = store::introduction_for_update(tx.conn(), id).await?;
    Ok(introduction
        .filter(|introduction| access::may_know(tx.caller(), &introduction.participants))
        .ok_or_else(|| NOT_FOUND.refuse())?)
}

/// The caller as the participant that it speaks for.
fn speaker(tx: &Tx<'_>, introduction: &Introduction) -> Outcome<Speaker> {
    let actor = tx.actor()?;
    let speaker = introduction.participants.speaker(actor.organisation);
    Ok(speaker.ok_or_else(|| FORBIDDEN.refuse())?)
}

/// Keeps for ever who took the step that made this version.
async fn keep_step(
    tx: &mut Tx<'_>,
    introduction: &Introduction,
    what: StepKind,
    by: Speaker,
) -> Outcome<()> {
    let step = Step {
        introduction_id: introduction.id,
        version: introduction.version,
        what,
        at: tx.now(),
        by: Some((by, tx.actor()?.account)),
    };
    store::add_step(tx.conn(), step).await
}
