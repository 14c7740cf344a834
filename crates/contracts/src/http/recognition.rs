//! Contracts before the registrar.

use actix_web::post;
use kernel::{Id, kinds::Contract};
use web::{Answer, ChangeProblems, NoBody, Path, ProblemView, Write};

use super::contracts::view;
use crate::{
    commands::{ApplyForRecognition, RecogniseContract, RefuseRecognition, RequestSupplement},
    http::{
        forms::{RecogniseContractForm, RefuseRecognitionForm, RequestSupplementForm},
        views::ContractView,
    },
};

/// Apply for recognition
///
/// By an `editor` or `signatory` of a seller; for an import, where every seller is overseas, of a
/// buyer. Works for a signed contract that was never applied for, was sent back for a supplement,
/// or was refused. The registrar then decides within 15 working days, or 30 from a technology
/// amount of 5,000,000 yuan; `recognition.decide_by` is the last day.
#[utoipa::path(
    tag = "contracts",
    operation_id = "apply_for_recognition",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v4\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    responses(
        (status = 200, description = "Applied.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/recognition/apply")]
pub(super) async fn apply_for_recognition(id: Path<Id<Contract>>, write: Write<NoBody>) -> Answer {
    let if_match = write.if_match()?;
    write.change(ApplyForRecognition { id: id.0, if_match }, view).await
}

/// Request a supplement
///
/// By the `registrar`. The application goes back to the applicant; the period of decision begins
/// anew when it is applied for again.
#[utoipa::path(
    tag = "contracts",
    operation_id = "request_supplement",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v5\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = RequestSupplementForm,
    responses(
        (status = 200, description = "Requested.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/recognition/request-supplement")]
pub(super) async fn request_supplement(
    id: Path<Id<Contract>>,
    write: Write<RequestSupplementForm>,
) -> Answer {
    let (if_match, what) = (write.if_match()?, write.body.what.clone());
    write.change(RequestSupplement { id: id.0, if_match, what }, view).await
}

/// Recognise a contract
///
/// By the `registrar`, who has found its type and technology amount right, or settles on others;
/// the amount is at most the contract's total. `contract.recognised` is announced, and subsidies
/// are computed from it.
///
/// Codes in `errors`: `subtype_of_other_type`, `amount_zero`, `technology_above_total`,
/// `registration_number_malformed`.
#[utoipa::path(
    tag = "contracts",
    operation_id = "recognise_contract",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v5\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = RecogniseContractForm,
    responses(
        (status = 200, description = "Recognised.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
        (status = 409, description = "`invalid_state` (works while `recognition.status` is `applied`), `registration_number_taken`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/recognition/accept")]
pub(super) async fn recognise_contract(
    id: Path<Id<Contract>>,
    write: Write<RecogniseContractForm>,
) -> Answer {
    let (if_match, recognised) = (write.if_match()?, write.body.clone().into());
    write.change(RecogniseContract { id: id.0, if_match, recognised }, view).await
}

/// Refuse recognition
///
/// By the `registrar`, for at least one of the listed reasons. The applicant may mend the matter
/// and apply again.
#[utoipa::path(
    tag = "contracts",
    operation_id = "refuse_recognition",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v5\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = RefuseRecognitionForm,
    responses(
        (status = 200, description = "Refused.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/recognition/refuse")]
pub(super) async fn refuse_recognition(
    id: Path<Id<Contract>>,
    write: Write<RefuseRecognitionForm>,
) -> Answer {
    let (if_match, refusal) = (write.if_match()?, write.body.clone().into());
    write.change(RefuseRecognition { id: id.0, if_match, refusal }, view).await
}
