//! What happens here when a contract is signed, recognised or paid.
//!
//! Each reaction makes an assessment and brings the awards in line with it. An event that comes
//! again finds its assessment made and changes nothing: an assessment names the event as its cause.
//! Facts alone would not tell: those of a late repeat are older than what stands, and facts may
//! come back to what they were.

use ::store::{Outcome, Tx};
use anyhow::anyhow;
use events::{
    AwardComputed, AwardProjected, ContractFacts, ContractPaymentRecorded, ContractRecognised,
    ContractSigned,
};
use kernel::{AwardStatus, Fen, Id, Version, kinds};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    model::{AssessmentKind, Award, FrozenFacts, PolicyBook},
    store::{self, AssessmentRow, AwardRow},
};

/// A contract was signed: what would its recognition bring?
///
/// # Errors
/// If the database does not answer.
pub async fn project(tx: &mut Tx<'_>, event: &ContractSigned) -> Outcome<()> {
    let cause = "contract.signed".to_owned();
    assess_as(tx, event.contract_id, &event.contract, AssessmentKind::Projected, cause).await
}

/// A contract was recognised: its awards are computed, and take the place of the projection.
///
/// # Errors
/// If the database does not answer.
pub async fn assess(tx: &mut Tx<'_>, event: &ContractRecognised) -> Outcome<()> {
    let cause = format!("contract.recognised:{}", event.registration_number);
    assess_as(tx, event.contract_id, &event.contract, AssessmentKind::Computed, cause).await
}

/// Money was paid under a contract: more of its awards is payable.
///
/// # Errors
/// If the database does not answer.
pub async fn reassess_payment(tx: &mut Tx<'_>, event: &ContractPaymentRecorded) -> Outcome<()> {
    let kind = match event.contract.recognised_on {
        Some(_) => AssessmentKind::Computed,
        None => AssessmentKind::Projected,
    };
    let cause = format!("contract.payment_recorded:{}", event.payment_id);
    assess_as(tx, event.contract_id, &event.contract, kind, cause).await
}

async fn assess_as(
    tx: &mut Tx<'_>,
    contract: Id<kinds::Contract>,
    facts: &ContractFacts,
    kind: AssessmentKind,
    cause: String,
) -> Outcome<()> {
    // Held until the commit, so that two assessments of one contract follow each other.
    let standing = store::standing_for_update(tx.conn(), contract).await?;
    // Since recognition nothing is projected any more: the newest tells of which kind all will be.
    let last = store::newest_assessment(tx.conn(), contract).await?;
    let recognised = last.as_ref().is_some_and(|last| last.kind == AssessmentKind::Computed);
    if (recognised && kind == AssessmentKind::Projected)
        || store::is_assessed_for(tx.conn(), contract, &cause).await?
    {
        return Ok(());
    }

    let book = PolicyBook::built_in().map_err(|fault| anyhow!("the built-in policy: {fault}"))?;
    let mut facts = FrozenFacts::new(facts, kind);
    let policy = book.on(facts.contract.recognised_on).ok_or_else(|| anyhow!("no policy"))?;
    let policy_version = i32::try_from(policy.policy.version).unwrap_or(i32::MAX);
    let like_it = |last: &&AssessmentRow| {
        last.kind == kind
            && last.policy_id == policy.policy.id
            && last.policy_version == policy_version
    };
    if let Some(last) = last.as_ref().filter(like_it) {
        facts = facts.after(&last.facts()?, standing.iter().map(AwardRow::payable));
    }
    let bytes = serde_json::to_vec(&facts)?;
    let digest = Sha256::digest(&bytes).to_vec();
    let calculation = facts.assess(policy).map_err(anyhow::Error::from)?;
    let assessment = AssessmentRow {
        contract_id: contract,
        number: last.as_ref().map_or(1, |last| last.number.saturating_add(1)),
        kind,
        cause,
        policy_id: policy.policy.id.clone(),
        policy_version,
        facts: serde_json::from_slice(&bytes)?,
        facts_sha256: digest,
        result: serde_json::to_value(&calculation)?,
        organisation_ids: facts.parties().collect(),
        assessed_at: tx.now(),
    };
    store::add_assessment(tx.conn(), &assessment, &calculation.awards).await?;
    let unmoved =
        |last: &AssessmentRow| last.kind == kind && last.facts_sha256 == assessment.facts_sha256;
    if last.as_ref().is_some_and(unmoved) {
        return Ok(()); // Such as a payment for equipment: what stands is what this one says.
    }
    bring_in_line(tx, &facts, &assessment, calculation.awards, standing).await
}

