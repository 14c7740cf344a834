//! The frozen text of a contract: the very bytes whose digest is signed.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{Id, kinds::Contract};
use web::{Answer, Path, ProblemView, Query, Read, ReadProblems};

use crate::{
    http::forms::DocumentFilterForm,
    model::{Document, MEDIA_TYPE},
    queries,
};

/// Read a contract's frozen text
///
/// The bytes whose SHA-256 the signatories sign: canonical JSON (RFC 8785), the same for ever.
/// Without `number`, the text that waits for signatures or is signed; with it, any earlier one. A
/// text is read by those who were its parties, also after they have left the contract, and by
/// `registrar`, `reviewer`, `approver` and `auditor`. The digest is in `Repr-Digest` (RFC 9530),
/// too.
#[utoipa::path(
    tag = "contracts",
    operation_id = "get_contract_document",
    params(("id" = String, Path, description = "The contract's id.", format = "uuid"), DocumentFilterForm),
    responses(
        (status = 200, description = "The text.", body = Object, content_type = "application/json",
         headers(("ETag" = String, description = "Its SHA-256 in hex."), ("Repr-Digest" = String, description = "Its SHA-256 in base64.")),
         example = json!({ "document_number": 1, "format": "xining-technology-market/contract/1", "number": "C2026-000123", "title": "钙钛矿叠层光伏组件封装技术转让合同" })),
        (status = 304, description = "The client has this text."),
        ReadProblems,
        (status = 400, description = "`malformed`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`, `no_document`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/contracts/{id}/document")]
pub(super) async fn get_contract_document(
    read: Read,
    request: HttpRequest,
    id: Path<Id<Contract>>,
    filter: Query<DocumentFilterForm>,
) -> Answer {
    let mut conn = read.conn().await?;
    let document = queries::document(&mut conn, read.caller(), id.0, filter.0.number).await?;
    Ok(show(&request, document))
}

fn show(request: &HttpRequest, document: Document) -> HttpResponse {
    let etag = format!("\"{}\"", document.sha256);
    let known = request.headers().get_all(IF_NONE_MATCH);
    let known = known.filter_map(|value| value.to_str().ok()).any(|value| value.contains(&etag));
    if known {
        return HttpResponse::NotModified().insert_header((ETAG, etag)).finish();
    }
    let digest = format!("sha-256=:{}:", STANDARD.encode(document.sha256.0));
    HttpResponse::Ok()
        .insert_header((ETAG, etag))
        .insert_header(("repr-digest", digest))
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .body(document.content)
}
