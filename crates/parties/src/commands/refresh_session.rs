//! `refresh_session`: a refresh token against the next pair of tokens.
//!
//! Strict: a token is good once. When one comes back a second time, its thief and its owner hold
//! the same family and nobody can tell who is who, so the login ends for both. A client that lost
//! the answer to its refresh signs in again, too.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, OrganisationStatus, Version, judge, kinds::Session};
use serde_json::json;

use crate::{
    access,
    commands::{RefreshToken, SignedIn},
    model::{AccountStatus, SessionEnd, lifetime},
    store,
};

/// Changes a refresh token for the next one.
#[derive(Clone, Debug)]
pub struct RefreshSession {
    /// The token.
    pub token: RefreshToken,
}

/// What has come of it. Both commit: a login may have to end.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// Signed in for another while.
    Yes(SignedIn),
    /// The token is not good; the login that was ended for it, if one was.
    No {
        /// Which login.
        ended: Option<Id<Session>>,
    },
}

impl Command for RefreshSession {
    const ACT: &'static str = "refresh_session";
    type Output = Refreshed;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Refreshed> {
        judge::<access::RefreshSession>(tx.caller(), &[])?;
        let now = tx.now();
        let digest = self.token.sha256();
        let found = store::session_of_token_for_update(tx.conn(), &digest).await?;
        let Some((session, token)) = found else { return Ok(Refreshed::No { ended: None }) };
        if session.ended_at.is_some() || session.expires_at <= now {
            return Ok(Refreshed::No { ended: None });
        }
        if token.spent_at.is_some() {
            tracing::warn!(session = ?session.id, "a spent refresh token came back");
            return end(tx, session.id, SessionEnd::TokenReused).await;
        }
        if token.expires_at <= now {
            return Ok(Refreshed::No { ended: None });
        }
        let account = store::account(tx.conn(), session.account_id).await?;
        if account.status == AccountStatus::Closed {
            return end(tx, session.id, SessionEnd::AccountClosed).await;
        }
        let organisation = store::organisation(tx.conn(), account.organisation_id).await?;
        if organisation.standing.status() == OrganisationStatus::Suspended {
            return end(tx, session.id, SessionEnd::OrganisationSuspended).await;
        }

        store::spend_refresh_token(tx.conn(), &digest, now).await?;
        let signed_in = SignedIn::new(account.signed_in(session.id))?;
        let until = session.expires_at.min(now + lifetime(account.roles).idle);
        let next = signed_in.refresh_token.row(session.id, now, until);
        store::add_refresh_token(tx.conn(), &next).await?;
        Ok(Refreshed::Yes(signed_in))
    }
}

async fn end(tx: &mut Tx<'_>, session: Id<Session>, end: SessionEnd) -> Outcome<Refreshed> {
    let now = tx.now();
    store::end_session(tx.conn(), session, end, now).await?;
    tx.record(session, Version::FIRST.next(), json!({ "ended_by": end }));
    Ok(Refreshed::No { ended: Some(session) })
}
