//! Listings taken away.

use actix_web::{
    HttpResponse, get,
    http::header::{ContentDisposition, DispositionParam, DispositionType},
    web::Data,
};
use kernel::{Fault, civil_date};
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Answer, ListProblems, Named, Parted, ProblemView, Query, Read, invalid};

use super::{import_views::WorkbookView, search::ListingFilterForm};
use crate::{
    exports::{Export, ExportFormat},
    index::SearchIndex,
};

/// As what listings are taken away.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportForm {
    /// A workbook or a table of text with the columns of the template, or JSON lines.
    #[param(inline, required = true, value_type = ExportFormat)]
    format: Option<ExportFormat>,
}

impl Named for ExportForm {
    const NAMES: &'static [&'static str] = &["format"];
}

/// Export listings
///
/// As many as are found by the filters of `search_listings`, as they are found and as much of each
/// as you may see: everything of your own organisation's, and what is public of others'. The
/// answer is streamed. Workbooks and tables have the columns of the template, with Chinese heads
/// and labels unless you ask for English, and may be brought in again. No cell is a formula: in
/// tables of text an apostrophe goes before what a spreadsheet program could take for one. What the
/// market's staff take away is noted.
#[utoipa::path(
    tag = "listings",
    operation_id = "export_listings",
    params(ExportForm, ListingFilterForm),
    responses(
        ListProblems,
        (status = 200, description = "The listings.", content(
            (WorkbookView = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/csv"),
            (String = "application/x-ndjson"),
        )),
        (status = 503, description = "`index_not_ready`, `overloaded`, `timed_out`, `unavailable`",
         body = ProblemView, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
#[get("/listings/export")]
pub(super) async fn export_listings(
    read: Read,
    index: Data<SearchIndex>,
    query: Query<Parted<ExportForm, ListingFilterForm>>,
) -> Answer {
    let Query(Parted(ExportForm { format }, filter)) = query;
    let format = format.ok_or_else(|| invalid().at("?format", format_required()))?;
    let (db, index) = (read.db().clone(), index.into_inner());
    let (caller, gates) = (*read.caller(), read.gates()?);
    let export = Export::new(db, index, caller, filter.into(), format, gates).await?;
    let day = civil_date(read.db().clock().now());
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header(attachment(format!("listings-{day}.{format}")))
        .streaming(export.bytes(format, read.language().into())))
}

fn format_required() -> Fault {
    let formats = ExportFormat::ALL.iter().map(|format| format.as_str());
    let formats = formats.collect::<Vec<_>>().join(", ");
    Fault::new("required", format!("必填,可选:{formats}"), format!("required: one of {formats}"))
}

/// To be kept under this name, in ASCII.
pub(super) fn attachment(name: String) -> ContentDisposition {
    let parameters = vec![DispositionParam::Filename(name)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}
