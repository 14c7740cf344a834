//! How organisations present themselves; the public page itself is the server's, which adds what
//! they offer.

use actix_web::{HttpResponse, delete, get, put};
use kernel::{Domain, Email, Id, Line, Phone, Prose, Version, kinds, kinds::Organisation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Answer, ChangeProblems, NoBody, Path, ProblemView, Read, ReadProblems, Resource, Write};

use crate::{
    commands::{PutShowcase, RemoveShowcase},
    model::{Office, ShortName, Showcase, Website},
    queries,
};

/// An office that answers: everybody reads it, so give no person's data.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Office)]
pub(super) struct OfficeView {
    /// What it is called.
    #[schema(example = "技术转移中心")]
    name: Line<100>,
    /// Its telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    phone: Option<Phone>,
    /// Its e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<Email>,
}

impl From<Office> for OfficeView {
    fn from(office: Office) -> Self {
        let Office { name, phone, email } = office;
        Self { name, phone, email }
    }
}

/// How an organisation presents itself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShowcaseForm, example = json!({
    "short_name": "qinghai-university", "about": "青海大学技术转移中心,盐湖化工、高原农牧成果转化。",
    "website": "https://www.qhu.edu.cn/", "domains": ["salt_lake_chemistry"],
    "office": { "name": "技术转移中心", "phone": "0971-5310000" }
}))]
pub(super) struct ShowcaseForm {
    short_name: ShortName,
    /// Who it is, in its own words.
    about: Option<Prose<5000>>,
    /// Its own web site.
    website: Option<Website>,
    /// The fields in which it works.
    #[serde(default)]
    #[schema(max_items = 10)]
    domains: Vec<Domain>,
    office: Option<OfficeView>,
}

impl From<ShowcaseForm> for Showcase {
    fn from(form: ShowcaseForm) -> Self {
        let ShowcaseForm { short_name, about, website, domains, office } = form;
        let office = office.map(|OfficeView { name, phone, email }| Office { name, phone, email });
        Self { short_name, about, website, domains, office }
    }
}

/// How an organisation presents itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganisationShowcase)]
pub(super) struct ShowcaseView {
    organisation_id: Id<kinds::Organisation>,
    /// The organisation's version.
    version: Version,
    #[serde(flatten)]
    showcase: PresentedView,
}

/// What an organisation says of itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Presented)]
pub struct PresentedView {
    short_name: ShortName,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    about: Option<Prose<5000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    website: Option<Website>,
    domains: Vec<Domain>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    office: Option<OfficeView>,
}

impl From<Showcase> for PresentedView {
    fn from(showcase: Showcase) -> Self {
        let Showcase { short_name, about, website, domains, office } = showcase;
        Self { short_name, about, website, domains, office: office.map(OfficeView::from) }
    }
}

impl ShowcaseView {
    fn of(organisation: &crate::model::Organisation, showcase: &Showcase) -> Self {
        Self {
            organisation_id: organisation.id,
            version: organisation.version,
            showcase: showcase.clone().into(),
        }
    }
}

impl Resource for ShowcaseView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/organisations/{}/showcase", self.organisation_id)
    }
}

/// Present an organisation to everybody
///
/// By the administrator (`org_admin`) of a verified organisation: under a short name for addresses
/// that people print, in its own words, as a whole. Everybody reads it at
/// `GET /showcases/{short_name}`, with what it offers. The organisation comes to its next version.
#[utoipa::path(
    tag = "organisations",
    operation_id = "put_showcase",
    params(("id" = String, Path, description = "The organisation's id.", format = "uuid"), ("If-Match" = String, Header, description = "The organisation's `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = ShowcaseForm,
    responses(
        ChangeProblems,
        (status = 200, description = "Written.", body = ShowcaseView,
         headers(("ETag" = String, description = "The organisation's new version."))),
        (status = 409, description = "`invalid_state` (works once it is `verified`), `short_name_taken`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[put("/organisations/{id}/showcase")]
pub(super) async fn put_showcase(id: Path<Id<Organisation>>, write: Write<ShowcaseForm>) -> Answer {
    let (version, showcase) = (write.if_match()?, write.body.clone().into());
    let command = PutShowcase { id: id.0, version, showcase };
    write.change(command, |(organisation, showcase)| ShowcaseView::of(organisation, showcase)).await
}

/// Read how an organisation presents itself
///
/// For itself and for staff, also while it is suspended; everybody else reads its public page,
/// `GET /showcases/{short_name}`.
#[utoipa::path(
    tag = "organisations",
    operation_id = "get_organisation_showcase",
    params(("id" = String, Path, description = "The organisation's id.", format = "uuid")),
    responses(
        ReadProblems,
        (status = 200, description = "What it says of itself.", body = ShowcaseView,
         headers(("ETag" = String, description = "The organisation's version."))),
        (status = 304, description = "The client has this version."),
        (status = 403, description = "`forbidden`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/organisations/{id}/showcase")]
pub(super) async fn get_organisation_showcase(read: Read, id: Path<Id<Organisation>>) -> Answer {
    let mut conn = read.conn().await?;
    let (organisation, showcase) = queries::own_showcase(&mut conn, read.caller(), id.0).await?;
    read.show(ShowcaseView::of(&organisation, &showcase))
}

/// Present an organisation no longer
///
/// By its administrator (`org_admin`). The short name is free for others.
#[utoipa::path(
    tag = "organisations",
    operation_id = "remove_showcase",
    params(("id" = String, Path, description = "The organisation's id.", format = "uuid"), ("If-Match" = String, Header, description = "The organisation's `ETag` that was read.", example = "\"v1\"")),
    responses(
        ChangeProblems,
        (status = 204, description = "Removed."),
    ),
    security(("bearer" = []))
)]
#[delete("/organisations/{id}/showcase")]
pub(super) async fn remove_showcase(id: Path<Id<Organisation>>, write: Write<NoBody>) -> Answer {
    let version = write.if_match()?;
    write.run(RemoveShowcase { id: id.0, version }).await?;
    Ok(HttpResponse::NoContent().finish())
}
