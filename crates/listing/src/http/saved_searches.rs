//! Saved searches.

use actix_web::{HttpResponse, delete, get, post};
use chrono::{DateTime, Utc};
use kernel::{
    Domain, Fen, Id, Line, ListingKind, Region, TransferMode, UNAUTHENTICATED, Version, judge,
    kinds,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{
    Answer, CreateProblems, ListProblems, NoBody, NoFilter, PageParams, PageView, Paged, Path,
    ProblemView, Read, ReadProblems, Resource, Write,
};

use crate::{
    access,
    commands::{RemoveSavedSearch, SaveSearch},
    http::{
        params::{KeyParams, SavedSearchPath},
        search_views::ListingSummaryView,
    },
    model::{Criteria, Notify, SavedSearch, Trl},
    queries,
    store::{HitPlace, SummaryRow},
};

/// A search to be kept.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "盐湖提锂的新成果", "notify": "daily",
    "query": { "q": "盐湖 提锂", "kind": "result", "trl_min": 5 }
}))]
pub(super) struct SaveSearchForm {
    /// What you call it.
    name: Line<100>,
    /// What is looked for; at least one filter.
    query: CriteriaForm,
    /// How soon you are told.
    notify: Notify,
}

/// What is looked for, as `search_listings` takes it; everything that is given must fit.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SavedSearchQuery)]
struct CriteriaForm {
    /// Words, all of which occur.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    q: Option<Line<200>>,
    /// What is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    kind: Option<ListingKind>,
    /// The field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    domain: Option<Domain>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region: Option<Region>,
    /// At least this readiness level.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trl_min: Option<Trl>,
    /// At most this readiness level.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trl_max: Option<Trl>,
    /// At most this price, in fen; only offers that name one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    price_max: Option<Fen>,
    /// To be had in this way, among others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    transfer_mode: Option<TransferMode>,
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    organisation: Option<Id<kinds::Organisation>>,
}

impl From<CriteriaForm> for Criteria {
    fn from(form: CriteriaForm) -> Self {
        Self {
            q: form.q,
            kind: form.kind,
            domain: form.domain,
            region: form.region,
            trl_min: form.trl_min,
            trl_max: form.trl_max,
            price_max: form.price_max,
            transfer_mode: form.transfer_mode,
            organisation: form.organisation,
        }
    }
}

impl From<Criteria> for CriteriaForm {
    fn from(criteria: Criteria) -> Self {
        Self {
            q: criteria.q,
            kind: criteria.kind,
            domain: criteria.domain,
            region: criteria.region,
            trl_min: criteria.trl_min,
            trl_max: criteria.trl_max,
            price_max: criteria.price_max,
            transfer_mode: criteria.transfer_mode,
            organisation: criteria.organisation,
        }
    }
}

/// A saved search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedSearch)]
pub(super) struct SavedSearchView {
    id: Id<kinds::SavedSearch>,
    version: Version,
    name: Line<100>,
    query: CriteriaForm,
    notify: Notify,
    created_at: DateTime<Utc>,
}

impl From<SavedSearch> for SavedSearchView {
    fn from(search: SavedSearch) -> Self {
        Self {
            id: search.id,
            version: search.version,
            name: search.name,
            query: search.criteria.into(),
            notify: search.notify,
            created_at: search.created_at,
        }
    }
}

impl Resource for SavedSearchView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/saved-searches/{}", self.id)
    }
}

