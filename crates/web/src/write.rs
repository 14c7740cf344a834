//! A POST, PUT, PATCH or DELETE.

use std::{marker::PhantomData, net::IpAddr};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::{
        StatusCode,
        header::{ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION},
    },
    web::Data,
};
use futures::{FutureExt, future::LocalBoxFuture};
use kernel::{Caller, Id, Kind, Version};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Command, Db, Kept, KeyUse, Outcome, Request};
use tokio::sync::OwnedSemaphorePermit;
use utoipa::ToSchema;

use crate::{
    Answer, Class, Language, Precondition, Problem, RequestId, Resource, Settings, Short,
    authenticate::{caller, missing},
    body, check_json, client_address, conditional,
    refusals::{KEY_MALFORMED, OVERLOADED, VERSION_REQUIRED},
};

/// Only who has signed in may send this; checked before the body is read.
#[derive(Debug)]
pub enum SignedIn {}
/// Anyone may send this; an `Authorization` header is not looked at, so that a client may send its
/// expired token along.
#[derive(Debug)]
pub enum Anyone {}

/// Who may send a write at all.
pub trait Sender: 'static {
    /// Must somebody have signed in?
    const SIGNED_IN: bool;
}
impl Sender for SignedIn {
    const SIGNED_IN: bool = true;
}
impl Sender for Anyone {
    const SIGNED_IN: bool = false;
}

/// The body of an act that needs no words: nothing, or `{}`.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoBody {}

/// A request to change something: its body as a `T`, and everything that the write door needs.
/// `S` says who may send it, `G` at which gate it waits.
pub struct Write<T, S = SignedIn, G = Short> {
    /// The body.
    pub body: T,
    pub(crate) http: HttpRequest,
    pub(crate) db: Data<Db>,
    settings: Data<Settings>,
    pub(crate) request: Request,
    /// Its place among those of its class that are served at once; given back with the answer.
    place: OwnedSemaphorePermit,
    marks: PhantomData<(S, G)>,
}

impl<T: DeserializeOwned + 'static, S: Sender, G: Class> FromRequest for Write<T, S, G> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let http = request.clone();
        let payload = payload.take();
        async move {
            let caller = if S::SIGNED_IN { caller(&http).await? } else { Caller::Anyone };
            if S::SIGNED_IN && caller.actor().is_none() {
                return Err(kernel::UNAUTHENTICATED.refuse().into());
            }
            let db = http.app_data::<Data<Db>>().cloned().ok_or_else(|| missing("database"))?;
            let settings: Data<Settings> =
                http.app_data().cloned().ok_or_else(|| missing("settings"))?;
            let arrived = body::read(&http, payload, &settings).await?;
            let bytes = &arrived.bytes;
            // Only now: a body that dribbles in must not keep a place from those that have come.
            let place = G::gate(&settings.gates).enter().await;
            let place = place.ok_or_else(|| OVERLOADED.refuse())?;
            body::expect_json(&http, bytes)?;
            let body = check_json(if bytes.is_empty() { b"{}" } else { bytes })?;
            Ok(Self::admit(http, caller, db, settings, place, body, bytes)?)
        }
        .boxed_local()
    }
}

impl<T> Write<T, SignedIn> {
    /// The write that an upload becomes when it has arrived. It keeps its place among uploads:
    /// what it has still to do may take long, and must not keep other writes waiting.
    pub(crate) fn of_upload(
        http: HttpRequest,
        caller: Caller,
        db: Data<Db>,
        settings: Data<Settings>,
        place: OwnedSemaphorePermit,
        body: T,
        sent: &[u8],
    ) -> Outcome<Self> {
        Self::admit(http, caller, db, settings, place, body, sent)
    }
}

impl<T, S, G> Write<T, S, G> {
    /// A write whose body has come: `sent` is what it says, for telling a repeated request.
    fn admit(
        http: HttpRequest,
        caller: Caller,
        db: Data<Db>,
        settings: Data<Settings>,
        place: OwnedSemaphorePermit,
        body: T,
        sent: &[u8],
    ) -> Outcome<Self> {
        let key = key_use(&http, &caller, &settings, sent)?;
        let id = http.extensions().get::<RequestId>().map(|names| names.id.clone());
        let request = Request { caller, id: id.unwrap_or_default(), key };
        Ok(Self { body, http, db, settings, request, place, marks: PhantomData })
    }

