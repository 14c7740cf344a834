//! `get_showcase`: an organisation's public page: who it is, what it offers, what it has dealt; with
//! structured data (schema.org) for search engines. Read from two domains, hence here.

use std::collections::BTreeMap;

use actix_web::{
    get,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::Data,
};
use chrono::{DateTime, Utc};
use kernel::{Domain, Id, Line, ListingKind, ListingStatus, OrganisationKind, Region, kinds};
use listing::queries::ListingCount;
use parties::{
    PresentedView,
    model::{Organisation, ShortName, Showcase, Standing},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::{Answer, Path, Read, ReadProblems};

use crate::site::Site;

/// An organisation's public page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Showcase)]
pub(crate) struct ShowcaseView {
    organisation: PresentedOrganisationView,
    presented: PresentedView,
    /// What it offers and looks for now.
    listings: OfferedView,
    /// How many of its listings contracts have taken off the market.
    traded: i64,
    /// The page as schema.org describes organisations, to be put into it as `application/ld+json`.
    #[schema(value_type = Object)]
    structured_data: Value,
}

/// Who presents itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PresentedOrganisation)]
struct PresentedOrganisationView {
    id: Id<kinds::Organisation>,
    name: Line<200>,
    kind: OrganisationKind,
    region: Region,
    /// Since when the market vouches that it is what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    verified_at: Option<DateTime<Utc>>,
}

/// How many listings everybody can read; `GET /listings?organisation=…` lists them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offered)]
struct OfferedView {
    total: i64,
    /// By kind.
    kinds: Vec<CountView<ListingKind>>,
    /// By field, the most frequent first.
    domains: Vec<CountView<Domain>>,
}

/// How many there are of a value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Count)]
struct CountView<T> {
    value: T,
    count: i64,
}

impl ShowcaseView {
    fn of(
        organisation: Organisation,
        showcase: Showcase,
        counts: &[ListingCount],
        site: &Site,
    ) -> Self {
        let listings = OfferedView::of(counts);
        let structured_data = structured(&organisation, &showcase, listings.total, site);
        let verified_at = match organisation.standing {
            Standing::Verified { at } => Some(at),
            Standing::Registered | Standing::Suspended { .. } => None,
        };
        let traded = counts.iter().filter(|count| count.status == ListingStatus::Traded);
        Self {
            organisation: PresentedOrganisationView {
                id: organisation.id,
                name: organisation.name,
                kind: organisation.kind,
                region: organisation.region,
                verified_at,
            },
            presented: showcase.into(),
            traded: traded.map(|count| count.count).sum(),
            listings,
            structured_data,
        }
    }
}

impl OfferedView {
    fn of(counts: &[ListingCount]) -> Self {
        let (mut kinds, mut domains) = (BTreeMap::new(), BTreeMap::new());
        let mut total = 0_i64;
        for count in counts.iter().filter(|count| count.status != ListingStatus::Traded) {
            total = total.saturating_add(count.count);
            *kinds.entry(count.kind).or_insert(0_i64) += count.count;
            *domains.entry(count.domain).or_insert(0_i64) += count.count;
        }
        Self { total, kinds: most_first(kinds), domains: most_first(domains) }
    }
}

fn most_first<T: Ord>(counts: BTreeMap<T, i64>) -> Vec<CountView<T>> {
    let mut views: Vec<_> =
        counts.into_iter().map(|(value, count)| CountView { value, count }).collect();
    views.sort_by_key(|view| std::cmp::Reverse(view.count));
    views
}

/// The organisation in the words of schema.org.
fn structured(organisation: &Organisation, showcase: &Showcase, total: i64, site: &Site) -> Value {
    let office = showcase.office.as_ref().map(|office| {
        json!({
            "@type": "ContactPoint",
            "contactType": office.name,
            "telephone": office.phone.as_ref().map(kernel::Phone::as_str),
            "email": office.email,
        })
    });
    let fields: Vec<&str> = showcase.domains.iter().map(|domain| domain.label().zh).collect();
    for_a_page(json!({
        "@context": "https://schema.org",
        "@type": schema_type(organisation.kind),
        "name": organisation.name,
        "url": site.showcase(&showcase.short_name),
        "description": showcase.about,
        "sameAs": showcase.website,
        "knowsAbout": fields,
        "contactPoint": office,
        "hasOfferCatalog": { "@type": "OfferCatalog", "numberOfItems": total },
    }))
}

const fn schema_type(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::University => "CollegeOrUniversity",
        OrganisationKind::Institute => "ResearchOrganization",
        OrganisationKind::Enterprise => "Corporation",
        OrganisationKind::BrokerAgency | OrganisationKind::IndividualBroker => {
            "ProfessionalService"
        }
        OrganisationKind::Government => "GovernmentOrganization",
        OrganisationKind::Market => "Organization",
    }
}

/// What is not known is not said; and nothing in it ends the element of the page in which it stands.
fn for_a_page(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let known = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(known.map(|(name, value)| (name, for_a_page(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(for_a_page).collect()),
        Value::String(text) => Value::String(text.replace('<', "＜").replace('>', "＞")),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// Read an organisation's public page
///
/// By its short name: who it is in its own words, how many listings it has by kind and field, how
/// many were dealt, and the same as structured data for search engines. Only of verified
/// organisations.
#[utoipa::path(
    tag = "organisations",
    operation_id = "get_showcase",
    params(("short_name" = String, Path, description = "Its short name.", example = "qinghai-university")),
    responses(
        ReadProblems,
        (status = 200, description = "The page.", body = ShowcaseView,
         headers(("ETag" = String, description = "Names what was shown."))),
        (status = 304, description = "The client has this already."),
    ),
    security((), ("bearer" = []))
)]
#[get("/showcases/{short_name}")]
pub(crate) async fn get_showcase(
    read: Read,
    site: Data<Site>,
    short_name: Path<ShortName>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (organisation, showcase) = parties::queries::showcase(&mut conn, &short_name.0).await?;
    let counts = listing::queries::listing_counts(&mut conn, organisation.id).await?;
    let view = ShowcaseView::of(organisation, showcase, &counts, &site);
    let mut answer = read.show_as_it_is(&view)?;
    let cached = HeaderValue::from_static("public, max-age=60");
    answer.headers_mut().insert(CACHE_CONTROL, cached);
    Ok(answer)
}
