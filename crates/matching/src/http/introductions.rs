//! Introductions.

use actix_web::{get, post, web::Data};
use kernel::{Id, kinds::Introduction};
use web::{
    Answer, ChangeProblems, CreateProblems, ListProblems, NoBody, PageParams, PageView, Paged,
    Path, ProblemView, Read, ReadProblems, Write,
};

use crate::{
    commands::{AcceptIntroduction, CloseIntroduction, CreateIntroduction, DeclineIntroduction},
    http::{
        forms::{
            CloseIntroductionForm, CreateIntroductionForm, DeclineIntroductionForm,
            IntroductionFilterForm,
        },
        views::IntroductionView,
    },
    ports::Ports,
    queries::{self, Whole},
};

fn view(whole: &Whole) -> IntroductionView {
    whole.into()
}

/// Ask two sides to talk
///
/// By an editor of the need's or the offer's organisation, or of a verified broker. Whoever
/// proposes has accepted for itself; it is accepted when both sides have accepted, and the broker,
/// if there is one. Whoever has not accepted within 30 days lets it lapse. One introduction at a
/// time may be open about a need and an offer. A suspended
/// organisation takes no part: its listings are answered like unpublished ones.
#[utoipa::path(
    tag = "matching",
    operation_id = "create_introduction",
    params(("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = CreateIntroductionForm,
    responses(
        (status = 201, description = "Proposed.", body = IntroductionView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        CreateProblems,
        (status = 409, description = "`introduction_exists`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid` (with `no_open_need`, `no_open_offer`, `same_organisation`, `unknown_broker`, `broker_is_a_side`, `other_broker`), `idempotency_key_reused`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/introductions")]
pub(super) async fn create_introduction(
    ports: Data<dyn Ports>,
    write: Write<CreateIntroductionForm>,
) -> Answer {
    let CreateIntroductionForm { need_id, offer_id, broker_id, message } = write.body.clone();
    let ports = ports.into_inner();
    let command = CreateIntroduction { need_id, offer_id, broker_id, message, ports };
    write.create(command, view).await
}

/// List introductions
///
/// Newest first: those in which one's own organisation is a side or the broker. Operators and
/// auditors find everybody's.
#[utoipa::path(
    tag = "matching",
    operation_id = "list_introductions",
    params(IntroductionFilterForm, PageParams),
    responses(
        (status = 200, description = "A page.", body = PageView<IntroductionView>),
        ListProblems,
    ),
    security(("bearer" = []))
)]
#[get("/introductions")]
pub(super) async fn list_introductions(
    read: Read,
    ports: Data<dyn Ports>,
    paged: Paged<IntroductionFilterForm, Id<Introduction>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (filter, after, limit) = (paged.filter.filter(), paged.after, paged.limit + 1);
    let (ports, caller) = (ports.get_ref(), read.caller());
    let (found, total) =
        queries::introductions(&mut conn, ports, caller, &filter, after, limit, paged.count)
            .await?;
    let page = paged.page(found, |whole| whole.introduction.id, total);
    read.list(page.map(|whole| view(&whole)))
}

/// Read an introduction
///
/// For its participants, operators and auditors. When everybody has accepted, the participants
/// see whom to call.
#[utoipa::path(
    tag = "matching",
    operation_id = "get_introduction",
    params(("id" = String, Path, description = "The introduction's id.", format = "uuid")),
    responses(
        (status = 200, description = "The introduction.", body = IntroductionView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
        ReadProblems,
    ),
    security(("bearer" = []))
)]
#[get("/introductions/{id}")]
pub(super) async fn get_introduction(
    read: Read,
    ports: Data<dyn Ports>,
    id: Path<Id<Introduction>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let whole = queries::introduction(&mut conn, ports.get_ref(), read.caller(), id.0).await?;
    read.show(view(&whole))
}

/// Accept an introduction
///
/// By an editor of a participant that has not accepted yet. With the last acceptance it is
/// accepted, and the participants see whom to call. While a participant is suspended, nobody accepts.
#[utoipa::path(
    tag = "matching",
    operation_id = "accept_introduction",
    params(("id" = String, Path, description = "The introduction's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body(content = NoBody, description = "Empty, or `{}`."),
    responses(
        (status = 200, description = "Accepted for the caller's organisation.", body = IntroductionView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
        (status = 409, description = "`invalid_state`, `already_accepted`, `participant_not_verified`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/introductions/{id}/accept")]
pub(super) async fn accept_introduction(
    ports: Data<dyn Ports>,
    id: Path<Id<Introduction>>,
    write: Write<NoBody>,
) -> Answer {
    let version = write.if_match()?;
    let command = AcceptIntroduction { id: id.0, version, ports: ports.into_inner() };
    write.change(command, view).await
}

/// Decline an introduction
///
/// By an editor of any participant while it is proposed, the proposer too. That ends it; they may
/// be introduced again.
#[utoipa::path(
    tag = "matching",
    operation_id = "decline_introduction",
    params(("id" = String, Path, description = "The introduction's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = DeclineIntroductionForm,
    responses(
        (status = 200, description = "Declined.", body = IntroductionView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[post("/introductions/{id}/decline")]
pub(super) async fn decline_introduction(
    ports: Data<dyn Ports>,
    id: Path<Id<Introduction>>,
    write: Write<DeclineIntroductionForm>,
) -> Answer {
    let version = write.if_match()?;
    let reason = write.body.reason.clone();
    let command = DeclineIntroduction { id: id.0, version, reason, ports: ports.into_inner() };
    write.change(command, view).await
}

/// Close an introduction
///
/// By an editor of any participant when it has been accepted and nothing comes of it, with the
/// reason, which the others read. Contacts are no longer shown; they may be introduced again.
#[utoipa::path(
    tag = "matching",
    operation_id = "close_introduction",
    params(("id" = String, Path, description = "The introduction's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = CloseIntroductionForm,
    responses(
        (status = 200, description = "Closed.", body = IntroductionView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[post("/introductions/{id}/close")]
pub(super) async fn close_introduction(
    ports: Data<dyn Ports>,
    id: Path<Id<Introduction>>,
    write: Write<CloseIntroductionForm>,
) -> Answer {
    let version = write.if_match()?;
    let reason = write.body.reason.clone();
    let command = CloseIntroduction { id: id.0, version, reason, ports: ports.into_inner() };
    write.change(command, view).await
}
