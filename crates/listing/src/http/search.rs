//! Searching.

use actix_web::{get, web::Data};
use kernel::{Domain, Fen, Id, Line, ListingKind, ListingStatus, Region, TransferMode, kinds};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Answer, ListProblems, Named, PageParams, Paged, Parted, ProblemView, Query, Read};

use crate::{
    http::search_views::{ListingPageView, ListingSummaryView, SuggestionsView},
    index::SearchIndex,
    model::{Criteria, Trl},
    queries::{self, Asked, Filter, Search, Sort},
    store::Place,
};

/// Which listings are looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListingFilterForm {
    /// Words, all of which occur in title, keywords, abstract, description, number, or the owner's
    /// name, which may also be spelled in pinyin. What is in quotation marks occurs as written.
    /// Traditional characters and full width find what is written otherwise, and are found by it.
    /// Of what is not published, title, abstract, keywords and numbers are looked at, and only of
    /// your own organisation's, which `organisation` must name; the market's staff need not.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "盐湖 提锂")]
    q: Option<Line<200>>,
    /// What is listed.
    kind: Option<ListingKind>,
    /// The field.
    domain: Option<Domain>,
    /// Where.
    region: Option<Region>,
    /// At least this readiness level.
    trl_min: Option<Trl>,
    /// At most this readiness level.
    trl_max: Option<Trl>,
    /// At most this price, in fen; only offers that name one are found.
    price_max: Option<Fen>,
    /// To be had in this way, among others.
    transfer_mode: Option<TransferMode>,
    /// Whose.
    organisation: Option<Id<kinds::Organisation>>,
    /// In which state: `published` by default, or all of them for a whole organisation that is
    /// your own. Of what is not public you find only your own; the market's staff find all.
    status: Option<ListingStatus>,
    /// What comes first: `relevance` by default if there is a `q`, else `newest`. `price`
    /// shows the cheapest first, and what names no price last. What is not published has no
    /// relevance: the newest come first.
    #[param(inline)]
    sort: Option<Sort>,
}

/// What is told beside the listings.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FacetsForm {
    /// Count into `facets`, on the first page, how many published listings there are of each kind,
    /// field and so on.
    #[serde(default)]
    #[param(default = false)]
    facets: bool,
}

impl Named for FacetsForm {
    const NAMES: &'static [&'static str] = &["facets"];
}

impl From<ListingFilterForm> for Filter {
    fn from(form: ListingFilterForm) -> Self {
        let criteria = Criteria {
            q: form.q,
            kind: form.kind,
            domain: form.domain,
            region: form.region,
            trl_min: form.trl_min,
            trl_max: form.trl_max,
            price_max: form.price_max,
            transfer_mode: form.transfer_mode,
            organisation: form.organisation,
        };
        Self { criteria, status: form.status, sort: form.sort }
    }
}

/// What has been typed so far.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TypedForm {
    /// Words as far as they have been typed; the last may be only begun.
    #[param(value_type = String, min_length = 1, max_length = 100, example = "盐湖提")]
    q: Line<100>,
}

/// Search listings
///
/// Finds what is published. Within your own organisation you find everything, and with `status`
/// also what is not public yet; the market's staff find everybody's (what waits for them, next
/// texts of published listings too, is in `GET /listing-reviews`). The words of `q` must all occur; Chinese needs no spaces. What says them in its title
/// or keywords comes first, then what says them in its abstract.
#[utoipa::path(
    tag = "listings",
    operation_id = "search_listings",
    params(ListingFilterForm, FacetsForm, PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = ListingPageView),
        (status = 503, description = "`index_not_ready`, `overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
#[get("/listings")]
pub(super) async fn search_listings(
    read: Read,
    index: Data<SearchIndex>,
    paged: Paged<Parted<FacetsForm, ListingFilterForm>, Place>,
) -> Answer {
    let Parted(FacetsForm { facets }, filter) = &paged.filter;
    let search = Search::new(read.caller(), filter.clone().into()).await?;
    let limit = usize::try_from(paged.limit).unwrap_or_default().saturating_add(1);
    let (after, count, facets) = (paged.after, paged.count, *facets);
    let asked = Asked { after, limit, count, facets };
    let answer = search.run(&index, read.db(), asked).await?;
    let page = paged.page(answer.found, |found| found.place, answer.total);
    let page = page.map(ListingSummaryView::from).into_view();
    read.json(&ListingPageView::new(page, answer.facets))
}

/// Suggest what to search for
///
/// While somebody types: keywords and titles of published listings that contain everything typed
/// so far.
#[utoipa::path(
    tag = "listings",
    operation_id = "suggest_listings",
    params(TypedForm),
    responses(
        ListProblems,
        (status = 200, description = "Suggestions.", body = SuggestionsView),
        (status = 503, description = "`index_not_ready`, `overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
#[get("/listings/suggestions")]
pub(super) async fn suggest_listings(
    read: Read,
    index: Data<SearchIndex>,
    typed: Query<TypedForm>,
) -> Answer {
    let suggestions = queries::suggestions(&index, read.db(), &typed.0.q).await?;
    read.json(&SuggestionsView::from(suggestions))
}
