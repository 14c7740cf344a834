//! `market keys rotate`, and the background's renewal of old keys.

use ::store::{Command, Outcome, Tx};
use kernel::{Id, Version};
use serde_json::json;

use crate::{
    keys::{Plan, Rotation, Sealer, SigningKey, Span, plan_rotation, secret},
    store,
};

/// Makes a new signing key, if one is due, and lets the newest one end after it.
#[derive(Clone, Debug)]
pub struct RotateKeys {
    /// Seals the private key.
    pub sealer: Sealer,
    /// When a new key is due.
    pub rotation: Rotation,
}

impl Command for RotateKeys {
    const ACT: &'static str = "rotate_keys";
    type Output = Option<Id<SigningKey>>;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Self::Output> {
        let now = tx.now();
        store::lock_signing_keys(tx.conn()).await?;
        let keys = store::key_spans(tx.conn()).await?;
        let Some(Plan { activates_at, predecessor }) = plan_rotation(&keys, self.rotation, now)
        else {
            return Ok(None);
        };

        if let Some((old, retires_at)) = predecessor {
            store::retire_key(tx.conn(), old, retires_at).await?;
            tx.record(old, Version::FIRST.next(), json!({ "retires_at": retires_at }));
        }
        let id = tx.new_id();
        let span = Span { id, created_at: now, activates_at, retires_at: None };
        store::add_key(tx.conn(), &self.sealer, span, &secret()?).await?;
        tx.record(id, Version::FIRST, json!({ "activates_at": activates_at }));
        Ok(Some(id))
    }
}
