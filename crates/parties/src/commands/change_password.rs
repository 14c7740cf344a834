//! `change_password`: another password; every other login ends.

use ::store::{Command, Db, Outcome, Tx};
use kernel::{Actor, Caller, Fault, Id, Version, judge, kinds::Session};
use serde_json::json;
use web::invalid;

use crate::{
    Hasher, access,
    commands::{RecordFailure, create_session::refuse_if_locked},
    error,
    model::{Network, Password, PasswordHash, SessionEnd},
    store::{self, Pair},
};

/// Somebody's wish for another password.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The present one, which proves that it is really they.
    pub current: Password,
    /// The next one.
    pub new: Password,
    /// From where.
    pub network: Network,
}

/// Checks both passwords and makes the command. Wrong ones count like failed logins.
///
/// # Errors
/// 422 `invalid` at `/new_password` or `/current_password`, 429 `login_locked`, 503 `login_busy`.
pub async fn change_password(
    db: &Db,
    hasher: &Hasher,
    actor: Actor,
    change: PasswordChange,
) -> Outcome<ChangePassword> {
    let PasswordChange { current, new, network } = change;
    let mut conn = db.reader().await?;
    let account = store::account(&mut conn, actor.account).await?;
    let organisation = store::organisation(&mut conn, account.organisation_id).await?;
    let pair = Pair::of(&account.email, network);
    let failures = store::failures_of(&mut conn, &pair).await?;
    drop(conn);
    refuse_if_locked(failures, db.clock().now())?;

    let names = [account.name.as_str(), organisation.name.as_str(), account.email.as_str()];
    new.check(&names).map_err(|fault| invalid().at("/new_password", fault))?;
    if current.as_bytes() == new.as_bytes() {
        let fault =
            Fault::new("password_unchanged", "新密码与现密码相同", "the new password is the old");
        return Err(invalid().at("/new_password", fault).into());
    }
    if !hasher.matches(current, Some(account.password_hash.clone())).await? {
        let told = db.write(Caller::Anyone, RecordFailure { pair }).await?;
        if told.reason == &error::LOGIN_LOCKED {
            return Err(told.into());
        }
        let fault =
            Fault::new("password_wrong", "现密码不正确", "this is not the present password");
        return Err(invalid().at("/current_password", fault).into());
    }
    let hash = hasher.hash(new).await?;
    Ok(ChangePassword { checked: account.password_hash, hash })
}

/// Saves another password.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The hash that the present password was checked against.
    checked: PasswordHash,
    /// The next one's.
    hash: PasswordHash,
}

impl Command for ChangePassword {
    const ACT: &'static str = "change_password";
    type Output = Vec<Id<Session>>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Self::Output> {
        judge::<access::ChangePassword>(tx.caller(), &[])?;
        let (actor, now) = (tx.actor()?, tx.now());
        let account = store::account_for_update(tx.conn(), actor.account).await?;
        if account.password_hash != self.checked {
            return Err(error::INVALID_CREDENTIALS.refuse().into());
        }

        let before = account.version;
        let account = account.with_password(self.hash);
        store::save_password(tx.conn(), before, &account, now).await?;
        let end = SessionEnd::PasswordChanged;
        let ended =
            store::end_sessions(tx.conn(), &[account.id], Some(actor.session), end, now).await?;
        for session in &ended {
            tx.record(*session, Version::FIRST.next(), json!({ "ended_by": end }));
        }
        let facts = json!({ "password": "changed", "rights_version": account.rights_version });
        tx.record(account.id, account.version, facts);
        Ok(ended)
    }
}
