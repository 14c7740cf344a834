//! The reference: an actix handler that answers every request with the same bytes.
//!
//! `constant ADDRESS FILE` serves the bytes of FILE, so that it sends exactly what the market
//! sends, without doing anything for it.

use std::{env, fs, io};

use actix_web::{App, HttpResponse, HttpServer, web};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let usage = || io::Error::other("usage: constant ADDRESS FILE");
    let address = arguments.next().ok_or_else(usage)?;
    let body = web::Bytes::from(fs::read(arguments.next().ok_or_else(usage)?)?);
    HttpServer::new(move || {
        let body = body.clone();
        App::new().default_service(web::to(move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        }))
    })
    .workers(2)
    .bind(address)?
    .run()
    .await
}
