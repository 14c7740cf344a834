//! The application: everything that a request may need, put together.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, HttpRequest, HttpServer,
    dev::Server,
    http::header::CONTENT_SECURITY_POLICY,
    middleware::{DefaultHeaders, from_fn},
    web::{Data, redirect, scope, to},
};
use listing::{SearchIndex, Views};
use matching::MatchIndex;
use parties::Authenticator;
use store::Db;
use utoipa_swagger_ui::{Config, SwaggerUi};
use web::{Authenticate, Settings, cors, guard, head_as_get};

use crate::{
    draining::{self, Draining},
    ports::Ports,
    routes::{self, Known},
    site::Site,
};

/// Swagger UI needs its own scripts, styles written into elements, and nothing from elsewhere.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     frame-ancestors 'none'";
/// How long answers may take to be sent when the server stops.
const SHUTDOWN_SECONDS: u64 = 5;

/// What the application is made of.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Who tells from a token who asks.
    pub authenticator: Authenticator,
    /// The edge's settings.
    pub settings: Settings,
    /// Where files are kept.
    pub attachments: listing::AttachmentStore,
    /// This server's match index.
    pub index: Arc<MatchIndex>,
    /// What this server counts of looks at listings.
    pub views: Arc<Views>,
    /// This server's search index.
    pub search: Arc<SearchIndex>,
    /// The web site on which people read what is public.
    pub site: Site,
    /// Web pages that may call.
    pub cors_origins: Vec<String>,
    /// Whether the server is going down.
    pub draining: Draining,
    /// Threads that serve.
    pub workers: usize,
}

/// Serves on the listener until stopped.
///
/// # Errors
/// If the listener cannot be used.
pub fn serve(parts: Parts, listener: TcpListener) -> io::Result<Server> {
    let workers = parts.workers;
    let ports = Arc::new(Ports);
    let server = HttpServer::new(move || {
        let (app, document) = routes::describe(App::new());
        let known = Known::of(&document);
        let authenticate: Arc<dyn Authenticate> = Arc::new(parts.authenticator.clone());
        let listing: Arc<dyn listing::Ports> = ports.clone();
        let matching: Arc<dyn matching::ports::Ports> = ports.clone();
        let contracts: Arc<dyn contracts::ports::Ports> = ports.clone();
        let docs = scope("")
            .wrap(DefaultHeaders::new().add((CONTENT_SECURITY_POLICY, DOCS_POLICY)))
            .service(redirect("/", "/docs/"))
            .service(redirect("/docs", "/docs/"))
            .service(
                SwaggerUi::new("/docs/{_:.*}")
                    .url("/openapi.json", document)
                    // Who tries a deal out is several people, and reloads the page.
                    .config(Config::default().persist_authorization(true)),
            );
        app.app_data(Data::new(parts.db.clone()))
            .app_data(Data::new(parts.settings.clone()))
            .app_data(Data::new(parts.authenticator.clone()))
            .app_data(Data::new(parts.attachments.clone()))
            .app_data(Data::new(parts.draining.clone()))
            .app_data(Data::new(parts.site.clone()))
            .app_data(Data::from(Arc::clone(&parts.index)))
            .app_data(Data::from(Arc::clone(&parts.views)))
            .app_data(Data::from(Arc::clone(&parts.search)))
            .app_data(Data::from(authenticate))
            .app_data(Data::from(listing))
            .app_data(Data::from(matching))
            .app_data(Data::from(contracts))
            .service(docs)
            .default_service(to(move |request: HttpRequest| {
                let answer = known.answer(&request);
                async move { answer }
            }))
            .wrap(from_fn(head_as_get))
            .wrap(cors(&parts.cors_origins))
            .wrap(from_fn(guard))
            .wrap(from_fn(draining::count))
    })
    .workers(workers)
    .client_request_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(60))
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}
