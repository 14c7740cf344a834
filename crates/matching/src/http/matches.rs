//! Matches.

use actix_web::{get, web::Data};
use kernel::{Id, judge, kinds::Listing};
use web::{Answer, ListProblems, PageParams, PageView, Paged, Path, ProblemView, Read};

use crate::{
    MatchIndex, access,
    http::{forms::MatchFilterForm, views::MatchView},
    model::ranker::Place,
    queries::{self, Question},
};

/// See what fits a listing
///
/// For a need or open challenge: results and patents; for a result or patent: needs and open
/// challenges. Best first, for whoever has signed in. The score says how likely a suggestion is
/// right, as measured on texts where the right answer is known, and can be compared between
/// listings. Each match says why: the score is the sum of weight × score over its explanation. The
/// words of both decide; where another listing of the asker's side says nearly the same, its words
/// count, too. Field, maturity, transfer modes, region and price speak for a match or against it,
/// most where the words are undecided. What is too unlikely is not listed, nor are listings of the
/// same organisation, those of suspended organisations and needs past their deadline.
#[utoipa::path(
    tag = "matching",
    operation_id = "list_matches",
    params(("id" = String, Path, description = "The listing's id.", format = "uuid"), PageParams),
    responses(
        (status = 200, description = "A page.", body = PageView<MatchView>),
        ListProblems,
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`index_not_ready`, `overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listings/{id}/matches")]
pub(super) async fn list_matches(
    read: Read,
    id: Path<Id<Listing>>,
    index: Data<MatchIndex>,
    paged: Paged<MatchFilterForm, Place>,
) -> Answer {
    judge::<access::ListMatches>(read.caller(), &[])?;
    let today = kernel::civil_date(read.db().clock().now());
    let (after, limit, count) = (paged.after, paged.limit + 1, paged.count);
    let question = Question { listing_id: id.0, today, after, limit, count };
    let mut conn = read.conn().await?;
    let (found, total) = queries::matches(&mut conn, &index, question).await?;
    let page = paged.page(found, |found| found.found.place, total);
    let language = read.language();
    read.list(page.map(|found| MatchView::new(found, language)))
}
