//! What the participants of an introduction write to each other.

use actix_web::{get, post};
use kernel::{Id, kinds};
use web::{
    Answer, CreateProblems, ListProblems, NoFilter, PageParams, PageView, Paged, Path, ProblemView,
    Read, Write,
};

use crate::{
    commands::PostIntroductionMessage,
    http::{forms::IntroductionMessageForm, views::IntroductionMessageView},
    model::message::Message,
    queries,
};

fn view(message: &Message) -> IntroductionMessageView {
    message.into()
}

/// Write to the other participants
///
/// By an editor of a participant while the introduction is proposed, accepted or has led to a
/// contract. What is written is never changed; an introduction holds 1,000 messages.
#[utoipa::path(
    tag = "matching",
    operation_id = "post_introduction_message",
    params(("id" = String, Path, description = "The introduction's id.", format = "uuid"), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = IntroductionMessageForm,
    responses(
        (status = 201, description = "Written.", body = IntroductionMessageView,
         headers(("Location" = String, description = "The address of all messages of the introduction."), ("ETag" = String, description = "Its version."))),
        CreateProblems,
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_state`, `too_many_messages`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/introductions/{id}/messages")]
pub(super) async fn post_introduction_message(
    id: Path<Id<kinds::Introduction>>,
    write: Write<IntroductionMessageForm>,
) -> Answer {
    let text = write.body.text.clone();
    write.create(PostIntroductionMessage { introduction_id: id.0, text }, view).await
}

/// List the messages of an introduction
///
/// Newest first; for its participants and auditors.
#[utoipa::path(
    tag = "matching",
    operation_id = "list_introduction_messages",
    params(("id" = String, Path, description = "The introduction's id.", format = "uuid"), PageParams),
    responses(
        (status = 200, description = "A page.", body = PageView<IntroductionMessageView>),
        ListProblems,
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/introductions/{id}/messages")]
pub(super) async fn list_introduction_messages(
    read: Read,
    id: Path<Id<kinds::Introduction>>,
    paged: Paged<NoFilter, Id<kinds::IntroductionMessage>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (after, limit) = (paged.after, paged.limit + 1);
    let (found, total) =
        queries::messages(&mut conn, read.caller(), id.0, after, limit, paged.count).await?;
    let page = paged.page(found, |message| message.id, total);
    read.list(page.map(|message| view(&message)))
}
