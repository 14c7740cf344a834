//! What goes out of a search.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{
    Domain, Id, Line, ListingKind, ListingStatus, PriceMode, Prose, Region, TransferMode, Version,
    kinds,
};
use serde::Serialize;
use utoipa::ToSchema;
use web::PageView;

use crate::{
    http::views::OwnerView,
    model::{Budget, Ipc, ListingNumber, Price, Stage, Trl, highlight::Part},
    queries::{Facets, Found, Highlights, Suggestion, SuggestionKind},
    store::SummaryRow,
};

/// A page of listings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingPage)]
pub(super) struct ListingPageView {
    /// The items.
    items: Vec<ListingSummaryView>,
    /// Give it as `cursor` to get the next page; null on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// How many items there are in all; only with `?count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total: Option<i64>,
    /// How many there are of each kind, field and so on; only with `?facets=true`, on the first
    /// page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    facets: Option<FacetsView>,
}

impl ListingPageView {
    pub(super) fn new(page: PageView<ListingSummaryView>, facets: Option<Facets>) -> Self {
        let PageView { items, next_cursor, total } = page;
        Self { items, next_cursor, total, facets: facets.map(FacetsView::from) }
    }
}

/// A listing in a list: what people choose by. The rest is in the listing itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingSummary)]
pub(super) struct ListingSummaryView {
    id: Id<kinds::Listing>,
    number: ListingNumber,
    status: ListingStatus,
    version: Version,
    organisation: OwnerView,
    kind: ListingKind,
    title: Line<200>,
    #[serde(rename = "abstract")]
    summary: Prose<2000>,
    keywords: Vec<Line<50>>,
    domain: Domain,
    ipc: Vec<Ipc>,
    region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trl: Option<Trl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stage: Option<Stage>,
    transfer_modes: Vec<TransferMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    price: Option<Price>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    budget: Option<Budget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    deadline: Option<NaiveDate>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    submitted_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    published_at: Option<DateTime<Utc>>,
    /// Where it says what was looked for; only with a `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    highlights: Option<HighlightsView>,
}

impl From<Found> for ListingSummaryView {
    fn from(found: Found) -> Self {
        let highlights = found.highlights.map(HighlightsView::from);
        Self { highlights, ..Self::from(found.row) }
    }
}

impl From<SummaryRow> for ListingSummaryView {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            status: row.status,
            version: row.version,
            organisation: OwnerView { id: row.organisation_id, name: row.organisation_name },
            kind: row.kind,
            title: row.title,
            summary: row.summary,
            keywords: row.keywords,
            domain: row.domain,
            ipc: row.ipc,
            region: row.region,
            trl: row.trl,
            stage: row.stage,
            transfer_modes: row.transfer_modes,
            price: Price::of(row.price_mode, row.price_fen),
            budget: Budget::of(row.budget_min_fen, row.budget_max_fen),
            deadline: row.deadline,
            created_at: row.created_at,
            updated_at: row.updated_at,
            submitted_at: row.submitted_at,
            published_at: row.published_at,
            highlights: None,
        }
    }
}

/// Where a listing says what was looked for, in parts that make up the text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingHighlights, example = json!({
    "title": [{ "text": "高镁锂比", "hit": false }, { "text": "盐湖", "hit": true },
              { "text": "卤水吸附", "hit": false }, { "text": "提锂", "hit": true },
              { "text": "技术", "hit": false }]
}))]
struct HighlightsView {
    /// The title, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<Vec<PartView>>,
    /// The part of the abstract that says the most of it, if it does; `…` stands where it was cut.
    #[serde(rename = "abstract", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    summary: Option<Vec<PartView>>,
}

impl From<Highlights> for HighlightsView {
    fn from(highlights: Highlights) -> Self {
        let parts = |parts: Vec<Part>| parts.into_iter().map(PartView::from).collect();
        Self { title: highlights.title.map(parts), summary: highlights.summary.map(parts) }
    }
}

