//! Contracts between their parties: drafted, offered, signed, paid.

use std::sync::Arc;

use actix_web::{get, patch, post, web::Data};
use kernel::{Id, kinds::Contract};
use web::{
    Answer, ChangeProblems, CreateProblems, ListProblems, NoBody, PageParams, PageView, Paged,
    Path, ProblemView, Read, ReadProblems, Write,
};

use crate::{
    commands::{
        CreateContract, OfferContract, RecordPayment, SignContract, UpdateContract,
        WithdrawContract,
    },
    http::{
        forms::{
            ContractFilterForm, CreateContractForm, RecordPaymentForm, SignContractForm,
            UpdateContractForm,
        },
        views::{ContractSummaryView, ContractView},
    },
    ports::Ports,
    queries::{self, Dossier, ListKey, PageWanted},
    store::Listed,
};

pub(super) fn view(dossier: &Dossier) -> ContractView {
    dossier.into()
}

/// Draft a contract
///
/// By an `editor` of one of its parties. The terms must hold together from the start: shares of
/// each role add up to 10000, the total amount is the technology amount and the other items, the
/// listings belong to the parties, and the introduction, if one is named, is accepted and one of
/// these parties. A broker is a broker agency or an individual broker; it may be named without an
/// introduction, and the contract then says so (`broker_without_introduction`).
///
/// Codes in `errors`: `party_missing`, `shares_do_not_add_up`, `share_out_of_range`,
/// `only_for_brokers`, `twice`, `too_many`, `unknown_organisation`, `not_an_intermediary`,
/// `listing_of_others`, `introduction_of_others`, `introduction_not_accepted`,
/// `subtype_of_other_type`, `amount_zero`, `technology_above_total`, `amounts_do_not_add_up`, `payment_terms_do_not_add_up`,
/// `due_on_or_milestone`, `date_out_of_range`, `ends_before_start`.
#[utoipa::path(
    tag = "contracts",
    operation_id = "create_contract",
    params(("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = CreateContractForm,
    responses(
        (status = 201, description = "Drafted.", body = ContractView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        CreateProblems,
    ),
    security(("bearer" = []))
)]
#[post("/contracts")]
pub(super) async fn create_contract(
    ports: Data<dyn Ports>,
    write: Write<CreateContractForm>,
) -> Answer {
    let terms = write.body.clone().into();
    let ports: Arc<dyn Ports> = ports.into_inner();
    write.create(CreateContract { terms, ports }, view).await
}

/// List contracts
///
/// Those of one's own organisation; for `registrar`, `reviewer`, `approver` and `auditor`, all.
/// Newest first, except `recognition_status=applied`: that is the registrar's queue, in the order
/// of the deadlines.
#[utoipa::path(
    tag = "contracts",
    operation_id = "list_contracts",
    params(ContractFilterForm, PageParams),
    responses(
        (status = 200, description = "A page.", body = PageView<ContractSummaryView>),
        ListProblems,
    ),
    security(("bearer" = []))
)]
#[get("/contracts")]
pub(super) async fn list_contracts(
    ports: Data<dyn Ports>,
    read: Read,
    paged: Paged<ContractFilterForm, ListKey>,
) -> Answer {
    let limit = paged.limit.saturating_add(1);
    let page = PageWanted { after: paged.after, limit, count: paged.count };
    let (wanted, mut conn) = (paged.filter.into(), read.conn().await?);
    let listed = queries::list(&mut conn, &**ports, read.caller(), wanted, page).await?;
    read.list(paged.page(listed.0, Listed::key, listed.1).map(ContractSummaryView::from))
}

/// Read a contract
///
/// By everybody of its parties, and by `registrar`, `reviewer`, `approver` and `auditor`. For
/// everybody else there is no such contract.
#[utoipa::path(
    tag = "contracts",
    operation_id = "get_contract",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid")),
    responses(
        (status = 200, description = "The contract.", body = ContractView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
        ReadProblems,
    ),
    security(("bearer" = []))
)]
#[get("/contracts/{id}")]
pub(super) async fn get_contract(
    ports: Data<dyn Ports>,
    read: Read,
    id: Path<Id<Contract>>,
) -> Answer {
    let mut conn = read.conn().await?;
    let dossier = queries::contract(&mut conn, &**ports, read.caller(), id.0).await?;
    read.show(view(&dossier))
}

