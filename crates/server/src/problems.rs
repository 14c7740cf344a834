//! `list_problems`: every kind of problem, so that a program can know them all beforehand.

use actix_web::{HttpRequest, get};
use kernel::Reason;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Answer, show_as_it_is};

/// Every domain's table of refusals, and those of the ground.
pub(crate) fn tables() -> [&'static [&'static Reason]; 8] {
    [
        store::refusals::REASONS,
        web::refusals::REASONS,
        parties::REASONS,
        listing::REASONS,
        listing::REFUSED_FILES,
        matching::REASONS,
        contracts::REASONS,
        subsidies::REASONS,
    ]
}

/// Every kind of problem.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemKinds)]
pub(crate) struct ProblemKindsView {
    /// The kinds, by code.
    items: Vec<ProblemKindView>,
}

/// A kind of problem.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemKind)]
struct ProblemKindView {
    /// Stable code for programs.
    #[schema(example = "invalid_state")]
    code: &'static str,
    /// The HTTP status that it comes with.
    #[schema(example = 409)]
    status: u16,
    /// What it says, in Chinese.
    title_zh: &'static str,
    /// What it says, in English.
    title_en: &'static str,
}

/// List every kind of problem
///
/// The `code` of a problem is one of these and never changes its meaning.
#[utoipa::path(
    tag = "operation",
    operation_id = "list_problems",
    security(()),
    responses(
        (status = 200, description = "Every kind of problem.", body = ProblemKindsView,
         headers(("ETag" = String, description = "Names what was shown."))),
        (status = 304, description = "The client has this already."),
    )
)]
#[get("/problems")]
pub(crate) async fn list_problems(request: HttpRequest) -> Answer {
    let mut items: Vec<ProblemKindView> = tables()
        .into_iter()
        .flatten()
        .map(|reason| ProblemKindView {
            code: reason.code,
            status: reason.status.code(),
            title_zh: reason.title.zh,
            title_en: reason.title.en,
        })
        .collect();
    items.extend(web::refusals::UNREFUSED.iter().map(|kind| ProblemKindView {
        code: kind.code,
        status: kind.status,
        title_zh: kind.title.zh,
        title_en: kind.title.en,
    }));
    items.sort_by_key(|item| item.code);
    // Domains may refuse for the same reason.
    items.dedup_by_key(|item| item.code);
    show_as_it_is(&request, &ProblemKindsView { items })
}
