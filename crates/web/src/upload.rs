//! Uploads: a form (`multipart/form-data`) with one file, which is never whole in memory.
//!
//! The file goes piece by piece into a nameless file of this server: whoever breaks off, or takes
//! the server down, leaves nothing behind. What arrives too slowly is cut off, what is too large
//! is refused before it is read if it says so.

use std::{
    collections::HashMap,
    fs::File,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest, dev::Payload, error::PayloadError,
    http::header::HeaderMap, web::Data,
};
use bytes::Bytes;
use futures::{FutureExt, Stream, StreamExt, future::LocalBoxFuture};
use kernel::{Caller, Fault, Id, Sha256, kinds::Organisation};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::Digest;
use store::{Db, Failure, Outcome, refusals::UNAVAILABLE};
use tokio::{
    io::{AsyncSeekExt, AsyncWriteExt},
    time::Instant,
};

use crate::{
    FileName, Problem, Settings, Write,
    authenticate::{caller, missing},
    body, check_json, faults, invalid,
    refusals::{BODY_TOO_SLOW, MALFORMED, OVERLOADED, UNSUPPORTED_MEDIA, UPLOADS_TOO_MANY},
};

/// What surrounds the file in a form: boundaries, heads, the other fields.
const ENVELOPE: u64 = 256 * 1024;
/// The longest field that is no file.
const LONGEST_FIELD: usize = 100 * 1024;
/// More fields than any form has.
const MOST_FIELDS: usize = 32;
/// The field of the file.
const FILE: &str = "file";

/// How uploads are received.
#[derive(Clone, Debug)]
pub struct UploadSettings {
    /// Where files lie while they arrive; nobody else sees them there.
    pub folder: PathBuf,
    /// How long any upload may take, however small.
    pub grace: Duration,
    /// How many bytes a second have to arrive after that.
    pub least_rate: u64,
    /// How long an upload may take at most.
    pub longest: Duration,
    /// How many files one organisation may send at once, so that it leaves places to others.
    pub of_one: usize,
    /// Who sends how many now.
    pub under_way: UnderWay,
}

/// Which organisations send how many files now.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(Arc<Mutex<HashMap<Id<Organisation>, usize>>>);

impl UnderWay {
    /// One more, as long as what is answered lives; nothing if there are as many as may be.
    fn begin(&self, organisation: Id<Organisation>, most: usize) -> Option<Sending> {
        let mut sending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = sending.entry(organisation).or_default();
        if *count >= most {
            return None;
        }
        *count = count.saturating_add(1);
        Some(Sending(self.clone(), organisation))
    }
}

/// A file on its way.
struct Sending(UnderWay, Id<Organisation>);

impl Drop for Sending {
    fn drop(&mut self) {
        let mut sending = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = sending.get_mut(&self.1) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                sending.remove(&self.1);
            }
        }
    }
}

impl Default for UploadSettings {
    fn default() -> Self {
        Self {
            folder: std::env::temp_dir(),
            grace: Duration::from_secs(10),
            least_rate: 64 * 1024,
            longest: Duration::from_secs(600),
            of_one: 8,
            under_way: UnderWay::default(),
        }
    }
}

/// May the request take as long as an upload may? Only a handler that takes one grants it, to
/// somebody who has signed in: what a request says of itself does not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Longer(Arc<AtomicBool>);

impl Longer {
    pub(crate) fn is_granted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Is this the head of an upload?
fn is_upload(headers: &HeaderMap) -> bool {
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(MEDIA_TYPE))
}

const MEDIA_TYPE: &str = "multipart/form-data";

/// An upload of somebody who has signed in, of which nothing but the head has been read: what can
/// be refused is refused before the file is on its way.
pub struct Upload {
    http: HttpRequest,
    payload: Payload,
    caller: Caller,
    db: Data<Db>,
    settings: Data<Settings>,
}