/// A part of a text, as it is written: text, not markup.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HighlightPart)]
struct PartView {
    /// What it says.
    text: String,
    /// Is it what was looked for?
    hit: bool,
}

impl From<Part> for PartView {
    fn from(part: Part) -> Self {
        Self { text: part.text, hit: part.hit }
    }
}

/// How many published listings there are of each kind, field and so on, the most first. Each count
/// says how many would be found if this value were asked for, everything else being as it was
/// asked; what none has is left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingFacets)]
struct FacetsView {
    /// By kind.
    kind: Vec<KindCountView>,
    /// By field.
    domain: Vec<DomainCountView>,
    /// By region, at most 100.
    region: Vec<RegionCountView>,
    /// By how they may change hands; one listing may count several times.
    transfer_mode: Vec<TransferModeCountView>,
    /// By how the price is found.
    price_mode: Vec<PriceModeCountView>,
    /// By owner, at most 20.
    organisation: Vec<OrganisationCountView>,
    /// By readiness level, the lowest first.
    trl: Vec<TrlCountView>,
}

macro_rules! count_views {
    ($($(#[$doc:meta])* $name:ident as $schema:ident of $value:ty;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Serialize, ToSchema)]
        #[schema(as = $schema)]
        struct $name {
            /// The value.
            value: $value,
            /// How many there are.
            count: u64,
        }
        impl From<($value, u64)> for $name {
            fn from((value, count): ($value, u64)) -> Self {
                Self { value, count }
            }
        }
    )+};
}

count_views! {
    /// How many are of a kind.
    KindCountView as KindCount of ListingKind;
    /// How many are of a field.
    DomainCountView as DomainCount of Domain;
    /// How many are in a region.
    RegionCountView as RegionCount of Region;
    /// How many may change hands in a way.
    TransferModeCountView as TransferModeCount of TransferMode;
    /// How many have a price of a mode.
    PriceModeCountView as PriceModeCount of PriceMode;
    /// How many are at a readiness level.
    TrlCountView as TrlCount of Trl;
}

/// How many an organisation has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganisationCount)]
struct OrganisationCountView {
    /// Which organisation.
    id: Id<kinds::Organisation>,
    /// Its name, as in its last published listing.
    name: Line<200>,
    /// How many there are.
    count: u64,
}

impl From<Facets> for FacetsView {
    fn from(facets: Facets) -> Self {
        fn views<T, V: From<(T, u64)>>(counts: Vec<(T, u64)>) -> Vec<V> {
            counts.into_iter().map(V::from).collect()
        }
        let organisation = |(id, name, count): (_, _, _)| OrganisationCountView { id, name, count };
        Self {
            kind: views(facets.kind),
            domain: views(facets.domain),
            region: views(facets.region),
            transfer_mode: views(facets.transfer_mode),
            price_mode: views(facets.price_mode),
            organisation: facets.organisation.into_iter().map(organisation).collect(),
            trl: views(facets.trl),
        }
    }
}

/// Suggestions, the best first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingSuggestions)]
pub(super) struct SuggestionsView {
    /// At most ten: keywords, the most used first, then titles, the newest first.
    items: Vec<SuggestionView>,
}

/// What may be meant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingSuggestion, example = json!({ "kind": "keyword", "text": "盐湖提锂" }))]
struct SuggestionView {
    /// What is suggested.
    kind: SuggestionKind,
    /// The words to look for.
    text: String,
    /// Whose title it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    listing_id: Option<Id<kinds::Listing>>,
}

impl From<Vec<Suggestion>> for SuggestionsView {
    fn from(suggestions: Vec<Suggestion>) -> Self {
        let view =
            |Suggestion { kind, text, listing_id }| SuggestionView { kind, text, listing_id };
        Self { items: suggestions.into_iter().map(view).collect() }
    }
}
