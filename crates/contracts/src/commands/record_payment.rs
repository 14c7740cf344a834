//! Recording what has been paid.

use kernel::{Id, Version, kinds};
use serde_json::json;
use store::{Command, Outcome, Tx};

use super::open;
use crate::{
    access,
    model::{NewPayment, Payment},
    queries::Dossier,
    store as tables,
};

/// Record a payment under a signed contract.
#[derive(Clone, Debug)]
pub struct RecordPayment {
    /// Under which contract.
    pub id: Id<kinds::Contract>,
    /// Which version of it is meant: who records the same receipt at the same time is told so.
    pub if_match: Version,
    /// What was paid.
    pub payment: NewPayment,
}

impl Command for RecordPayment {
    const ACT: &'static str = "record_payment";
    type Output = Dossier;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Dossier> {
        let (actor, at) = (tx.actor()?, tx.now());
        let (loaded, permit) =
            open::<access::RecordPayment>(tx, self.id, Some(self.if_match)).await?;
        let (from, id) = (loaded.contract.version, tx.new_id());
        let (contract, event) = loaded.contract.record_payment(&permit, id, &self.payment, at)?;
        let payment =
            Payment { id, payment: self.payment, recorded_at: at, account_id: actor.account };

        tables::insert_payment(tx.conn(), self.id, &payment).await?;
        tables::save_state(tx.conn(), &contract, from).await?;
        let facts = json!({ "payment_id": id, "paid_on": payment.payment.paid_on,
                            "amount_fen": payment.payment.amount_fen,
                            "technology_amount_fen": payment.payment.technology_amount_fen });
        tx.record(contract.id, contract.version, facts);
        tx.announce(event);
        let payments = loaded.payments.into_iter().chain([payment]).collect();
        Ok(Dossier::frozen(contract, payments))
    }
}
