//! Reads for screens.

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use kernel::{AwardStatus, Caller, Fen, Id, Line, judge, kinds};

use crate::{
    access,
    model::{AssessmentKind, Beneficiary},
    store::{self, AssessmentRow, AwardRow, Wanted},
};

/// Which awards are looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) contract_id: Option<Id<kinds::Contract>>,
    pub(crate) beneficiary_id: Option<Id<kinds::Organisation>>,
    pub(crate) status: Option<AwardStatus>,
    pub(crate) rule: Option<Line<100>>,
}

/// Awards that the caller may know of, newest first, and, if asked, how many there are.
pub(crate) async fn awards(
    conn: &mut Conn,
    caller: &Caller,
    filter: Filter,
    after: Option<Id<kinds::Award>>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<AwardRow>, Option<i64>)> {
    judge::<access::ListAwards>(caller, &[])?;
    let own = caller.actor().map(|actor| actor.organisation);
    let Filter { contract_id, beneficiary_id, status, rule } = filter;
    let beneficiaries = own.filter(|_| !access::reads_all(caller));
    let wanted = Wanted { beneficiaries, beneficiary_id, contract_id, status, rule };
    let found = store::list(conn, &wanted, after, limit).await?;
    let total = if count { Some(store::count(conn, &wanted).await?) } else { None };
    Ok((found, total))
}

/// What an award was at one assessment.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) assessment: AssessmentRow,
    pub(crate) sums: Option<(Fen, Fen)>,
}

/// An award and its history.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) award: AwardRow,
    pub(crate) history: Vec<Moment>,
}

/// An award.
pub(crate) async fn award(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Award>,
) -> Outcome<Whole> {
    let award = store::award(conn, id).await?.ok_or_else(|| NOT_FOUND.refuse())?;
    let relation = access::to_award(caller, award.beneficiary_id);
    unseen(caller, judge::<access::GetAward>(caller, &[relation]))?;
    let index = usize::try_from(award.beneficiary_index).unwrap_or(usize::MAX);
    let beneficiary = Beneficiary { role: award.beneficiary_role, index };
    let mut history = Vec::new();
    for assessment in store::assessments(conn, award.contract_id).await? {
        let result = assessment.result()?;
        let found = result
            .awards
            .iter()
            .find(|found| found.rule == award.rule && found.beneficiary == beneficiary);
        let sums = found.map(|found| (found.entitlement_fen, found.payable_now_fen));
        history.push(Moment { assessment, sums });
    }
    Ok(Whole { award, history })
}

/// The newest assessment of a contract, and how many there were.
pub(crate) async fn assessment(
    conn: &mut Conn,
    caller: &Caller,
    contract: Id<kinds::Contract>,
) -> Outcome<AssessmentRow> {
    let all = store::assessments(conn, contract).await?;
    let newest = all.into_iter().next_back().ok_or_else(|| NOT_FOUND.refuse());
    let newest = match (newest, caller) {
        (Err(_), Caller::Anyone) => return Err(kernel::UNAUTHENTICATED.refuse().into()),
        (newest, _) => newest?,
    };
    let relation = access::to_assessment(caller, &newest.organisation_ids);
    unseen(caller, judge::<access::GetContractAssessment>(caller, &[relation]))?;
    Ok(newest)
}

/// Whoever may not read a thing does not learn that it is there.
fn unseen<T>(caller: &Caller, judged: Result<T, kernel::Refusal>) -> Outcome<T> {
    judged.map_err(|refusal| match caller {
        Caller::Anyone => refusal.into(),
        Caller::SignedIn(_) => NOT_FOUND.refuse().into(),
    })
}

/// Is it the assessment of what recognition would bring?
pub(crate) fn is_projection(assessment: &AssessmentRow) -> bool {
    assessment.kind == AssessmentKind::Projected
}
