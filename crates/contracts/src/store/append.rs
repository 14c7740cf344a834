//! What is only ever added: texts, signatures, steps of recognition, payments.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, prelude::Insertable};
use diesel_async::RunQueryDsl;
use kernel::{
    ContractType, Fen, Id, Line, Prose, RecognitionStatus, RegistrationNumber, Sha256,
    kinds::{self, Account, Organisation},
};
use schema::contracts::{
    contract_documents, contract_payments, contract_recognition_steps, contract_signatures,
};
use serde_json::Value;
use store::{Conn, Outcome, on_constraint};

use crate::{
    error,
    model::{Document, Payment, Signature, Step, StepFacts, Subtype},
};

/// Keeps a frozen text.
pub(crate) async fn insert_document(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
    document: &Document,
    by: Id<Account>,
    at: DateTime<Utc>,
) -> Outcome<()> {
    use contract_documents as d;
    diesel::insert_into(d::table)
        .values((
            d::contract_id.eq(contract),
            d::number.eq(document.number),
            d::content.eq(&document.content),
            d::sha256.eq(document.sha256.0.as_slice()),
            d::offered_at.eq(at),
            d::account_id.eq(by),
            d::organisation_ids.eq(&document.organisation_ids),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A frozen text.
pub(crate) async fn document(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
    number: i32,
) -> Outcome<Option<Document>> {
    use contract_documents as d;
    let row: Option<(String, Vec<u8>, Vec<Id<Organisation>>)> = d::table
        .find((contract, number))
        .select((d::content, d::sha256, d::organisation_ids))
        .get_result(conn)
        .await
        .optional()?;
    let Some((content, digest, organisation_ids)) = row else { return Ok(None) };
    let digest = digest.try_into().map_err(|_| anyhow::anyhow!("a digest of another length"))?;
    Ok(Some(Document { number, content, sha256: Sha256(digest), organisation_ids }))
}

/// Keeps a signature.
pub(crate) async fn insert_signature(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
    document_number: i32,
    sha256: Sha256,
    signature: &Signature,
) -> Outcome<()> {
    use contract_signatures as s;
    let inserted = diesel::insert_into(s::table)
        .values((
            s::contract_id.eq(contract),
            s::document_number.eq(document_number),
            s::organisation_id.eq(signature.organisation_id),
            s::account_id.eq(signature.account_id),
            s::sha256.eq(sha256.0.as_slice()),
            s::signed_at.eq(signature.signed_at),
        ))
        .execute(conn)
        .await;
    on_constraint(inserted, "contract_signatures_pkey", || error::ALREADY_SIGNED.refuse())?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = contract_recognition_steps)]
struct NewStepRow<'a> {
    contract_id: Id<kinds::Contract>,
    number: i32,
    status: RecognitionStatus,
    taken_at: DateTime<Utc>,
    account_id: Id<Account>,
    decide_by: Option<NaiveDate>,
    words: Option<&'a Prose<2000>>,
    refusal_reasons: Option<Value>,
    contract_type: Option<ContractType>,
    subtype: Option<Subtype>,
    technology_amount_fen: Option<Fen>,
    registration_number: Option<&'a RegistrationNumber>,
}

/// Keeps a step of recognition.
pub(crate) async fn insert_step(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
    step: &Step,
) -> Outcome<()> {
    let mut row = NewStepRow {
        contract_id: contract,
        number: step.number,
        status: step.facts.status(),
        taken_at: step.taken_at,
        account_id: step.account_id,
        decide_by: None,
        words: None,
        refusal_reasons: None,
        contract_type: None,
        subtype: None,
        technology_amount_fen: None,
        registration_number: None,
    };
    match &step.facts {
        StepFacts::Applied { decide_by } => row.decide_by = Some(*decide_by),
        StepFacts::SupplementRequested { what } => row.words = Some(what),
        StepFacts::Recognised(recognised) => {
            row.words = recognised.remarks.as_ref();
            row.contract_type = Some(recognised.contract_type);
            row.subtype = recognised.subtype;
            row.technology_amount_fen = Some(recognised.technology_amount_fen);
            row.registration_number = Some(&recognised.registration_number);
        }
        StepFacts::Refused(refusal) => {
            row.refusal_reasons = Some(serde_json::to_value(&refusal.reasons)?);
        }
    }
    diesel::insert_into(contract_recognition_steps::table).values(row).execute(conn).await?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = contract_payments)]
struct NewPaymentRow<'a> {
    id: Id<kinds::Payment>,
    contract_id: Id<kinds::Contract>,
    paid_on: NaiveDate,
    amount_fen: Fen,
    technology_amount_fen: Fen,
    reference: Option<&'a Line<100>>,
    recorded_at: DateTime<Utc>,
    account_id: Id<Account>,
}

/// Keeps a payment.
pub(crate) async fn insert_payment(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
    payment: &Payment,
) -> Outcome<()> {
    let row = NewPaymentRow {
        id: payment.id,
        contract_id: contract,
        paid_on: payment.payment.paid_on,
        amount_fen: payment.payment.amount_fen,
        technology_amount_fen: payment.payment.technology_amount_fen,
        reference: payment.payment.reference.as_ref(),
        recorded_at: payment.recorded_at,
        account_id: payment.account_id,
    };
    diesel::insert_into(contract_payments::table).values(row).execute(conn).await?;
    Ok(())
}