/// A file that has arrived.
#[derive(Debug)]
pub struct ReceivedFile {
    /// Its content, at its beginning; gone when it is closed.
    pub file: File,
    /// How many bytes.
    pub size: u64,
    /// Their digest.
    pub sha256: Sha256,
    /// What its sender calls it.
    pub name: FileName,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let http = request.clone();
        let payload = payload.take();
        async move {
            let caller = caller(&http).await?;
            if caller.actor().is_none() {
                return Err(kernel::UNAUTHENTICATED.refuse().into());
            }
            if let Some(Longer(granted)) = http.extensions().get() {
                granted.store(true, Ordering::Relaxed);
            }
            let db = http.app_data::<Data<Db>>().cloned().ok_or_else(|| missing("database"))?;
            let settings: Data<Settings> =
                http.app_data().cloned().ok_or_else(|| missing("settings"))?;
            Ok(Self { http, payload, caller, db, settings })
        }
        .boxed_local()
    }
}

impl Upload {
    /// Who asks.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The database, for what may refuse the upload before it is read.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// How many bytes are announced, if any are.
    #[must_use]
    pub fn announced(&self) -> Option<u64> {
        let header = self.http.headers().get("content-length")?;
        header.to_str().ok()?.parse().ok()
    }

    /// Receives the form: its file of at most `most` bytes, and its other fields as an `F`, whose
    /// members are all texts.
    ///
    /// # Errors
    /// 400 if the form cannot be read or comes too slowly, 413 if it is too large, 415 if it is
    /// none, 422 with the fields that must be mended, 429 if the organisation sends many already.
    pub async fn receive<F: DeserializeOwned>(
        self,
        most: u64,
    ) -> Outcome<(Write<F>, ReceivedFile)> {
        let announced = self.announced();
        let Self { http, payload, caller, db, settings } = self;
        if !is_upload(http.headers()) {
            return Err(UNSUPPORTED_MEDIA
                .because("请求体应为 multipart/form-data", "the body must be multipart/form-data")
                .into());
        }
        if announced.is_some_and(|length| length > most.saturating_add(ENVELOPE)) {
            return Err(body::too_large(most));
        }
        let own = caller.actor().ok_or_else(|| kernel::UNAUTHENTICATED.refuse())?.organisation;
        let sending = settings.uploads.under_way.begin(own, settings.uploads.of_one);
        let _sending = sending.ok_or_else(|| UPLOADS_TOO_MANY.refuse())?;
        let place = settings.gates.uploads.enter().await;
        let place = place.ok_or_else(|| OVERLOADED.refuse())?;
        let headers = http.headers().clone();
        let form = Form::receive(&headers, payload, most, &settings.uploads).await?;
        let Form { fields, file, .. } = form;
        let file = file.ok_or_else(|| invalid().at("/file", faults::required()))?;
        let fields = serde_json::to_vec(&Value::Object(fields))?;
        let digest = [fields.as_slice(), file.name.as_str().as_bytes(), &file.sha256.0].concat();
        let form = check_json(&fields)?;
        let write = Write::of_upload(http, caller, db, settings, place, form, &digest)?;
        Ok((write, file))
    }
}

/// A form on its way in.
struct Form<'s> {
    fields: Map<String, Value>,
    file: Option<ReceivedFile>,
    most: u64,
    pace: Pace<'s>,
}

/// How long the next piece may take: what is slow from the beginning on, and what becomes slow.
struct Pace<'s> {
    settings: &'s UploadSettings,
    began: Instant,
    received: u64,
}

impl Pace<'_> {
    /// The next item of a stream, if it comes in time.
    async fn next<T>(&self, stream: &mut (impl Stream<Item = T> + Unpin)) -> Outcome<Option<T>> {
        let UploadSettings { grace, least_rate, longest, .. } = self.settings;
        let earned = Duration::from_secs(self.received.checked_div(*least_rate).unwrap_or(0));
        let allowed = grace.saturating_add(earned).min(*longest);
        tokio::time::timeout_at(self.began + allowed, stream.next())
            .await
            .map_err(|_| BODY_TOO_SLOW.refuse().into())
    }
}

impl<'s> Form<'s> {
    async fn receive(
        headers: &HeaderMap,
        payload: Payload,
        most: u64,
        settings: &'s UploadSettings,
    ) -> Outcome<Self> {
        let pace = Pace { settings, began: Instant::now(), received: 0 };
        let mut form = Form { fields: Map::new(), file: None, most, pace };
        let mut parts = Multipart::new(headers, bounded(payload, most.saturating_add(ENVELOPE)));
        let mut count = 0_usize;
        while let Some(part) = form.pace.next(&mut parts).await? {
            let part = part.map_err(|error| unreadable(&error, most))?;
            count = count.saturating_add(1);
            if count > MOST_FIELDS {
                return Err(MALFORMED
                    .because("表单字段过多", "the form has too many fields")
                    .into());
            }
            form.take(part).await?;
        }
        Ok(form)
    }

