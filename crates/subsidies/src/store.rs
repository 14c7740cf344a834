//! Rows and SQL of this domain's tables.

use ::store::{Conn, Outcome};
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{AwardStatus, Fen, Id, Line, Version, kinds};
use schema::subsidies::{award_moments, awards, subsidy_assessments};
use serde_json::Value;

use crate::model::{
    AssessmentKind, Award, Beneficiary, BeneficiaryRole, Calculation, FrozenFacts, FundingPart,
    PayableBefore, Step,
};

/// An award as it stands.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = awards, treat_none_as_null = true)]
pub(crate) struct AwardRow {
    pub(crate) id: Id<kinds::Award>,
    pub(crate) contract_id: Id<kinds::Contract>,
    pub(crate) rule: String,
    pub(crate) article: String,
    pub(crate) policy_id: String,
    pub(crate) policy_version: i32,
    pub(crate) beneficiary_role: BeneficiaryRole,
    pub(crate) beneficiary_index: i32,
    pub(crate) beneficiary_id: Id<kinds::Organisation>,
    pub(crate) status: AwardStatus,
    pub(crate) entitlement_fen: Fen,
    pub(crate) payable_fen: Fen,
    pub(crate) paid_fen: Fen,
    pub(crate) capped: bool,
    pub(crate) funding: Value,
    pub(crate) explanation: Value,
    pub(crate) assessment: i32,
    pub(crate) replaced_by: Option<Id<kinds::Award>>,
    pub(crate) version: Version,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) changed_at: DateTime<Utc>,
}

impl AwardRow {
    /// Is it the award of that rule to that beneficiary?
    pub(crate) fn is_for(&self, rule: &str, role: BeneficiaryRole, index: i32) -> bool {
        self.rule == rule && self.beneficiary_role == role && self.beneficiary_index == index
    }

    /// What is payable of it.
    pub(crate) fn payable(&self) -> PayableBefore {
        let index = usize::try_from(self.beneficiary_index).unwrap_or(usize::MAX);
        let beneficiary = Beneficiary { role: self.beneficiary_role, index };
        PayableBefore { rule: self.rule.clone(), beneficiary, payable_fen: self.payable_fen }
    }

    pub(crate) fn funding(&self) -> Outcome<Vec<FundingPart>> {
        Ok(serde_json::from_value(self.funding.clone())?)
    }

    pub(crate) fn explanation(&self) -> Outcome<Vec<Step>> {
        Ok(serde_json::from_value(self.explanation.clone())?)
    }
}

/// An assessment as it was made.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = subsidy_assessments)]
pub(crate) struct AssessmentRow {
    pub(crate) contract_id: Id<kinds::Contract>,
    pub(crate) number: i32,
    pub(crate) kind: AssessmentKind,
    pub(crate) cause: String,
    pub(crate) policy_id: String,
    pub(crate) policy_version: i32,
    pub(crate) facts: Value,
    pub(crate) facts_sha256: Vec<u8>,
    pub(crate) result: Value,
    pub(crate) organisation_ids: Vec<Id<kinds::Organisation>>,
    pub(crate) assessed_at: DateTime<Utc>,
}

impl AssessmentRow {
    pub(crate) fn facts(&self) -> Outcome<FrozenFacts> {
        Ok(serde_json::from_value(self.facts.clone())?)
    }

    pub(crate) fn result(&self) -> Outcome<Calculation> {
        Ok(serde_json::from_value(self.result.clone())?)
    }
}

/// The newest assessment of a contract.
pub(crate) async fn newest_assessment(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
) -> Outcome<Option<AssessmentRow>> {
    use subsidy_assessments as a;
    let found = a::table
        .filter(a::contract_id.eq(contract))
        .order(a::number.desc())
        .select(AssessmentRow::as_select())
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// Has an assessment of the contract been made for this cause?
pub(crate) async fn is_assessed_for(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
    cause: &str,
) -> Outcome<bool> {
    use subsidy_assessments as a;
    let made = a::table.filter(a::contract_id.eq(contract)).filter(a::cause.eq(cause));
    Ok(diesel::select(diesel::dsl::exists(made)).get_result(conn).await?)
}

/// What an assessment says of an award, in sums alone.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = award_moments)]
struct MomentRow<'a> {
    contract_id: Id<kinds::Contract>,
    assessment: i32,
    rule: &'a str,
    beneficiary_role: BeneficiaryRole,
    beneficiary_index: i32,
    entitlement_fen: Fen,
    payable_fen: Fen,
}

/// Keeps an assessment, and the sums of its awards.
pub(crate) async fn add_assessment(
    conn: &mut Conn,
    row: &AssessmentRow,
    awards: &[Award],
) -> Outcome<()> {
    diesel::insert_into(subsidy_assessments::table).values(row).execute(conn).await?;
    if awards.is_empty() {
        return Ok(());
    }
    let moments: Vec<_> = awards
        .iter()
        .map(|award| MomentRow {
            contract_id: row.contract_id,
            assessment: row.number,
            rule: &award.rule,
            beneficiary_role: award.beneficiary.role,
            beneficiary_index: place(award.beneficiary),
            entitlement_fen: award.entitlement_fen,
            payable_fen: award.payable_now_fen,
        })
        .collect();
    diesel::insert_into(award_moments::table).values(&moments).execute(conn).await?;
    Ok(())
}

