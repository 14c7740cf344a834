//! From an uploaded file to an attachment: looked into, kept, and only then named by a row.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use ::store::{
    Outcome,
    refusals::{OUTCOME_UNKNOWN, UNAVAILABLE},
};
use actix_web::web::Data;
use anyhow::{Context, anyhow};
use kernel::{FileType, Id, Line, kinds};
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Answer, FileName, Problem, ReceivedFile, Write, apart, file_type};

use crate::{
    AttachmentStore,
    commands::AddAttachment,
    http::{import_forms::Flag, protected_views::AttachmentView},
    model::Visibility,
};

/// A file and what is said about it.
#[derive(ToSchema)]
#[schema(as = AddAttachmentForm)]
#[allow(dead_code, reason = "describes the form that `web::Upload` reads")]
pub(super) struct UploadedAttachment {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Who sees it: `public` or `protected`.
    visibility: Visibility,
    /// What it is about.
    title: Line<200>,
    /// Nothing in it is a state secret. Must be declared of a file that is added to what is
    /// published: of a draft it is declared when that is submitted.
    #[schema(value_type = Option<bool>)]
    non_secret_declared: Option<Flag>,
}

/// What is said about a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddAttachmentForm {
    visibility: Visibility,
    title: Line<200>,
    non_secret_declared: Option<Flag>,
}

/// Keeps the file and adds it to the listing, also when the client no longer waits for it: what
/// is kept must come to its row, or go.
pub(super) async fn add(
    files: Data<AttachmentStore>,
    listing_id: Id<kinds::Listing>,
    write: Write<AddAttachmentForm>,
    file: ReceivedFile,
    ran: Arc<AtomicBool>,
) -> Answer {
    let keeping = actix_web::rt::spawn(async move {
        let id = write.new_id();
        let (file, kind, name) = look_into(file).await?;
        let command = AddAttachment {
            listing_id,
            id,
            visibility: write.body.visibility,
            title: write.body.title.clone(),
            file_name: name.line()?,
            file_type: kind,
            size: i64::try_from(file.size).context("a size")?,
            sha256: file.sha256,
            allowance: files.allowance(),
            declared: write.body.non_secret_declared == Some(Flag::True),
            ran: Arc::clone(&ran),
        };
        files.keep(id, file.file).await?;
        let view = |(file, listing): &_| AttachmentView::added(file, listing);
        let answer = write.create(command, view).await;
        if is_of_no_use(&answer, &ran) {
            files.take_back(id).await;
        }
        answer
    });
    keeping.await.map_err(|error| Problem::from(anyhow!("keeping an upload: {error}")))?
}

/// Has the content certainly come to no row? If nobody knows, it stays until it is swept.
fn is_of_no_use(answer: &Answer, ran: &AtomicBool) -> bool {
    match answer {
        Ok(_) => !ran.load(Ordering::Relaxed),
        Err(problem) => problem.refusal().is_some_and(|refusal| {
            refusal.reason != &OUTCOME_UNKNOWN && refusal.reason != &UNAVAILABLE
        }),
    }
}

/// What the file is, and its name with the extension that belongs to that.
async fn look_into(mut file: ReceivedFile) -> Outcome<(ReceivedFile, FileType, FileName)> {
    apart(move || {
        let kind = file_type(&mut file.file, &file.name)?;
        let name = file.name.ending_in(kind.extensions());
        Ok((file, kind, name))
    })
    .await?
}
