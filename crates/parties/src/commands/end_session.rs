//! `end_session`: sign out.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version, judge, kinds::Session};
use serde_json::json;

use crate::{access, model::SessionEnd, store};

/// Ends the login of whoever asks.
#[derive(Clone, Copy, Debug)]
pub struct EndSession;

impl Command for EndSession {
    const ACT: &'static str = "end_session";
    type Output = Id<Session>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Id<Session>> {
        judge::<access::EndSession>(tx.caller(), &[])?;
        let (actor, now) = (tx.actor()?, tx.now());
        // Signing out twice is as good as once.
        if store::end_session(tx.conn(), actor.session, SessionEnd::SignedOut, now).await? {
            let facts = json!({ "ended_by": SessionEnd::SignedOut });
            tx.record(actor.session, Version::FIRST.next(), facts);
        }
        Ok(actor.session)
    }
}