    /// Who asks.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.request.caller
    }

    /// The language that the caller reads.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::of(self.http.headers())
    }

    /// From which address the request comes.
    #[must_use]
    pub fn client(&self) -> IpAddr {
        client_address(&self.http, &self.settings.trusted_proxies)
    }

    /// A new id, for what has to be named before the command runs.
    #[must_use]
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        let now = u64::try_from(self.db.clock().now().timestamp_millis()).unwrap_or(0);
        Id::from_parts(now, &rand::random())
    }

    /// The database, for what must be read or computed before the transaction.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The version that the caller means.
    ///
    /// # Errors
    /// 428 without `If-Match`; 412 if it cannot match.
    pub fn if_match(&self) -> Outcome<Version> {
        self.if_match_optional()?.ok_or_else(|| VERSION_REQUIRED.refuse().into())
    }

    /// The version that the caller means, where naming one is optional.
    ///
    /// # Errors
    /// 412 if it cannot match.
    pub fn if_match_optional(&self) -> Outcome<Option<Version>> {
        conditional::if_match(self.http.headers())
    }

    /// What the caller supposes of the thing that a PUT replaces.
    ///
    /// # Errors
    /// As [`Precondition::of`].
    pub fn precondition(&self) -> Outcome<Precondition> {
        conditional::precondition(self.http.headers())
    }

    /// Runs the command and answers with the thing and its `ETag`: 201 with its address if it is
    /// new, else 200.
    ///
    /// # Errors
    /// What the command refuses.
    pub async fn put<C: Command, V: Serialize + Resource>(
        self,
        command: C,
        is_new: impl Fn(&C::Output) -> bool + Send + Sync + 'static,
        view: impl Fn(&C::Output) -> V + Send + Sync + 'static,
    ) -> Answer {
        self.answer(command, StatusCode::OK, move |output| {
            let status = if is_new(output) { StatusCode::CREATED } else { StatusCode::OK };
            rendered(status, &view(output))
        })
        .await
    }

    /// Runs the command and answers 201 with the new thing, its address and its `ETag`.
    ///
    /// # Errors
    /// What the command refuses.
    pub async fn create<C: Command, V: Serialize + Resource>(
        self,
        command: C,
        view: impl Fn(&C::Output) -> V + Send + Sync + 'static,
    ) -> Answer {
        let status = StatusCode::CREATED;
        self.answer(command, status, move |output| rendered(status, &view(output))).await
    }

    /// Runs the command and answers 202 with the new thing, which is yet to be done, and its address.
    ///
    /// # Errors
    /// What the command refuses.
    pub async fn accept<C: Command, V: Serialize + Resource>(
        self,
        command: C,
        view: impl Fn(&C::Output) -> V + Send + Sync + 'static,
    ) -> Answer {
        let status = StatusCode::ACCEPTED;
        self.answer(command, status, move |output| rendered(status, &view(output))).await
    }

    /// Runs the command and answers 200 with the changed thing and its `ETag`.
    ///
    /// # Errors
    /// What the command refuses.
    pub async fn change<C: Command, V: Serialize + Resource>(
        self,
        command: C,
        view: impl Fn(&C::Output) -> V + Send + Sync + 'static,
    ) -> Answer {
        let status = StatusCode::OK;
        self.answer(command, status, move |output| rendered(status, &view(output))).await
    }

    /// Runs the command on behalf of this request and gives what came of it, without keeping an
    /// answer: for answers with secrets, which are never stored.
    ///
    /// # Errors
    /// What the command refuses.
    pub async fn run<C: Command>(&self, command: C) -> Outcome<C::Output> {
        self.db.write_for(self.request.clone(), command).await
    }

    async fn answer<C: Command>(
        self,
        command: C,
        status: StatusCode,
        render: impl Fn(&C::Output) -> Outcome<Kept> + Send + Sync + 'static,
    ) -> Answer {
        let _place = self.place;
        let kept = self.db.answer(self.request, command, render).await?;
        Ok(sent(kept, status))
    }
}

/// The answer that shows a thing, as it is kept.
pub(crate) fn rendered<V: Serialize + Resource>(status: StatusCode, view: &V) -> Outcome<Kept> {
    let body = serde_json::to_string(view)?;
    Ok(Kept {
        status: status.as_u16(),
        etag: Some(conditional::etag(view.version(), &body)),
        location: matches!(status, StatusCode::CREATED | StatusCode::ACCEPTED)
            .then(|| view.location()),
        body,
    })
}

/// A kept answer, as it is sent.
pub(crate) fn sent(kept: Kept, otherwise: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(kept.status).unwrap_or(otherwise));
    if let Some(etag) = kept.etag {
        response.insert_header((ETAG, etag));
    }
    if let Some(location) = kept.location {
        response.insert_header((LOCATION, location));
    }
    response.content_type("application/json").body(kept.body)
}

/// The use of the request's `Idempotency-Key`, if it has one. Keys of different callers never
/// meet: an account's are its own, and who has not signed in is told apart by address.
fn key_use(
    http: &HttpRequest,
    caller: &Caller,
    settings: &Settings,
    body: &[u8],
) -> Outcome<Option<KeyUse>> {
    let Some(key) = http.headers().get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().map(str::trim).unwrap_or_default();
    if !(1..=255).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(KEY_MALFORMED.refuse().into());
    }
    let caller = caller.actor().map_or_else(
        || format!("anyone at {}", client_address(http, &settings.trusted_proxies)),
        |actor| actor.account.to_string(),
    );
    let (method, path) = (http.method().as_str().as_bytes(), http.path().as_bytes());
    // A repeated request means the same version; one that means another is another request.
    let meant = http.headers().get(IF_MATCH).or_else(|| http.headers().get(IF_NONE_MATCH));
    let meant = meant.map_or(&b""[..], |value| value.as_bytes());
    let fingerprint = settings.key.digest(&[method, path, meant, body]);
    Ok(Some(KeyUse { caller, key: key.to_owned(), fingerprint }))
}