/// Which of those in its role a beneficiary is, as a column.
pub(crate) fn place(beneficiary: Beneficiary) -> i32 {
    i32::try_from(beneficiary.index).unwrap_or(i32::MAX)
}

/// What an award was at one assessment.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct Moment {
    pub(crate) assessment: i32,
    pub(crate) kind: AssessmentKind,
    pub(crate) assessed_at: DateTime<Utc>,
    /// Nothing, if nothing was due then.
    pub(crate) entitlement_fen: Option<Fen>,
    pub(crate) payable_fen: Option<Fen>,
}

/// What an award was at each assessment of its contract, oldest first.
pub(crate) async fn history(conn: &mut Conn, award: &AwardRow) -> Outcome<Vec<Moment>> {
    use award_moments as m;
    use subsidy_assessments as a;
    let same = m::contract_id
        .eq(a::contract_id)
        .and(m::assessment.eq(a::number))
        .and(m::rule.eq(&award.rule))
        .and(m::beneficiary_role.eq(award.beneficiary_role))
        .and(m::beneficiary_index.eq(award.beneficiary_index));
    Ok(a::table
        .left_join(m::table.on(same))
        .filter(a::contract_id.eq(award.contract_id))
        .order(a::number)
        .select((
            a::number,
            a::kind,
            a::assessed_at,
            m::entitlement_fen.nullable(),
            m::payable_fen.nullable(),
        ))
        .load(conn)
        .await?)
}

/// The awards of a contract that stand, locked.
pub(crate) async fn standing_for_update(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
) -> Outcome<Vec<AwardRow>> {
    Ok(awards::table
        .filter(awards::contract_id.eq(contract))
        .filter(awards::status.ne(AwardStatus::Cancelled))
        .order(awards::id)
        .select(AwardRow::as_select())
        .for_update()
        .load(conn)
        .await?)
}

pub(crate) async fn add_award(conn: &mut Conn, row: &AwardRow) -> Outcome<()> {
    diesel::insert_into(awards::table).values(row).execute(conn).await?;
    Ok(())
}

/// Saves an award that was read as `read`.
pub(crate) async fn save_award(conn: &mut Conn, read: Version, row: &AwardRow) -> Outcome<()> {
    let saved = diesel::update(awards::table.find(row.id))
        .filter(awards::version.eq(read))
        .set(row)
        .execute(conn)
        .await?;
    if saved == 1 { Ok(()) } else { Err(anyhow!("{:?} changed under its lock", row.id).into()) }
}

pub(crate) async fn award(conn: &mut Conn, id: Id<kinds::Award>) -> Outcome<Option<AwardRow>> {
    let found = awards::table.find(id).select(AwardRow::as_select()).first(conn).await;
    Ok(found.optional()?)
}

/// Which awards are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Only this organisation's.
    pub(crate) beneficiaries: Option<Id<kinds::Organisation>>,
    pub(crate) beneficiary_id: Option<Id<kinds::Organisation>>,
    pub(crate) contract_id: Option<Id<kinds::Contract>>,
    pub(crate) status: Option<AwardStatus>,
    pub(crate) rule: Option<Line<100>>,
}

type Filtered<'a> = awards::BoxedQuery<'a, diesel::pg::Pg>;

fn filtered(wanted: &Wanted) -> Filtered<'_> {
    let mut query = awards::table.into_boxed();
    for organisation in wanted.beneficiaries.iter().chain(&wanted.beneficiary_id) {
        query = query.filter(awards::beneficiary_id.eq(organisation));
    }
    if let Some(contract) = wanted.contract_id {
        query = query.filter(awards::contract_id.eq(contract));
    }
    if let Some(rule) = &wanted.rule {
        query = query.filter(awards::rule.eq(rule.as_str()));
    }
    match wanted.status {
        Some(status) => query.filter(awards::status.eq(status)),
        None => query.filter(awards::status.ne(AwardStatus::Cancelled)),
    }
}

/// Awards, newest first: at most `limit` of those made before `after`.
pub(crate) async fn list(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Option<Id<kinds::Award>>,
    limit: i64,
) -> Outcome<Vec<AwardRow>> {
    let mut query = filtered(wanted);
    if let Some(after) = after {
        query = query.filter(awards::id.lt(after));
    }
    let query = query.order(awards::id.desc()).limit(limit).select(AwardRow::as_select());
    Ok(query.load(conn).await?)
}

pub(crate) async fn count(conn: &mut Conn, wanted: &Wanted) -> Outcome<i64> {
    Ok(filtered(wanted).count().get_result(conn).await?)
}
