//! Awards, and what they come from.

use actix_web::get;
use anyhow::anyhow;
use kernel::{Id, kinds};
use web::{
    Answer, ListProblems, PageParams, PageView, Paged, Path, ProblemView, Read, ReadProblems,
};

use crate::{
    http::{
        forms::AwardFilterForm,
        views::{AssessmentView, AwardSummaryView, AwardView},
    },
    model::PolicyBook,
    queries,
};

/// List awards
///
/// One's own organisation's; reviewers, approvers, treasurers, registrars, district officers and
/// auditors see all. Newest first.
#[utoipa::path(
    tag = "subsidies",
    operation_id = "list_awards",
    params(AwardFilterForm, PageParams),
    responses(
        (status = 200, description = "A page of awards.", body = PageView<AwardSummaryView>),
        ListProblems,
    ),
    security(("bearer" = []))
)]
#[get("/awards")]
pub(super) async fn list_awards(
    read: Read,
    page: Paged<AwardFilterForm, Id<kinds::Award>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let filter = page.filter.clone().into();
    let (limit, count) = (page.limit + 1, page.count);
    let found = queries::awards(&mut conn, read.caller(), filter, page.after, limit, count).await?;
    let (rows, total) = found;
    read.list(page.page(rows, |row| row.id, total).map(AwardSummaryView::from))
}

/// Read an award, explained
///
/// By its beneficiary, and by staff. Anybody else is told that there is no such award.
#[utoipa::path(
    tag = "subsidies",
    operation_id = "get_award",
    params(("id" = String, Path, description = "The award's id.", format = "uuid")),
    responses(
        (status = 200, description = "The award.", body = AwardView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
        ReadProblems,
    ),
    security(("bearer" = []))
)]
#[get("/awards/{id}")]
pub(super) async fn get_award(read: Read, id: Path<Id<kinds::Award>>) -> Answer {
    let mut conn = read.conn().await?;
    let whole = queries::award(&mut conn, read.caller(), id.0).await?;
    read.show(AwardView::new(whole, read.language())?)
}

/// Read what a contract brings, or why nothing
///
/// The newest assessment of a contract: at signing what recognition would bring, since recognition
/// what is due; and for each rule that pays nothing, the reason. Each of the contract's parties sees
/// the whole, since it follows from the terms that all have signed; so does staff. An award itself,
/// with what becomes of it, is only its beneficiary's (`get_award`).
#[utoipa::path(
    tag = "subsidies",
    operation_id = "get_contract_assessment",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    responses(
        (status = 200, description = "The assessment.", body = AssessmentView,
         headers(("ETag" = String, description = "Its number."))),
        (status = 304, description = "The client has this assessment."),
        ReadProblems,
        (status = 404, description = "`not_found`: no such contract, or not yet assessed.",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/contracts/{id}/subsidy-assessment")]
pub(super) async fn get_contract_assessment(
    read: Read,
    contract: Path<Id<kinds::Contract>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let newest = queries::assessment(&mut conn, read.caller(), contract.0).await?;
    let book = PolicyBook::built_in().map_err(|fault| anyhow!("the built-in policy: {fault}"))?;
    let name = format!("{}@{}", newest.policy_id, newest.policy_version);
    let policy = book.named(&name).ok_or_else(|| anyhow!("policy {name} is not known"))?;
    read.show(AssessmentView::new(newest, policy, read.language())?)
}