/// Save a search
///
/// Whoever has signed in keeps a search under a name of their own, at most 100 of them. From then
/// on, what others publish, or change, and answers it is kept in its list of hits and announced to
/// them by `saved_search.hit`: at once, or all that has come together, once in 24 hours. A listing
/// is a hit once.
#[utoipa::path(
    tag = "listings",
    operation_id = "save_search",
    params(KeyParams),
    request_body = SaveSearchForm,
    responses(
        CreateProblems,
        (status = 201, description = "Saved.", body = SavedSearchView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        (status = 409, description = "`too_many_saved_searches`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/saved-searches")]
pub(super) async fn save_search(write: Write<SaveSearchForm>) -> Answer {
    let SaveSearchForm { name, query, notify } = write.body.clone();
    let command = SaveSearch::new(name, query.into(), notify).await?;
    write.create(command, |search| SavedSearchView::from(search.clone())).await
}

/// List your saved searches
///
/// Those of your own account, the newest first.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_saved_searches",
    params(PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = PageView<SavedSearchView>),
    ),
    security(("bearer" = []))
)]
#[get("/saved-searches")]
pub(super) async fn list_saved_searches(
    read: Read,
    paged: Paged<NoFilter, (DateTime<Utc>, Id<kinds::SavedSearch>)>,
) -> Answer {
    judge::<access::ListSavedSearches>(read.caller(), &[])?;
    let Some(actor) = read.caller().actor() else { return Err(UNAUTHENTICATED.refuse().into()) };
    let mut conn = read.conn().await?;
    let (after, limit) = (paged.after, paged.limit + 1);
    let (searches, total) =
        queries::saved_searches(&mut conn, actor.account, after, limit, paged.count).await?;
    let page = paged.page(searches, |search| (search.created_at, search.id), total);
    read.list(page.map(SavedSearchView::from))
}

/// Read a saved search
///
/// One of your own account's.
#[utoipa::path(
    tag = "listings",
    operation_id = "get_saved_search",
    params(SavedSearchPath),
    responses(
        ReadProblems,
        (status = 200, description = "The saved search.", body = SavedSearchView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
    ),
    security(("bearer" = []))
)]
#[get("/saved-searches/{id}")]
pub(super) async fn get_saved_search(read: Read, id: Path<Id<kinds::SavedSearch>>) -> Answer {
    judge::<access::GetSavedSearch>(read.caller(), &[])?;
    let Some(actor) = read.caller().actor() else { return Err(UNAUTHENTICATED.refuse().into()) };
    let mut conn = read.conn().await?;
    let search = queries::saved_search(&mut conn, actor.account, id.0).await?;
    read.show(SavedSearchView::from(search))
}

/// A listing that was found for a saved search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedSearchHit)]
pub(super) struct HitView {
    /// When it was found.
    found_at: DateTime<Utc>,
    listing: ListingSummaryView,
}

impl From<(DateTime<Utc>, SummaryRow)> for HitView {
    fn from((found_at, listing): (DateTime<Utc>, SummaryRow)) -> Self {
        Self { found_at, listing: listing.into() }
    }
}

/// List what was found for a saved search
///
/// What others have published since you saved it, or have changed since, and answered it then: the
/// last found first, as long as everybody may read it.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_saved_search_hits",
    params(SavedSearchPath, PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = PageView<HitView>),
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/saved-searches/{id}/hits")]
pub(super) async fn list_saved_search_hits(
    read: Read,
    id: Path<Id<kinds::SavedSearch>>,
    paged: Paged<NoFilter, HitPlace>,
) -> Answer {
    judge::<access::ListSavedSearchHits>(read.caller(), &[])?;
    let Some(actor) = read.caller().actor() else { return Err(UNAUTHENTICATED.refuse().into()) };
    let mut conn = read.conn().await?;
    let (after, part) = (paged.after, (paged.limit + 1, paged.count));
    let (hits, total) =
        queries::saved_search_hits(&mut conn, actor.account, id.0, after, part).await?;
    let page = paged.page(hits, |(found_at, listing)| (*found_at, listing.id), total);
    read.list(page.map(HitView::from))
}

/// Forget a saved search
///
/// One of your own account's; nothing is announced for it any more.
#[utoipa::path(
    tag = "listings",
    operation_id = "remove_saved_search",
    params(SavedSearchPath),
    responses(
        (status = 204, description = "Forgotten."),
        (status = 401, description = "`unauthenticated`, `invalid_token`, `rights_changed`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[delete("/saved-searches/{id}")]
pub(super) async fn remove_saved_search(
    write: Write<NoBody>,
    id: Path<Id<kinds::SavedSearch>>,
) -> Answer {
    write.run(RemoveSavedSearch { id: id.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
