//! Files of listings that are brought in.

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, post, web::Data};
use futures::TryStreamExt;
use kernel::{Id, Relation, judge, kinds::ListingImport};
use web::{
    Answer, ChangeProblems, CreateProblems, ListProblems, NoBody, NoFilter, PageParams, PageView,
    Paged, Path, ProblemView, Read, ReadProblems, Upload, Write,
};

use crate::{
    Ports, access,
    commands::{CancelListingImport, ImportListings},
    exports::{ExportFormat, broken, pieces},
    http::{
        exports::attachment,
        import_files::{self, corrected, looked_at},
        import_forms::{ImportFilterForm, ImportForm, ImportFormParts},
        import_views::{ImportDetailView, ImportErrorView, ImportView, WorkbookView},
        params::{ImportPath, KeyParams, VersionParams},
    },
    queries,
    store::ImportPlace,
};

/// The largest file.
const FILE_MAX: u64 = 20 * 1024 * 1024;

/// Import listings
///
/// An `editor` brings in a sheet of listings for the organisation that they act for. The file is
/// looked at at once and refused if it cannot be read, with a code for each kind of reason; what is
/// wrong in its rows is found in the background, like everything else: ask the address that is
/// answered how it goes.
///
/// A row whose reference one of your listings has changes that listing, as `update_listing` would:
/// what is published gets its next text; what the sheet has no column for stays as it is. Any other
/// row makes a draft. Give a dry run the `submit` that you mean, too. With
/// `mode` `all_or_nothing` nothing is written unless every row is right; then the rows are written
/// some at a time, and should a listing have changed in between so that its row is refused, that row
/// is reported and the others are written.
#[utoipa::path(
    tag = "listings",
    operation_id = "import_listings",
    params(KeyParams),
    request_body(content = ImportFormParts, content_type = "multipart/form-data"),
    responses(
        CreateProblems,
        (status = 202, description = "It is taken.", body = ImportView,
         headers(("Location" = String, description = "Its address."), ("ETag" = String, description = "Its version."))),
        (status = 409, description = "`imports_too_many`, `organisation_not_verified`, `idempotency_key_in_use`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`, `file_empty`, `file_unreadable`, `extension_differs`, `workbook_old`, `workbook_encrypted`, `workbook_macros`, `workbook_bomb`, `workbook_entities`, `workbook_damaged`, `encoding_unknown`, `sheet_empty`, `rows_too_many`, `rows_empty`, `cells_far_apart`, `header_missing`, `header_unknown`, `header_repeated`, `required_column_missing`, `idempotency_key_reused`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 429, description = "`uploads_too_many`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[post("/listing-imports")]
pub(super) async fn import_listings(ports: Data<dyn Ports>, upload: Upload) -> Answer {
    judge::<access::ImportListings>(upload.caller(), &[Relation::Own])?;
    let (write, file) = upload.receive::<ImportForm>(FILE_MAX).await?;
    let new = looked_at(write.new_id(), file, write.body.into()).await?;
    let (command, language) = (ImportListings { ports: ports.into_inner(), new }, write.language());
    write.accept(command, move |import| ImportView::of(import, language)).await
}

/// List your imports
///
/// Those of your organisation, the last first.
#[utoipa::path(
    tag = "listings",
    operation_id = "list_listing_imports",
    params(ImportFilterForm, PageParams),
    responses(
        ListProblems,
        (status = 200, description = "A page.", body = PageView<ImportView>),
    ),
    security(("bearer" = []))
)]
#[get("/listing-imports")]
pub(super) async fn list_listing_imports(
    read: Read,
    paged: Paged<ImportFilterForm, ImportPlace>,
) -> Answer {
    let mut conn = read.conn().await?;
    let (status, limit) = (paged.filter.status, paged.limit + 1);
    let imports =
        queries::imports(&mut conn, read.caller(), status, paged.after, limit, paged.count).await?;
    let place = |import: &crate::model::Import| ImportPlace(import.created_at, import.id);
    let page = paged.page(imports.0, place, imports.1);
    read.list(page.map(|import| ImportView::of(&import, read.language())))
}

