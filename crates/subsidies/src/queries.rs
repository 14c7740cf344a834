//! Reads for screens.

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use kernel::{AwardStatus, Caller, Id, Line, judge, kinds};

use crate::{
    access,
    model::AssessmentKind,
    store::{self, AssessmentRow, AwardRow, Moment, Wanted},
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

/// An award and its history.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) award: AwardRow,
    pub(crate) history: Vec<Moment>,
}

/// An award.
///
/// # Errors
/// 401 if nobody has signed in, whether there is such an award or not; 404 for all but its
/// beneficiary and staff.
pub(crate) async fn award(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Award>,
) -> Outcome<Whole> {
    expect_somebody(caller)?;
    let award = store::award(conn, id).await?.ok_or_else(|| NOT_FOUND.refuse())?;
    let relation = access::to_award(caller, award.beneficiary_id);
    judge::<access::GetAward>(caller, &[relation]).map_err(|_| NOT_FOUND.refuse())?;
    let history = store::history(conn, &award).await?;
    Ok(Whole { award, history })
}

/// The newest assessment of a contract.
///
/// # Errors
/// 401 if nobody has signed in, whether there is such a contract or not; 404 for all but its
/// parties and staff, and if it has not been assessed.
pub(crate) async fn assessment(
    conn: &mut Conn,
    caller: &Caller,
    contract: Id<kinds::Contract>,
) -> Outcome<AssessmentRow> {
    expect_somebody(caller)?;
    let newest = store::newest_assessment(conn, contract).await?;
    let newest = newest.ok_or_else(|| NOT_FOUND.refuse())?;
    let relation = access::to_assessment(caller, &newest.organisation_ids);
    let judged = judge::<access::GetContractAssessment>(caller, &[relation]);
    judged.map_err(|_| NOT_FOUND.refuse())?;
    Ok(newest)
}

/// Nobody in particular does not learn what there is, not even by a 404 in place of a 401.
fn expect_somebody(caller: &Caller) -> Outcome<()> {
    match caller {
        Caller::Anyone => Err(kernel::UNAUTHENTICATED.refuse().into()),
        Caller::SignedIn(_) => Ok(()),
    }
}

/// Is it the assessment of what recognition would bring?
pub(crate) fn is_projection(assessment: &AssessmentRow) -> bool {
    assessment.kind == AssessmentKind::Projected
}
