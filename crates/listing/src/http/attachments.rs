//! Files of listings.

use std::sync::{Arc, atomic::AtomicBool};

use ::store::Outcome;
use actix_web::{HttpResponse, delete, get, post, web::Data};
use kernel::{
    Id, civil_date,
    kinds::{Attachment, Listing},
};
use web::{
    Answer, ChangeProblems, CreateProblems, Download, FileName, NoBody, Path, PathIn, ProblemView,
    Read, ReadProblems, Upload, Write,
};

use crate::{
    AttachmentStore, Ports,
    commands::{LookAtAttachment, Onlooker, RemoveAttachment, expect_room},
    http::{
        params::{AttachmentPath, KeyParams, ListingPath},
        protected_views::{AttachmentView, AttachmentsView},
        uploads::{AddAttachmentForm, UploadedAttachment},
    },
    model::{LARGEST_ATTACHMENT, Visibility},
    queries,
};

/// Add a file to a listing
///
/// An `editor` of its owner adds a file of at most 20 MiB; a listing has at most 20. What the file
/// is, is told by its content: pdf, png, jpeg, webp, docx, xlsx, pptx (without macros), or text in
/// UTF-8 or GB18030. A `public` file is reviewed with the listing and is added while that is a
/// draft or returned; a `protected` one, which only those see whom you let, also later, with
/// `non_secret_declared`. The listing comes to its next version, which the `ETag` names.
/// Documents with embedded objects, or that fetch a template or content from elsewhere, are refused.
#[utoipa::path(
    tag = "listings",
    operation_id = "add_attachment",
    params(ListingPath, KeyParams),
    request_body(content = UploadedAttachment, content_type = "multipart/form-data"),
    responses(
        CreateProblems,
        (status = 201, description = "Added.", body = AttachmentView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "The listing's new version."))),
        (status = 404, description = "`not_found`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 409, description = "`invalid_state`, `too_many_attachments`, `storage_full`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid` (with `file_type_not_allowed`, `file_has_macros`, `file_encrypted`, `file_ambiguous`, `file_damaged`, `file_empty`, `file_too_large_unpacked`, `file_has_objects`, `file_leads_outside`, `declaration_required`), `idempotency_key_reused`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 429, description = "`uploads_too_many`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/listings/{id}/attachments")]
pub(super) async fn add_attachment(
    files: Data<AttachmentStore>,
    id: Path<Id<Listing>>,
    upload: Upload,
) -> Answer {
    let announced = upload.announced().and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(0);
    {
        let mut conn = upload.db().reader().await?;
        let allowance = files.allowance();
        expect_room(&mut conn, upload.caller(), id.0, announced, allowance).await?;
    }
    let (write, file) = upload.receive::<AddAttachmentForm>(LARGEST_ATTACHMENT).await?;
    super::uploads::add(files, id.0, write, file, Arc::new(AtomicBool::new(false))).await
}

/// List a listing's files
///
/// Everybody who may read the listing finds those that are public; its owner, those whom it lets
/// and the market's staff find those that are protected, too. Oldest first.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_attachments",
    params(ListingPath),
    responses(
        ReadProblems,
        (status = 200, description = "The files.", body = AttachmentsView),
    ),
    security((), ("bearer" = []))
)]
#[get("/listings/{id}/attachments")]
pub(super) async fn list_attachments(read: Read, id: Path<Id<Listing>>) -> Answer {
    let today = civil_date(read.db().clock().now());
    let mut conn = read.conn().await?;
    let (listing, files) = queries::attachments(&mut conn, read.caller(), id.0, today).await?;
    let items = files.iter().map(|file| AttachmentView::of(file, listing.version));
    read.json(&AttachmentsView { items: items.collect() })
}

/// Read about a file
///
/// What it is, how large, and its SHA-256.
#[utoipa::path(
    tag = "listings",
    operation_id = "get_attachment",
    params(AttachmentPath),
    responses(
        ReadProblems,
        (status = 200, description = "About the file.", body = AttachmentView,
         headers(("ETag" = String, description = "The listing's version."))),
        (status = 304, description = "The client has this version."),
    ),
    security((), ("bearer" = []))
)]
#[get("/listings/{id}/attachments/{attachment_id}")]
pub(super) async fn get_attachment(
    read: Read,
    PathIn(listing, id): PathIn<Id<Listing>, Id<Attachment>>,
) -> Answer {
    let today = civil_date(read.db().clock().now());
    let mut conn = read.conn().await?;
    let (listing, file) = queries::attachment(&mut conn, read.caller(), listing, id, today).await?;
    read.show(AttachmentView::of(&file, listing.version))
}

/// Fetch a file
///
/// Whole, or one part of it with `Range`; `HEAD` tells only how large it is. A look at a protected
/// file is recorded before it is sent (once a minute for the same account, so that parts of one
/// reading count once), and its owner reads who looked.
#[utoipa::path(
    tag = "listings",
    operation_id = "download_attachment",
    params(
        AttachmentPath,
        ("Range" = Option<String>, Header, description = "One part: `bytes=0-1023`. Several are answered with the whole."),
    ),
    responses(
        ReadProblems,
        (status = 200, description = "The file.", content_type = "*/*", body = Vec<u8>,
         headers(("ETag" = String, description = "Its SHA-256."), ("Content-Disposition" = String, description = "Its name."))),
        (status = 206, description = "The part that was asked for.", content_type = "*/*", body = Vec<u8>,
         headers(("Content-Range" = String, description = "Which part."))),
        (status = 304, description = "The client has this file."),
        (status = 403, description = "`disclosure_required`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 416, description = "`range_not_satisfiable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
#[get("/listings/{id}/attachments/{attachment_id}/content")]
pub(super) async fn download_attachment(
    read: Read,
    files: Data<AttachmentStore>,
    ports: Data<dyn Ports>,
    PathIn(listing, id): PathIn<Id<Listing>, Id<Attachment>>,
) -> Answer {
    let onlooker = Onlooker { ports: ports.into_inner(), request_id: read.request_id() };
    let file = look(&read, onlooker, listing, id).await?;
    let download = Download {
        kind: file.file_type,
        name: FileName::of(file.file_name.as_str()),
        size: u64::try_from(file.size).unwrap_or(0),
        sha256: file.sha256,
        may_be_kept: file.visibility == Visibility::Public,
    };
    read.send_file(&download, |part| async move { files.read(id, part).await }).await
}

/// The file, if the caller may fetch it; of a protected one, the look is recorded then.
async fn look(
    read: &Read,
    onlooker: Onlooker,
    listing_id: Id<Listing>,
    id: Id<Attachment>,
) -> Outcome<crate::model::Attachment> {
    let today = civil_date(read.db().clock().now());
    let (_, file) = {
        let mut conn = read.conn().await?;
        queries::attachment(&mut conn, read.caller(), listing_id, id, today).await?
    };
    match file.visibility {
        Visibility::Public => Ok(file),
        Visibility::Protected => {
            let look = LookAtAttachment { listing_id, id, onlooker };
            read.db().write(*read.caller(), look).await
        }
    }
}

/// Remove a file
///
/// An `editor` of its owner takes a file away, at any time. Its content is gone soon after.
#[utoipa::path(
    tag = "listings",
    operation_id = "remove_attachment",
    params(AttachmentPath),
    responses(
        ChangeProblems,
        (status = 204, description = "Removed."),
    ),
    security(("bearer" = []))
)]
#[delete("/listings/{id}/attachments/{attachment_id}")]
pub(super) async fn remove_attachment(
    PathIn(listing_id, id): PathIn<Id<Listing>, Id<Attachment>>,
    write: Write<NoBody>,
) -> Answer {
    write.run(RemoveAttachment { listing_id, id }).await?;
    Ok(HttpResponse::NoContent().finish())
}
