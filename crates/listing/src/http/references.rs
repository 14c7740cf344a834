//! Listings by their owners' own numbers, for programs that keep them in step.

use std::{convert::Infallible, str::FromStr};

use actix_web::{get, post, put, web::Data};
use kernel::Line;
use web::{
    Answer, ChangeProblems, CreateProblems, Path, ProblemView, Read, ReadProblems, Write, invalid,
};

use crate::{
    Ports, access,
    commands::{PutListing, Written},
    http::{
        bulk::{self, BulkListingsForm, BulkListingsView},
        forms::CreateListingForm,
        params::{KeyParams, PreconditionParams, ReferencePath},
        views::ListingView,
    },
    queries,
};

/// A number in the path of a write: of one that cannot be any, that is said.
pub(super) struct AsItCame(String);

impl FromStr for AsItCame {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

/// Write a listing under your own number
///
/// An `editor` says all that the listing under this number says: it is made if there is none, else
/// replaced; what is left out is emptied, and `region` must be said. Sent again as it is, nothing is written, and the answer
/// is 200 with the version that was there. With `If-None-Match: *` it is only made, with `If-Match`
/// only replaced in that version, with `If-Match: *` only replaced, without either whatever is there. What is there is replaced as
/// it is changed (`update_listing`): what is published keeps its text, and this is its next one,
/// which you submit. The kind stays.
#[utoipa::path(
    tag = "listings",
    operation_id = "put_listing_by_reference",
    params(ReferencePath, PreconditionParams, KeyParams),
    request_body = CreateListingForm,
    responses(
        ChangeProblems,
        (status = 200, description = "It says so now, or did already.", body = ListingView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 201, description = "The draft.", body = ListingView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        (status = 409, description = "`invalid_state`, `revision_submitted`, `reference_taken`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "`stale`, `already_exists`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[put("/listings/by-reference/{reference}")]
pub(super) async fn put_listing_by_reference(
    ports: Data<dyn Ports>,
    reference: Path<AsItCame>,
    write: Write<CreateListingForm>,
) -> Answer {
    access::own::<access::PutListingByReference>(write.caller())?;
    let reference: Line<100> =
        reference.0.0.parse().map_err(|fault| invalid().at("/reference", fault))?;
    let (supposed, content) = (write.precondition()?, write.body.clone().content(None)?);
    let ports = ports.into_inner();
    let command = PutListing::new(ports, reference, supposed, content)?;
    write.put(command, |done: &Written| done.is_new, |done| ListingView::whole(&done.listing)).await
}

/// Read a listing by your own number
///
/// Of the organisation that you act for, in whatever state it is.
#[utoipa::path(
    tag = "listings",
    operation_id = "get_listing_by_reference",
    params(ReferencePath),
    responses(
        ReadProblems,
        (status = 200, description = "The listing.", body = ListingView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
    ),
    security(("bearer" = []))
)]
#[get("/listings/by-reference/{reference}")]
pub(super) async fn get_listing_by_reference(read: Read, reference: Path<Line<100>>) -> Answer {
    let mut conn = read.conn().await?;
    let listing = queries::own_listing(&mut conn, read.caller(), &reference.0).await?;
    read.show(ListingView::whole(&listing))
}

/// Write many listings
///
/// Up to 100 listings of your organisation, each `put` as by `put_listing_by_reference`,
/// or found by its number and `submit`ted or `withdraw`n. They are done in the order in which they
/// stand, each for itself: what is refused of one keeps no other from being done. The answer says
/// of each what came of it, in the same order. Under an `Idempotency-Key`, a request that was cut
/// off in the middle is sent again and goes on: what was done is not done twice.
#[utoipa::path(
    tag = "listings",
    operation_id = "bulk_put_listings",
    params(KeyParams),
    request_body = BulkListingsForm,
    responses(
        CreateProblems,
        (status = 200, description = "What came of each.", body = BulkListingsView),
    ),
    security(("bearer" = []))
)]
#[post("/listings/bulk")]
pub(super) async fn bulk_put_listings(
    ports: Data<dyn Ports>,
    write: Write<BulkListingsForm>,
) -> Answer {
    let (own, _) = access::own::<access::BulkPutListings>(write.caller())?;
    if let Some(answer) = write.answer_before().await? {
        return answer;
    }
    let (view, is_final) = bulk::put_all(&write, &ports.into_inner(), own).await?;
    write.answer_of_parts(&view, is_final).await
}