/// Alter a draft
///
/// By an `editor` of any of its parties, whose organisation must stay a party. What is left out
/// stays; lists are replaced as a whole. The terms must hold together afterwards as those of a new
/// contract; pointers name fields of the whole contract.
#[utoipa::path(
    tag = "contracts",
    operation_id = "update_contract",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = UpdateContractForm,
    responses(
        (status = 200, description = "Altered.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[patch("/contracts/{id}")]
pub(super) async fn update_contract(
    ports: Data<dyn Ports>,
    id: Path<Id<Contract>>,
    write: Write<UpdateContractForm>,
) -> Answer {
    let (if_match, change) = (write.if_match()?, write.body.clone().into());
    let ports: Arc<dyn Ports> = ports.into_inner();
    write.change(UpdateContract { id: id.0, if_match, change, ports }, view).await
}

/// Offer a contract for signature
///
/// By an `editor` or `signatory` of any of its parties. Freezes the text, in which the parties are
/// named as they are now, and its SHA-256 (`document_sha256`); the text itself is at
/// `get_contract_document`. Every party must be verified, every listing published or reserved, and
/// the introduction must still stand.
///
/// Codes in `errors`: `not_an_intermediary`; of `listing_not_available`: `listing_not_published`,
/// `listing_suspended`, `listing_withdrawn`, `listing_expired`, `listing_traded`.
#[utoipa::path(
    tag = "contracts",
    operation_id = "offer_contract",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v1\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    responses(
        (status = 200, description = "Offered.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
        (status = 409, description = "`invalid_state` (works in `draft`), `organisation_not_verified`, `listing_not_available`, `introduction_does_not_fit`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/offer")]
pub(super) async fn offer_contract(
    ports: Data<dyn Ports>,
    id: Path<Id<Contract>>,
    write: Write<NoBody>,
) -> Answer {
    let if_match = write.if_match()?;
    let ports: Arc<dyn Ports> = ports.into_inner();
    write.change(OfferContract { id: id.0, if_match, ports }, view).await
}

/// Sign a contract
///
/// By a `signatory` of a verified party that has not signed yet, once for each party. The last
/// signature makes the contract binding: `status` is `signed`, and `contract.signed` is announced.
/// While any party is suspended, the last signature is refused with `organisation_not_verified`.
///
/// A listing is dealt once: of two contracts that would take the same one off the market, the last
/// signature of the second is refused with `listing_not_available`.
///
/// The one transition that does **not** demand `If-Match`: `document_sha256` names what is signed
/// more strictly than a version could, and each signature makes a new version, so that of two
/// parties who sign at the same time one would be refused though nothing that it signs has changed.
/// If `If-Match` is sent, it is honoured.
#[utoipa::path(
    tag = "contracts",
    operation_id = "sign_contract",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = Option<String>, Header, description = "Optional here: the `ETag` that was read.", example = "\"v2\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = SignContractForm,
    responses(
        (status = 200, description = "Signed.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
        (status = 409, description = "`invalid_state` (works in `offered`), `document_changed`, `already_signed`, `organisation_not_verified`, `listing_not_available`, `introduction_does_not_fit`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 412, description = "`stale`, if `If-Match` was sent",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 428, description = "`version_required`, for `If-Match: *`, which names no version",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/sign")]
pub(super) async fn sign_contract(
    ports: Data<dyn Ports>,
    id: Path<Id<Contract>>,
    write: Write<SignContractForm>,
) -> Answer {
    let (if_match, document_sha256) = (write.if_match_optional()?, write.body.document_sha256);
    let ports: Arc<dyn Ports> = ports.into_inner();
    write.change(SignContract { id: id.0, document_sha256, if_match, ports }, view).await
}

/// Withdraw an offered contract
///
/// By an `editor` or `signatory` of any of its parties, until the last has signed. The contract is
/// a draft again; signatures under the withdrawn text are void, and are kept.
#[utoipa::path(
    tag = "contracts",
    operation_id = "withdraw_contract",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v2\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    responses(
        (status = 200, description = "Withdrawn.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/withdraw")]
pub(super) async fn withdraw_contract(
    ports: Data<dyn Ports>,
    id: Path<Id<Contract>>,
    write: Write<NoBody>,
) -> Answer {
    let if_match = write.if_match()?;
    let ports: Arc<dyn Ports> = ports.into_inner();
    write.change(WithdrawContract { id: id.0, if_match, ports }, view).await
}

/// Record a payment
///
/// By an `editor` of a seller, who has received the money, or by the `registrar`, who has seen the
/// proof; only under a signed contract. All payments together are never more than the total amount,
/// and their parts for technology never more than the technology amount (as recognised, if it is).
/// Answers the whole contract.
///
/// Codes in `errors`: `paid_above_contract`, `technology_above_amount`, `amount_zero`,
/// `date_in_the_future`, `date_out_of_range`.
#[utoipa::path(
    tag = "contracts",
    operation_id = "record_payment",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), ("If-Match" = String, Header, description = "The `ETag` that was read.", example = "\"v5\""), ("Idempotency-Key" = Option<String>, Header, description = "One key, one effect: a repeated request gets the first answer again.")),
    request_body = RecordPaymentForm,
    responses(
        (status = 200, description = "Recorded.", body = ContractView,
         headers(("ETag" = String, description = "Its new version."))),
        ChangeProblems,
        (status = 409, description = "`invalid_state` (works in `signed`), `too_many_payments` (at most 1000), `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/contracts/{id}/payments")]
pub(super) async fn record_payment(
    id: Path<Id<Contract>>,
    write: Write<RecordPaymentForm>,
) -> Answer {
    let (if_match, payment) = (write.if_match()?, write.body.clone().into());
    write.change(RecordPayment { id: id.0, if_match, payment }, view).await
}