    async fn take(&mut self, part: Field) -> Outcome<()> {
        let name = part.name().unwrap_or_default().to_owned();
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        if self.fields.contains_key(&name) || (name == FILE && self.file.is_some()) {
            let fault = Fault::new("duplicate_field", "字段重复", "the field appears twice");
            return Err(MALFORMED.refuse().at(pointer, fault).into());
        }
        if name == FILE {
            self.file = Some(self.take_file(part).await?);
            return Ok(());
        }
        let text = self.take_text(part).await?;
        let text = text.ok_or_else(|| invalid().at(pointer, no_text()))?;
        self.fields.insert(name, Value::String(text));
        Ok(())
    }

    /// A field's text; nothing if it is none, or too long.
    async fn take_text(&mut self, mut part: Field) -> Outcome<Option<String>> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece(&mut part).await? {
            if bytes.len().saturating_add(piece.len()) > LONGEST_FIELD {
                return Ok(None);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(String::from_utf8(bytes).ok())
    }

    async fn take_file(&mut self, mut part: Field) -> Outcome<ReceivedFile> {
        let folder = &self.pace.settings.folder;
        let mut file = tokio::fs::File::from_std(tempfile::tempfile_in(folder).map_err(no_room)?);
        let name = part.content_disposition().map_or_else(String::new, sent_name);
        let (mut size, mut digest) = (0_u64, sha2::Sha256::new());
        while let Some(piece) = self.piece(&mut part).await? {
            size = size.saturating_add(length(&piece));
            if size > self.most {
                return Err(body::too_large(self.most));
            }
            digest.update(&piece);
            file.write_all(&piece).await.map_err(no_room)?;
        }
        file.flush().await.map_err(no_room)?;
        file.rewind().await.map_err(no_room)?;
        let sha256 = Sha256(digest.finalize().into());
        Ok(ReceivedFile { file: file.into_std().await, size, sha256, name: FileName::of(&name) })
    }

    async fn piece(&mut self, part: &mut Field) -> Outcome<Option<Bytes>> {
        let piece = self.pace.next(part).await?.transpose();
        let piece = piece.map_err(|error| unreadable(&error, self.most))?;
        let arrived = piece.as_ref().map_or(0, length);
        self.pace.received = self.pace.received.saturating_add(arrived);
        Ok(piece)
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// The file's name as its sender spells it.
fn sent_name(disposition: &actix_web::http::header::ContentDisposition) -> String {
    let extended = disposition.get_filename_ext().map(|name| name.value.clone());
    let extended = extended.and_then(|name| String::from_utf8(name).ok());
    extended.or_else(|| disposition.get_filename().map(str::to_owned)).unwrap_or_default()
}

/// The body, broken off when it becomes longer than announced or allowed.
fn bounded(
    payload: Payload,
    most: u64,
) -> impl Stream<Item = Result<Bytes, PayloadError>> + 'static {
    let mut received = 0_u64;
    payload.map(move |piece| {
        let piece = piece?;
        received = received.saturating_add(length(&piece));
        if received > most { Err(PayloadError::Overflow) } else { Ok(piece) }
    })
}

fn unreadable(error: &MultipartError, most: u64) -> Failure {
    if matches!(error, MultipartError::Payload(PayloadError::Overflow)) {
        return body::too_large(most);
    }
    MALFORMED
        .because(format!("表单无法读取:{error}"), format!("the form cannot be read: {error}"))
        .into()
}

fn no_room(error: std::io::Error) -> Failure {
    tracing::error!(%error, "an upload could not be kept");
    UNAVAILABLE.refuse().into()
}

fn no_text() -> Fault {
    Fault::new(
        "text_malformed",
        "应为 UTF-8 文本,且不超过 100 KiB",
        "text in UTF-8 of at most 100 KiB is expected",
    )
}
