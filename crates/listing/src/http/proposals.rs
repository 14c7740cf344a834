//! What fields might hold, told from a text.

use actix_web::{HttpResponse, post, web::Data};
use kernel::{Domain, Line, Prose, judge};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Answer, Computing, CreateProblems, SignedIn, Write};

use crate::{
    access,
    index::SearchIndex,
    model::Ipc,
    queries::{self, Proposal, Proposals},
};

/// A listing that is being written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProposeListingFieldsForm, example = json!({
    "title": "风电叶片冬季结冰", "abstract": "叶片老是结冰,停机损失大,求现场可施工的防冰办法。"
}))]
pub(super) struct ProposeForm {
    title: Line<200>,
    #[serde(rename = "abstract")]
    summary: Prose<2000>,
}

/// What fields might hold. Nothing is written anywhere: take what fits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListingFieldProposals, example = json!({
    "alike": 31,
    "domain": [{ "value": "alloys_and_materials", "listings": 24, "words": ["防冰", "涂层", "叶片"] }],
    "keywords": [{ "value": "防冰", "listings": 12, "words": ["防冰"] }],
    "ipc": [{ "value": "C09D", "listings": 9, "words": ["涂层", "防冰"] }]
}))]
pub(super) struct ProposalsView {
    /// How many published listings are like the text; without any nothing is proposed.
    alike: usize,
    /// Fields, the likeliest first.
    #[schema(max_items = 3)]
    domain: Vec<ProposalView<Domain>>,
    /// Keywords that stand in the text.
    #[schema(max_items = 8)]
    keywords: Vec<ProposalView<String>>,
    /// Subclasses of the patent classification, the likeliest first.
    #[schema(max_items = 5)]
    ipc: Vec<ProposalView<Ipc>>,
}

/// A value that is proposed, and what speaks for it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldProposal)]
struct ProposalView<T> {
    value: T,
    /// How many listings say so: of those that are like the text, or, of a keyword that none of
    /// them has, of all.
    listings: usize,
    /// The words of the text that they share, the most telling first.
    words: Vec<String>,
}

impl<T> From<Proposal<T>> for ProposalView<T> {
    fn from(proposal: Proposal<T>) -> Self {
        let Proposal { value, listings, words } = proposal;
        Self { value, listings, words }
    }
}

impl From<Proposals> for ProposalsView {
    fn from(found: Proposals) -> Self {
        fn views<T>(proposals: Vec<Proposal<T>>) -> Vec<ProposalView<T>> {
            proposals.into_iter().map(ProposalView::from).collect()
        }
        let Proposals { alike, domains, keywords, ipc } = found;
        Self { alike, domain: views(domains), keywords: views(keywords), ipc: views(ipc) }
    }
}

/// Propose what fields of a listing might hold
///
/// From its title and abstract: the field, keywords and classes of the patent classification, as
/// published listings have them that write alike, each with the words and the number of listings
/// that speak for it. So a need is posted with a title, a text and little else.
#[utoipa::path(
    tag = "listings",
    operation_id = "propose_listing_fields",
    request_body = ProposeForm,
    responses(
        CreateProblems,
        (status = 200, description = "What they might hold.", body = ProposalsView),
    ),
    security(("bearer" = []))
)]
#[post("/listing-proposals")]
pub(super) async fn propose_listing_fields(
    index: Data<SearchIndex>,
    write: Write<ProposeForm, SignedIn, Computing>,
) -> Answer {
    judge::<access::ProposeListingFields>(write.caller(), &[])?;
    let (index, ProposeForm { title, summary }) = (index.into_inner(), &write.body);
    let found = queries::proposals(&index, write.db(), title, summary).await?;
    Ok(HttpResponse::Ok().json(ProposalsView::from(found)))
}
