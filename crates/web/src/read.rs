//! A GET.

use std::{future::Future, net::IpAddr};

use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, dev::Payload, web::Data};
use futures::{FutureExt, future::LocalBoxFuture};
use kernel::Caller;
use serde::Serialize;
use store::{Db, Outcome, Reader};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    Answer, Gates, Language, Page, Problem, RequestId, Resource, Settings,
    authenticate::{caller, missing},
    client_address, conditional,
    head::NoBodyWanted,
    refusals::OVERLOADED,
};

/// A request to read: who asks, and in which language.
pub struct Read {
    request: HttpRequest,
    caller: Caller,
    db: Data<Db>,
    /// Its place among the reads that are served at once; given back with the answer.
    _place: OwnedSemaphorePermit,
}

impl FromRequest for Read {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let caller = caller(&request).await?;
            let db = request.app_data::<Data<Db>>().cloned().ok_or_else(|| missing("database"))?;
            let settings: &Data<Settings> =
                request.app_data().ok_or_else(|| missing("settings"))?;
            let place = settings.gates.reads.enter().await;
            let place = place.ok_or_else(|| OVERLOADED.refuse())?;
            Ok(Self { request, caller, db, _place: place })
        }
        .boxed_local()
    }
}

impl Read {
    /// Who asks.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The request's id, for what is recorded about it.
    #[must_use]
    pub fn request_id(&self) -> String {
        let names = self.request.extensions();
        names.get::<RequestId>().map(|names| names.id.clone()).unwrap_or_default()
    }

    /// Is the answer's body read, and not only its head?
    #[must_use]
    pub fn wants_body(&self) -> bool {
        self.request.extensions().get::<NoBodyWanted>().is_none()
    }

    /// The server's gates, for what takes longer than reads do.
    ///
    /// # Errors
    /// Only if the server was put together without them.
    pub fn gates(&self) -> Outcome<Gates> {
        let settings: Option<&Data<Settings>> = self.request.app_data();
        Ok(settings.ok_or_else(|| missing("settings"))?.gates.clone())
    }

    /// From which address it comes.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        let settings: Option<&Data<Settings>> = self.request.app_data();
        let trusted = settings.map_or(&[][..], |settings| &settings.trusted_proxies);
        client_address(&self.request, trusted)
    }

    pub(crate) const fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The language that the caller reads.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::of(self.request.headers())
    }

    /// The database, for what runs on its own connection.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// A read-only connection.
    pub fn conn(&self) -> impl Future<Output = Outcome<Reader>> + '_ {
        self.db.reader()
    }

    /// The answer that shows a thing: with its `ETag`, or 304 if the client has that version.
    ///
    /// # Errors
    /// Only if the view cannot be written as JSON.
    pub fn show<V: Resource + Serialize>(&self, view: V) -> Answer {
        let body = serde_json::to_string(&view)?;
        let etag = conditional::etag(view.version(), &body);
        Ok(conditional::answer(self.request.headers(), etag, body))
    }

    /// The answer that shows something that has no version of its own: its `ETag` is its digest.
    ///
    /// # Errors
    /// Only if the view cannot be written as JSON.
    pub fn show_as_it_is<V: Serialize>(&self, view: &V) -> Answer {
        conditional::show_as_it_is(&self.request, view)
    }

    /// The answer that shows what has no version of its own.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub fn json<V: Serialize>(&self, view: &V) -> Answer {
        Ok(HttpResponse::Ok().json(view))
    }

    /// The answer that shows a page of a list.
    ///
    /// # Errors
    /// Only if a view cannot be written as JSON.
    pub fn list<V: Serialize>(&self, page: Page<V>) -> Answer {
        Ok(HttpResponse::Ok().json(page.into_view()))
    }
}