/// Adds new awards, changes those that stand, and cancels what is no longer due.
async fn bring_in_line(
    tx: &mut Tx<'_>,
    facts: &FrozenFacts,
    assessment: &AssessmentRow,
    due: Vec<Award>,
    mut standing: Vec<AwardRow>,
) -> Outcome<()> {
    let status = match assessment.kind {
        AssessmentKind::Projected => AwardStatus::Projected,
        AssessmentKind::Computed => AwardStatus::Computed,
    };
    for award in due {
        let new = row(tx, facts, assessment, &award, status)?;
        let place = standing
            .iter()
            .position(|old| old.is_for(&new.rule, new.beneficiary_role, new.beneficiary_index));
        match place.map(|place| standing.swap_remove(place)) {
            Some(old) if old.status == status => change(tx, old, new).await?,
            Some(old) => {
                cancel(tx, old, assessment.number, Some(new.id)).await?;
                add(tx, &new).await?;
            }
            None => add(tx, &new).await?,
        }
    }
    for old in standing {
        cancel(tx, old, assessment.number, None).await?;
    }
    Ok(())
}

fn row(
    tx: &Tx<'_>,
    facts: &FrozenFacts,
    assessment: &AssessmentRow,
    award: &Award,
    status: AwardStatus,
) -> Outcome<AwardRow> {
    let beneficiary = award.beneficiary;
    let organisation = facts.organisation(beneficiary);
    Ok(AwardRow {
        id: tx.new_id(),
        contract_id: assessment.contract_id,
        rule: award.rule.clone(),
        article: award.article.clone(),
        policy_id: assessment.policy_id.clone(),
        policy_version: assessment.policy_version,
        beneficiary_role: beneficiary.role,
        beneficiary_index: store::place(beneficiary),
        beneficiary_id: organisation.ok_or_else(|| anyhow!("{beneficiary:?} is no party"))?,
        status,
        entitlement_fen: award.entitlement_fen,
        payable_fen: award.payable_now_fen,
        paid_fen: Fen::ZERO,
        capped: award.capped,
        funding: serde_json::to_value(&award.funding)?,
        explanation: serde_json::to_value(&award.explanation)?,
        assessment: assessment.number,
        replaced_by: None,
        version: Version::FIRST,
        created_at: tx.now(),
        changed_at: tx.now(),
    })
}

async fn add(tx: &mut Tx<'_>, new: &AwardRow) -> Outcome<()> {
    store::add_award(tx.conn(), new).await?;
    note(tx, new);
    announce(tx, new);
    Ok(())
}

async fn change(tx: &mut Tx<'_>, old: AwardRow, new: AwardRow) -> Outcome<()> {
    let read = old.version;
    let sums = |row: &AwardRow| (row.entitlement_fen, row.payable_fen, row.beneficiary_id);
    let news = sums(&old) != sums(&new);
    let changed = AwardRow {
        id: old.id,
        paid_fen: old.paid_fen,
        version: read.next(),
        created_at: old.created_at,
        ..new
    };
    store::save_award(tx.conn(), read, &changed).await?;
    note(tx, &changed);
    if news {
        announce(tx, &changed); // A new explanation of the same sums is not news.
    }
    Ok(())
}

async fn cancel(
    tx: &mut Tx<'_>,
    old: AwardRow,
    assessment: i32,
    replaced_by: Option<Id<kinds::Award>>,
) -> Outcome<()> {
    let read = old.version;
    let cancelled = AwardRow {
        status: AwardStatus::Cancelled,
        assessment,
        replaced_by,
        version: read.next(),
        changed_at: tx.now(),
        ..old
    };
    store::save_award(tx.conn(), read, &cancelled).await?;
    note(tx, &cancelled);
    Ok(())
}

fn note(tx: &mut Tx<'_>, row: &AwardRow) {
    let facts = json!({
        "contract_id": row.contract_id,
        "rule": row.rule,
        "status": row.status,
        "entitlement_fen": row.entitlement_fen,
        "payable_fen": row.payable_fen,
        "assessment": row.assessment,
    });
    tx.record(row.id, row.version, facts);
}

fn announce(tx: &mut Tx<'_>, row: &AwardRow) {
    let policy = format!("{}@{}", row.policy_id, row.policy_version);
    let (award_id, contract_id, beneficiary_id) = (row.id, row.contract_id, row.beneficiary_id);
    let (rule, entitlement_fen, payable_fen) =
        (row.rule.clone(), row.entitlement_fen, row.payable_fen);
    match row.status {
        AwardStatus::Projected => tx.announce(AwardProjected {
            award_id,
            contract_id,
            beneficiary_id,
            rule,
            policy,
            entitlement_fen,
            payable_fen,
        }),
        AwardStatus::Computed => tx.announce(AwardComputed {
            award_id,
            contract_id,
            beneficiary_id,
            rule,
            policy,
            entitlement_fen,
            payable_fen,
        }),
        AwardStatus::Cancelled => {}
    }
}
