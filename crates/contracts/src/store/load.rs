//! A whole contract, read in one statement and so from one snapshot.

use diesel::{
    ExpressionMethods, QueryDsl, SelectableHelper,
    dsl::sql,
    sql_types::{Jsonb, Nullable},
};
use diesel_async::RunQueryDsl;
use kernel::{ContractStatus, Id, kinds};
use schema::contracts::contracts;
use serde_json::Value;
use store::{Conn, Failure, Outcome};

use super::rows::{
    DocumentRow, HeadRow, PartyRow, PaymentRow, SignatureRow, StateRow, StepRow, TermsRow,
};
use crate::model::{
    Contract, Identities, NewPayment, Offered, Paid, Payment, Recognition, Signed, State,
};

/// The parties of the contract at hand, in its order, as JSON.
pub(super) const PARTIES: &str = "(SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.position), '[]') \
     FROM contract_parties p WHERE p.contract_id = contracts.id)";

const LISTINGS: &str = "(SELECT coalesce(jsonb_agg(l.listing_id ORDER BY l.position), '[]') \
     FROM contract_listings l WHERE l.contract_id = contracts.id)";

const DOCUMENT: &str = "(SELECT jsonb_build_object('sha256', encode(d.sha256, 'hex'), \
     'offered_at', d.offered_at) FROM contract_documents d \
     WHERE d.contract_id = contracts.id AND d.number = contracts.document_number)";

const SIGNATURES: &str = "(SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.signed_at, \
     s.organisation_id), '[]') FROM contract_signatures s \
     WHERE s.contract_id = contracts.id AND s.document_number = contracts.document_number)";

const STEPS: &str = "(SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.number), '[]') \
     FROM contract_recognition_steps t WHERE t.contract_id = contracts.id)";

const PAYMENTS: &str = "(SELECT coalesce(jsonb_agg(to_jsonb(y) ORDER BY y.id), '[]') \
     FROM contract_payments y WHERE y.contract_id = contracts.id)";

type Row = (HeadRow, TermsRow, StateRow, Value, Value, Option<Value>, Value, Value, Value);

/// A contract with its payments.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) contract: Contract,
    pub(crate) payments: Vec<Payment>,
}

/// Locks a contract until the end of the transaction, then reads it: whoever comes second reads
/// what the first has made of it. The lock is a statement of its own because the subqueries of a
/// statement that had to wait would still see what was there before. The id does not change, so
/// that rows which refer to the contract need not wait for it (`FOR NO KEY UPDATE`).
pub(crate) async fn lock(conn: &mut Conn, id: Id<kinds::Contract>) -> Outcome<Loaded> {
    contracts::table
        .find(id)
        .select(contracts::id)
        .for_no_key_update()
        .get_result::<Id<kinds::Contract>>(conn)
        .await?;
    load(conn, id).await
}

/// Reads a contract.
pub(crate) async fn load(conn: &mut Conn, id: Id<kinds::Contract>) -> Outcome<Loaded> {
    let row: Row = contracts::table
        .filter(contracts::id.eq(id))
        .select((
            HeadRow::as_select(),
            TermsRow::as_select(),
            StateRow::as_select(),
            sql::<Jsonb>(PARTIES),
            sql::<Jsonb>(LISTINGS),
            sql::<Nullable<Jsonb>>(DOCUMENT),
            sql::<Jsonb>(SIGNATURES),
            sql::<Jsonb>(STEPS),
            sql::<Jsonb>(PAYMENTS),
        ))
        .get_result(conn)
        .await?;
    assemble(row)
}

fn assemble(row: Row) -> Outcome<Loaded> {
    let (head, terms, state, parties, listings, document, signatures, steps, payments) = row;
    let parties: Vec<PartyRow> = serde_json::from_value(parties)?;
    let payments: Vec<PaymentRow> = serde_json::from_value(payments)?;
    let document: Option<DocumentRow> = document.map(serde_json::from_value).transpose()?;
    let signatures: Vec<SignatureRow> = serde_json::from_value(signatures)?;
    let steps: Vec<StepRow> = serde_json::from_value(steps)?;
    let broken = || Failure::Broken(broken_row(head.id));

    let terms = terms.into_terms(&parties, serde_json::from_value(listings)?)?;
    let documents = state.document_number.unwrap_or(0);
    let offered = || -> Option<Offered> {
        let document = document?;
        let identities: Option<Identities> =
            parties.into_iter().map(|p| Some((p.organisation_id, p.identity()?))).collect();
        Some(Offered {
            document_number: documents,
            sha256: document.sha256,
            offered_at: document.offered_at,
            identities: identities?,
            signatures: signatures.into_iter().map(Into::into).collect(),
        })
    };
    let state = match state.status {
        ContractStatus::Draft => State::Draft,
        ContractStatus::Offered => State::Offered(offered().ok_or_else(broken)?),
        ContractStatus::Signed => {
            let steps: Option<Vec<_>> = steps.into_iter().map(StepRow::step).collect();
            State::Signed(Signed {
                offered: offered().ok_or_else(broken)?,
                on: state.signed_on.ok_or_else(broken)?,
                recognition: Recognition::of(steps.ok_or_else(broken)?),
                paid: Paid {
                    amount_fen: state.paid_amount_fen,
                    technology_amount_fen: state.paid_technology_amount_fen,
                    payments: payments.len(),
                },
            })
        }
        ContractStatus::Completed | ContractStatus::Terminated => return Err(broken()),
    };
    let contract = Contract {
        id: head.id,
        version: head.version,
        number: head.number,
        created_at: head.created_at,
        drafted_by_id: head.drafted_by_id,
        terms,
        documents,
        state,
    };
    Ok(Loaded { contract, payments: payments.into_iter().map(Into::into).collect() })
}

fn broken_row(id: Id<kinds::Contract>) -> anyhow::Error {
    anyhow::anyhow!("contract {id} lacks facts that its state has")
}

impl From<PaymentRow> for Payment {
    fn from(row: PaymentRow) -> Self {
        Self {
            id: row.id,
            payment: NewPayment {
                paid_on: row.paid_on,
                amount_fen: row.amount_fen,
                technology_amount_fen: row.technology_amount_fen,
                reference: row.reference,
            },
            recorded_at: row.recorded_at,
            account_id: row.account_id,
        }
    }
}
