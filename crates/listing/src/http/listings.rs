//! Listings.

use ::store::Outcome;
use actix_web::{get, http::StatusCode, patch, post, web::Data};
use kernel::{Id, Region, kinds::Listing};
use web::{
    Answer, ChangeProblems, CreateProblems, NoBody, Path, ProblemView, Read, ReadProblems, Write,
};

use crate::{
    Ports, Views, access,
    commands::{
        CreateListing, PublishListing, ReturnListing, SubmitListing, UpdateListing, WithdrawListing,
    },
    http::{
        forms::{CreateListingForm, ReturnListingForm, UpdateListingForm},
        params::{KeyParams, ListingPath, VersionParams},
        views::ListingView,
    },
    queries,
};

/// Begin a listing
///
/// An `editor` begins a draft for the organisation that they act for: a result or patent that it
/// offers, a need or open challenge that it has. Nobody else sees it before it is published. Little
/// must be said: what it is, a title, an abstract and a field, which `POST /listing-proposals`
/// proposes.
#[utoipa::path(
    tag = "listings",
    operation_id = "create_listing",
    params(KeyParams),
    request_body = CreateListingForm,
    responses(
        CreateProblems,
        (status = 201, description = "The draft.", body = ListingView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        (status = 409, description = "`reference_taken`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/listings")]
pub(super) async fn create_listing(
    ports: Data<dyn Ports>,
    write: Write<CreateListingForm>,
) -> Answer {
    let (ports, form) = (ports.into_inner(), write.body.clone());
    let home = match form.region {
        Some(_) => None,
        None => home(&write, ports.as_ref()).await?,
    };
    let command = CreateListing::new(ports, form.content(home)?);
    write.create(command, ListingView::whole).await
}

/// Where the caller's organisation is.
async fn home<T>(write: &Write<T>, ports: &dyn Ports) -> Outcome<Option<Region>> {
    let (own, _) = access::own::<access::CreateListing>(write.caller())?;
    let facts = ports.organisation(&mut *write.db().reader().await?, own).await?;
    Ok(facts.map(|facts| facts.region))
}

/// Read a listing
///
/// Everybody reads what is published or traded. Before that it is known only to its owner and the
/// market's staff; so are, at any time, its contact, its reference and why it was sent back.
#[utoipa::path(
    tag = "listings",
    operation_id = "get_listing",
    params(ListingPath),
    responses(
        ReadProblems,
        (status = 200, description = "The listing.", body = ListingView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
    ),
    security((), ("bearer" = []))
)]
#[get("/listings/{id}")]
pub(super) async fn get_listing(views: Data<Views>, read: Read, id: Path<Id<Listing>>) -> Answer {
    let mut conn = read.conn().await?;
    let (listing, sight) = queries::listing(&mut conn, read.caller(), id.0).await?;
    let answer = read.show(ListingView::of(&listing, sight))?;
    // Neither who has it already nor a program that looks after it has looked at it.
    if answer.status() == StatusCode::OK && read.wants_body() {
        views.note(read.caller(), read.address(), &listing);
    }
    Ok(answer)
}

/// Change a listing
///
/// An `editor` of its owner changes a draft, or what was returned or taken down. What is published
/// is relied upon: a change of it becomes its `revision`, which is submitted and reviewed while the
/// listing stands as it is. Only the contact, the reference, the last day and a lower price change
/// at once. What is submitted is being read and cannot be changed for now (409).
#[utoipa::path(
    tag = "listings",
    operation_id = "update_listing",
    params(ListingPath, VersionParams, KeyParams),
    request_body = UpdateListingForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Changed.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
        (status = 409, description = "`invalid_state`, `revision_submitted`, `reference_taken`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[patch("/listings/{id}")]
pub(super) async fn update_listing(
    id: Path<Id<Listing>>,
    write: Write<UpdateListingForm>,
) -> Answer {
    let (version, changes) = (write.if_match()?, write.body.clone().into());
    let command = UpdateListing { id: id.0, version, changes };
    write.change(command, ListingView::whole).await
}

/// Submit a listing
///
/// An `editor` of its owner hands a draft, what was returned or taken down and is mended, or the
/// `revision` of what is published to the market for review. The organisation must be verified, and
/// must have declared that nothing in the listing is a state secret.
#[utoipa::path(
    tag = "listings",
    operation_id = "submit_listing",
    params(ListingPath, VersionParams, KeyParams),
    responses(
        ChangeProblems,
        (status = 200, description = "Submitted.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
        (status = 409, description = "`invalid_state`, `revision_submitted`, `organisation_not_verified`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/submit")]
pub(super) async fn submit_listing(
    ports: Data<dyn Ports>,
    id: Path<Id<Listing>>,
    write: Write<NoBody>,
) -> Answer {
    let version = write.if_match()?;
    let command = SubmitListing { ports: ports.into_inner(), id: id.0, version };
    write.change(command, ListingView::whole).await
}

/// Publish a listing
///
/// By an `operator`, who has read it. From now on everybody sees it, and it is matched. A submitted
/// `revision` takes the place of what was published; what was taken down comes back.
#[utoipa::path(
    tag = "listings",
    operation_id = "publish_listing",
    params(ListingPath, VersionParams, KeyParams),
    responses(
        ChangeProblems,
        (status = 200, description = "Published.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/publish")]
pub(super) async fn publish_listing(id: Path<Id<Listing>>, write: Write<NoBody>) -> Answer {
    let version = write.if_match()?;
    let command = PublishListing { id: id.0, version };
    write.change(command, ListingView::whole).await
}

/// Return a listing
///
/// By an `operator`, with reasons, each of a field or of the whole. Its owner mends it and submits
/// it again. A published listing stands as it is: only its `revision` is returned.
#[utoipa::path(
    tag = "listings",
    operation_id = "return_listing",
    params(ListingPath, VersionParams, KeyParams),
    request_body = ReturnListingForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Returned.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/return")]
pub(super) async fn return_listing(
    id: Path<Id<Listing>>,
    write: Write<ReturnListingForm>,
) -> Answer {
    let (version, reasons) = (write.if_match()?, write.body.reasons.clone());
    let command = ReturnListing { id: id.0, version, reasons };
    write.change(command, ListingView::whole).await
}

/// Withdraw a listing
///
/// An `editor` of its owner takes it back, for good, in whatever state it is before it is traded.
#[utoipa::path(
    tag = "listings",
    operation_id = "withdraw_listing",
    params(ListingPath, VersionParams, KeyParams),
    responses(
        ChangeProblems,
        (status = 200, description = "Withdrawn.", body = ListingView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/withdraw")]
pub(super) async fn withdraw_listing(id: Path<Id<Listing>>, write: Write<NoBody>) -> Answer {
    let command = WithdrawListing { id: id.0, version: write.if_match()? };
    write.change(command, ListingView::whole).await
}