/// Read an import
///
/// How far it has come, and a page of what is wrong in its rows: `limit` and `cursor` turn the pages
/// of `errors`. Known only to your organisation.
#[utoipa::path(
    tag = "listings",
    operation_id = "get_listing_import",
    params(ImportPath, PageParams),
    responses(
        ReadProblems,
        (status = 200, description = "The import.", body = ImportDetailView,
         headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The client has this version."),
        (status = 400, description = "`malformed`, `cursor_invalid`",
         body = ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listing-imports/{id}")]
pub(super) async fn get_listing_import(
    read: Read,
    id: Path<Id<ListingImport>>,
    paged: Paged<NoFilter, i32>,
) -> Answer {
    let mut conn = read.conn().await?;
    let import = queries::import(&mut conn, read.caller(), id.0).await?;
    let errors = queries::import_errors(&mut conn, &import, paged.after, paged.limit + 1).await?;
    let total = paged.count.then(|| i64::from(import.progress.errors_kept));
    let page = paged.page(errors, |(position, _)| *position, total);
    let errors = page.map(|(_, found)| ImportErrorView::of(found, read.language())).into_view();
    let import = ImportView::of(&import, read.language());
    read.show(ImportDetailView { import, errors: errors.into() })
}

/// Cancel an import
///
/// An `editor` of your organisation calls it off. What has been written by then stays.
#[utoipa::path(
    tag = "listings",
    operation_id = "cancel_listing_import",
    params(ImportPath, VersionParams, KeyParams),
    responses(
        ChangeProblems,
        (status = 200, description = "Called off.", body = ImportView,
         headers(("ETag" = String, description = "Its new version."))),
    ),
    security(("bearer" = []))
)]
#[post("/listing-imports/{id}/cancel")]
pub(super) async fn cancel_listing_import(
    id: Path<Id<ListingImport>>,
    write: Write<NoBody>,
) -> Answer {
    let command = CancelListingImport { id: id.0, version: write.if_match()? };
    let language = write.language();
    write.change(command, move |import| ImportView::of(import, language)).await
}

/// Download what is to be mended
///
/// The rows of an import in which something is wrong, as a workbook: the wrong cells are marked, and
/// a column says what is wrong. Mend it and bring it in again; that column is not looked at. The file
/// is kept for 30 days, or until your organisation has brought in 300 MiB since.
#[utoipa::path(
    tag = "listings",
    operation_id = "download_corrected_import",
    params(ImportPath),
    responses(
        ReadProblems,
        (status = 200, description = "The workbook.", body = WorkbookView,
         content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 409, description = "`nothing_to_correct`, `import_file_gone`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
#[get("/listing-imports/{id}/corrections.xlsx")]
pub(super) async fn download_corrected_import(read: Read, id: Path<Id<ListingImport>>) -> Answer {
    let import = queries::import(&mut *read.conn().await?, read.caller(), id.0).await?;
    let file = corrected(read.db(), &import, read.language().into()).await?;
    Ok(HttpResponse::Ok()
        .content_type(ExportFormat::Xlsx.media_type())
        .insert_header(attachment("corrections.xlsx".to_owned()))
        .streaming(pieces(file).map_err(broken)))
}

/// Download the template
///
/// An empty workbook with the columns that an import takes, with drop-downs, examples and a sheet
/// that explains each column; with Chinese heads and labels unless you ask for English.
#[utoipa::path(
    tag = "listings",
    operation_id = "download_listing_template",
    responses(
        (status = 200, description = "The workbook.", body = WorkbookView,
         content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ),
    security((), ("bearer" = []))
)]
#[get("/listing-imports/template.xlsx")]
pub(super) async fn download_listing_template(read: Read) -> Answer {
    let workbook = import_files::template(read.language().into()).await?;
    Ok(HttpResponse::Ok()
        .content_type(ExportFormat::Xlsx.media_type())
        .insert_header(attachment("template.xlsx".to_owned()))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(workbook))
}
