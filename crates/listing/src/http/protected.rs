//! What is protected of a listing: written, read, asked for.

use actix_web::{get, post, put, web::Data};
use kernel::{
    Id, civil_date,
    kinds::{Disclosure, Listing},
};
use web::{
    Answer, ChangeProblems, CreateProblems, ListProblems, NoFilter, PageParams, PageView, Paged,
    Path, ProblemView, Read, ReadProblems, Write,
};

use crate::{
    Ports,
    commands::{
        GrantDisclosure, LookAtDescription, Onlooker, PutProtectedDescription, RefuseDisclosure,
        RequestDisclosure, RevokeDisclosure,
    },
    http::{
        params::{DisclosurePath, KeyParams, ListingPath, VersionParams},
        protected_forms::{
            DisclosureFilterForm, GrantDisclosureForm, ProtectedDescriptionForm,
            RefuseDisclosureForm, RequestDisclosureForm, RevokeDisclosureForm,
        },
        protected_views::{DisclosureView, LookView, ProtectedView, WrittenView},
    },
    queries,
};

/// Read a listing's protected description
///
/// For its owner, for organisations that the owner lets see it, and for the market's staff. But for
/// the owner's own people, each look is recorded before it is answered (once a minute for the same
/// account), and the owner reads who looked. Whoever else knows of the listing is told how to ask.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "get_protected_description",
    params(ListingPath),
    responses(
        ReadProblems,
        (status = 200, description = "What is protected.", body = ProtectedView,
         headers(("ETag" = String, description = "The listing's version."))),
        (status = 304, description = "The client has this version."),
        (status = 403, description = "`disclosure_required`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listings/{id}/protected")]
pub(super) async fn get_protected_description(
    read: Read,
    ports: Data<dyn Ports>,
    id: Path<Id<Listing>>,
) -> Answer {
    {
        let today = civil_date(read.db().clock().now());
        let mut conn = read.conn().await?;
        queries::expect_may_look(&mut conn, read.caller(), id.0, today).await?;
    }
    let onlooker = Onlooker { ports: ports.into_inner(), request_id: read.request_id() };
    let look = LookAtDescription { id: id.0, onlooker };
    let protected = read.db().write(*read.caller(), look).await?;
    read.show(ProtectedView::of(&protected))
}

/// Write a listing's protected description
///
/// An `editor` of its owner writes what only those see whom the owner lets, while the listing is a
/// draft, returned, published or reserved. The listing comes to its next version. `null` takes the
/// description away. The answer does not repeat it. Nobody reviews what is protected before those
/// see it whom the owner lets; so of what is published `non_secret_declared` is demanded with each
/// new text, and the market's operators find the change in the listing's history.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "put_protected_description",
    params(ListingPath, VersionParams, KeyParams),
    request_body = ProtectedDescriptionForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Written.", body = WrittenView,
         headers(("ETag" = String, description = "The listing's new version."))),
    ),
    security(("bearer" = []))
)]
#[put("/listings/{id}/protected")]
pub(super) async fn put_protected_description(
    id: Path<Id<Listing>>,
    write: Write<ProtectedDescriptionForm>,
) -> Answer {
    let (version, description) = (write.if_match()?, write.body.description.clone());
    let declared = write.body.non_secret_declared;
    let command = PutProtectedDescription { id: id.0, version, description, declared };
    write.change(command, WrittenView::of).await
}

/// Ask to see what is protected
///
/// An `editor` or `signatory` of another verified organisation asks the owner of a published
/// listing of which something is protected. An organisation asks once at a time: again when it was
/// refused, or when a grant is over or taken back.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "request_disclosure",
    params(ListingPath, KeyParams),
    request_body = RequestDisclosureForm,
    responses(
        CreateProblems,
        (status = 201, description = "Asked.", body = DisclosureView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "`disclosure_exists`, `nothing_protected`, `organisation_not_verified`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/disclosures")]
pub(super) async fn request_disclosure(
    ports: Data<dyn Ports>,
    id: Path<Id<Listing>>,
    write: Write<RequestDisclosureForm>,
) -> Answer {
    let RequestDisclosureForm { purpose, message } = write.body.clone();
    let ports = ports.into_inner();
    let command = RequestDisclosure { listing_id: id.0, purpose, message, ports };
    write.create(command, DisclosureView::of).await
}

