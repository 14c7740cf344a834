//! Rows and SQL of this domain's tables.

use ::store::{Conn, Outcome};
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{AwardStatus, Fen, Id, Line, Version, kinds};
use schema::subsidies::{awards, subsidy_assessments};
use serde_json::Value;

use crate::model::{AssessmentKind, BeneficiaryRole, Calculation, FrozenFacts, FundingPart, Step};

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

/// Every assessment of a contract, oldest first.
pub(crate) async fn assessments(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
) -> Outcome<Vec<AssessmentRow>> {
    use subsidy_assessments as a;
    Ok(a::table
        .filter(a::contract_id.eq(contract))
        .order(a::number)
        .select(AssessmentRow::as_select())
        .load(conn)
        .await?)
}

/// An earlier assessment, as far as a later one needs to know it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = subsidy_assessments)]
pub(crate) struct EarlierRow {
    pub(crate) number: i32,
    pub(crate) kind: AssessmentKind,
    pub(crate) cause: String,
    pub(crate) facts_sha256: Vec<u8>,
}

/// The earlier assessments of a contract, oldest first.
pub(crate) async fn earlier_assessments(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
) -> Outcome<Vec<EarlierRow>> {
    use subsidy_assessments as a;
    Ok(a::table
        .filter(a::contract_id.eq(contract))
        .order(a::number)
        .select(EarlierRow::as_select())
        .load(conn)
        .await?)
}

pub(crate) async fn add_assessment(conn: &mut Conn, row: &AssessmentRow) -> Outcome<()> {
    diesel::insert_into(subsidy_assessments::table).values(row).execute(conn).await?;
    Ok(())
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
