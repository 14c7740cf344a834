//! Organisations.

use actix_web::{get, patch, post, web::Data};
use kernel::{Id, kinds::Organisation};
use web::{
    Answer, Anyone, ChangeProblems, Hashing, NoBody, OpenCreateProblems, OpenListProblems,
    OpenReadProblems, PageParams, PageView, Paged, Path, ProblemView, Read, Write,
};

use crate::{
    Authenticator,
    commands::{self, SuspendOrganisation, UpdateOrganisation, VerifyOrganisation},
    http::{
        forms::{
            OrganisationFilterForm, RegisterOrganisationForm, SuspendOrganisationForm,
            UpdateOrganisationForm,
        },
        views::OrganisationView,
    },
    queries,
};

/// Register an organisation
///
/// Enters an organisation and the account that founds it, which may sign in at once. Until an
/// operator has verified the organisation, it can neither publish nor sign.
#[utoipa::path(
    tag = "organisations",
    operation_id = "register_organisation",
    security(()),
    params(("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = RegisterOrganisationForm,
    responses(
        (status = 201, description = "Registered.", body = OrganisationView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        OpenCreateProblems,
        (status = 409, description = "`credit_code_taken`, `email_taken`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 503, description = "`login_busy`, `overloaded`, `timed_out`, `unavailable`, `outcome_unknown`",
         body = ProblemView, content_type = "application/problem+json"),
    )
)]
#[post("/organisations")]
pub(super) async fn register_organisation(
    authenticator: Data<Authenticator>,
    write: Write<RegisterOrganisationForm, Anyone, Hashing>,
) -> Answer {
    let new = write.body.clone().into();
    let command = commands::register_organisation(authenticator.hasher(), new).await?;
    // Whoever registers it is its founder and sees it whole.
    write.create(command, OrganisationView::whole).await
}

/// Search organisations
///
/// Newest first. Strangers find verified organisations only, everybody finds their own, too, and
/// staff find all.
#[utoipa::path(
    tag = "organisations",
    operation_id = "search_organisations",
    params(OrganisationFilterForm, PageParams),
    responses(
        (status = 200, description = "A page.", body = PageView<OrganisationView>),
        OpenListProblems,
    ),
    security((), ("bearer" = []))
)]
#[get("/organisations")]
pub(super) async fn search_organisations(
    read: Read,
    paged: Paged<OrganisationFilterForm, Id<Organisation>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (caller, filter, limit) = (*read.caller(), paged.filter.filter(), paged.limit + 1);
    let (found, total) =
        queries::search_organisations(&mut conn, &caller, filter, paged.after, limit, paged.count)
            .await?;
    let page = paged.page(found, |organisation| organisation.id, total);
    read.list(page.map(|organisation| OrganisationView::of(&organisation, &caller)))
}

/// Read an organisation
///
/// Everybody may read its public profile. Its credit code and its contact unmasked are for the
/// organisation itself and for staff.
#[utoipa::path(
    tag = "organisations",
    operation_id = "get_organisation",
    params(("id" = String, Path, description = "The organisation's id.", format = "uuid")),
    responses(
        (status = 200, description = "The organisation.", body = OrganisationView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
        OpenReadProblems,
    ),
    security((), ("bearer" = []))
)]
#[get("/organisations/{id}")]
pub(super) async fn get_organisation(read: Read, id: Path<Id<Organisation>>) -> Answer {
    let mut conn = read.conn().await?;
    let organisation = queries::organisation(&mut conn, id.0).await?;
    read.show(OrganisationView::of(&organisation, read.caller()))
}

/// Change an organisation's profile
///
/// By its administrator (`org_admin`), or an `operator`. Name and region are what an operator checks:
/// they do not change while the organisation is verified; what has become wrong an operator puts right
/// while it is suspended, and verifies it again. The contact changes at any time, as a whole.
#[utoipa::path(
    tag = "organisations",
    operation_id = "update_organisation",
    params(("id" = String, Path, description = "The organisation's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = UpdateOrganisationForm,
    responses(
        (status = 200, description = "Changed.", body = OrganisationView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[patch("/organisations/{id}")]
pub(super) async fn update_organisation(
    id: Path<Id<Organisation>>,
    write: Write<UpdateOrganisationForm>,
) -> Answer {
    let changes = write.body.clone().into();
    let command = UpdateOrganisation { id: id.0, version: write.if_match()?, changes };
    write.change(command, OrganisationView::whole).await
}

/// Verify an organisation
///
/// By an `operator`, who has checked that it is what it says. It may then publish and sign. A
/// suspended organisation is let in again, unless another has registered with its credit code.
#[utoipa::path(
    tag = "organisations",
    operation_id = "verify_organisation",
    params(("id" = String, Path, description = "The organisation's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    responses(
        (status = 200, description = "Verified.", body = OrganisationView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
        (status = 409, description = "`invalid_state`, `credit_code_taken`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/organisations/{id}/verify")]
pub(super) async fn verify_organisation(
    id: Path<Id<Organisation>>,
    write: Write<NoBody>,
) -> Answer {
    let command = VerifyOrganisation { id: id.0, version: write.if_match()? };
    write.change(command, OrganisationView::whole).await
}

/// Suspend an organisation
///
/// By an `operator`. Its people are signed out at once and cannot sign in until it is verified
/// again; until then its listings match nothing, nobody is introduced to it, and no contract of
/// which it is a party can be offered or completed. What was never verified loses its credit code to
/// whoever registers with it next. The market's and the bureaus' own organisations cannot be suspended.
#[utoipa::path(
    tag = "organisations",
    operation_id = "suspend_organisation",
    params(("id" = String, Path, description = "The organisation's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = SuspendOrganisationForm,
    responses(
        (status = 200, description = "Suspended.", body = OrganisationView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
        (status = 409, description = "`invalid_state`, `staff_organisation`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/organisations/{id}/suspend")]
pub(super) async fn suspend_organisation(
    id: Path<Id<Organisation>>,
    write: Write<SuspendOrganisationForm>,
) -> Answer {
    let (version, reason) = (write.if_match()?, write.body.reason.clone());
    let command = SuspendOrganisation { id: id.0, version, reason };
    write.change(command, OrganisationView::whole).await
}