/// List requests to see what is protected
///
/// Newest first: those of one's own organisation, and those to it. Operators and auditors find
/// everybody's.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "list_disclosures",
    params(DisclosureFilterForm, PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = PageView<DisclosureView>),
    ),
    security(("bearer" = []))
)]
#[get("/disclosures")]
pub(super) async fn list_disclosures(
    read: Read,
    paged: Paged<DisclosureFilterForm, Id<Disclosure>>,
) -> Answer {
    let today = civil_date(read.db().clock().now());
    let mut conn = read.conn().await?;
    let (filter, place) = (paged.filter.filter(), (paged.after, paged.limit + 1));
    let (found, total) =
        queries::disclosures(&mut conn, read.caller(), filter, today, place, paged.count).await?;
    let page = paged.page(found, |shown| shown.named.disclosure.id, total);
    read.list(page.map(|shown| DisclosureView::of(&shown)))
}

/// Read a request to see what is protected
///
/// For the listing's owner, for who asked, and for operators and auditors.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "get_disclosure",
    params(DisclosurePath),
    responses(
        ReadProblems,
        (status = 200, description = "The request.", body = DisclosureView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
    ),
    security(("bearer" = []))
)]
#[get("/disclosures/{id}")]
pub(super) async fn get_disclosure(read: Read, id: Path<Id<Disclosure>>) -> Answer {
    let today = civil_date(read.db().clock().now());
    let mut conn = read.conn().await?;
    let shown = queries::disclosure(&mut conn, read.caller(), id.0, today).await?;
    read.show(DisclosureView::of(&shown))
}

/// Let what is protected be seen
///
/// By an `editor` or `signatory` of the listing's owner: to the end of a day, three months from now
/// if none is named, at most a year.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "grant_disclosure",
    params(DisclosurePath, VersionParams, KeyParams),
    request_body = GrantDisclosureForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Granted.", body = DisclosureView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/disclosures/{id}/grant")]
pub(super) async fn grant_disclosure(
    id: Path<Id<Disclosure>>,
    write: Write<GrantDisclosureForm>,
) -> Answer {
    let (version, expires_on) = (write.if_match()?, write.body.expires_on);
    write.change(GrantDisclosure { id: id.0, version, expires_on }, DisclosureView::of).await
}

/// Do not let it be seen
///
/// By an `editor` or `signatory` of the listing's owner, with a reason that who asked reads.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "refuse_disclosure",
    params(DisclosurePath, VersionParams, KeyParams),
    request_body = RefuseDisclosureForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Refused.", body = DisclosureView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/disclosures/{id}/refuse")]
pub(super) async fn refuse_disclosure(
    id: Path<Id<Disclosure>>,
    write: Write<RefuseDisclosureForm>,
) -> Answer {
    let (version, reason) = (write.if_match()?, write.body.reason.clone());
    write.change(RefuseDisclosure { id: id.0, version, reason }, DisclosureView::of).await
}

/// Take a grant back
///
/// By an `editor` or `signatory` of the listing's owner, with a reason that who asked reads. From
/// then on they see nothing of it any more.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "revoke_disclosure",
    params(DisclosurePath, VersionParams, KeyParams),
    request_body = RevokeDisclosureForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Taken back.", body = DisclosureView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/disclosures/{id}/revoke")]
pub(super) async fn revoke_disclosure(
    id: Path<Id<Disclosure>>,
    write: Write<RevokeDisclosureForm>,
) -> Answer {
    let (version, reason) = (write.if_match()?, write.body.reason.clone());
    write.change(RevokeDisclosure { id: id.0, version, reason }, DisclosureView::of).await
}

/// List who looked at what is protected
///
/// For the listing's owner, operators and auditors; newest first.
#[utoipa::path(
    tag = "disclosure",
    operation_id = "list_disclosure_looks",
    params(ListingPath, PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = PageView<LookView>),
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listings/{id}/looks")]
pub(super) async fn list_disclosure_looks(
    read: Read,
    id: Path<Id<Listing>>,
    paged: Paged<NoFilter, i64>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (after, limit) = (paged.after, paged.limit + 1);
    let (found, total) =
        queries::looks(&mut conn, read.caller(), id.0, after, limit, paged.count).await?;
    let page = paged.page(found, |(place, _)| *place, total);
    read.list(page.map(|(_, look)| LookView::from(look)))
}
