//! The web site on which people read what is public, and its map for search engines
//! (sitemaps.org).

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web::Data};
use anyhow::Context;
use chrono::{DateTime, SecondsFormat, Utc};
use kernel::{Id, kinds};
use parties::model::ShortName;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use store::{Outcome, refusals::NOT_FOUND};
use utoipa_actix_web::service_config::ServiceConfig;
use web::{Answer, Path, Read, ReadProblems, apart};

/// Addresses on one part of the map: it may be 50,000 and 50 MB.
const ON_A_PART: i64 = 10_000;
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The address of the web site, without a slash at its end.
#[derive(Clone, Debug)]
pub struct Site(String);

impl Site {
    /// The site at this address.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self(address.trim_end_matches('/').to_owned())
    }

    /// Where people read an organisation's page.
    #[must_use]
    pub fn showcase(&self, short_name: &ShortName) -> String {
        format!("{}/showcases/{short_name}", self.0)
    }

    fn listing(&self, id: Id<kinds::Listing>) -> String {
        format!("{}/listings/{id}", self.0)
    }

    fn part(&self, part: &str) -> String {
        format!("{}/sitemaps/{part}.xml", self.0)
    }
}

/// The routes, outside of `/api/v1`.
pub(crate) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_sitemap).service(get_sitemap_part);
}

/// Read the map of what is public, for search engines
///
/// Names the parts of the map (sitemaps.org). The web site serves it under its own address,
/// `MARKET_SITE_URL`, with which all addresses in it begin.
#[utoipa::path(
    tag = "operation",
    operation_id = "get_sitemap",
    security(()),
    responses(
        ReadProblems,
        (status = 200, description = "The map.", content_type = "application/xml", body = String),
    )
)]
#[get("/sitemap.xml")]
async fn get_sitemap(read: Read, site: Data<Site>) -> Answer {
    let mut conn = read.conn().await?;
    let firsts = listing::queries::public_firsts(&mut conn, ON_A_PART).await?;
    drop(conn);
    let names = firsts.into_iter().map(|first| format!("listings-{first}"));
    let names = std::iter::once("showcases".to_owned()).chain(names);
    let places = names.map(|name| Place { address: site.part(&name), changed: None });
    answer(places.collect(), Level::Index).await
}

/// Read a part of the map of what is public
///
/// `showcases`, or `listings-` and the first listing on it, as `GET /sitemap.xml` names them: what
/// is taken back meanwhile moves nothing from one part to another.
#[utoipa::path(
    tag = "operation",
    operation_id = "get_sitemap_part",
    security(()),
    params(("part" = String, Path, description = "Which part.", example = "listings-019a3d0c-0000-7000-8000-000000000001")),
    responses(
        ReadProblems,
        (status = 200, description = "The part.", content_type = "application/xml", body = String),
    )
)]
#[get("/sitemaps/{part}.xml")]
async fn get_sitemap_part(read: Read, site: Data<Site>, part: Path<String>) -> Answer {
    let mut conn = read.conn().await?;
    if part.0 == "showcases" {
        let names = parties::queries::showcase_names(&mut conn, ON_A_PART).await?;
        drop(conn);
        let places = names
            .into_iter()
            .map(|(name, at)| Place { address: site.showcase(&name), changed: Some(at) });
        return answer(places.collect(), Level::Part).await;
    }
    let first = part.0.strip_prefix("listings-").and_then(|first| first.parse().ok());
    let first = first.ok_or_else(|| NOT_FOUND.refuse())?;
    let listings = listing::queries::public_listings(&mut conn, first, ON_A_PART).await?;
    drop(conn);
    if listings.is_empty() {
        return Err(NOT_FOUND.refuse().into());
    }
    let places =
        listings.into_iter().map(|(id, at)| Place { address: site.listing(id), changed: Some(at) });
    answer(places.collect(), Level::Part).await
}

/// A page, or a part of the map.
struct Place {
    address: String,
    changed: Option<DateTime<Utc>>,
}

/// What a document names.
#[derive(Clone, Copy)]
enum Level {
    /// Parts of the map.
    Index,
    /// Pages.
    Part,
}

async fn answer(places: Vec<Place>, level: Level) -> Answer {
    let document = apart(move || document(&places, level)).await??;
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/xml").insert_header((CACHE_CONTROL, "public, max-age=3600"));
    Ok(answer.body(document))
}

fn document(places: &[Place], level: Level) -> Outcome<Vec<u8>> {
    let (whole, one) = match level {
        Level::Index => ("sitemapindex", "sitemap"),
        Level::Part => ("urlset", "url"),
    };
    let mut writer = Writer::new(Vec::new());
    let written = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let written = written.and_then(|()| {
        writer
            .create_element(whole)
            .with_attribute(("xmlns", NAMESPACE))
            .write_inner_content(|writer| {
                places.iter().try_for_each(|place| write_place(writer, one, place))
            })
            .map(|_| ())
    });
    written.context("writing XML")?;
    Ok(writer.into_inner())
}

fn write_place(writer: &mut Writer<Vec<u8>>, name: &str, place: &Place) -> std::io::Result<()> {
    let text = |writer: &mut Writer<Vec<u8>>, name: &str, text: &str| {
        writer.create_element(name).write_text_content(BytesText::new(text)).map(|_| ())
    };
    let inner = |writer: &mut Writer<Vec<u8>>| {
        text(writer, "loc", &place.address)?;
        match place.changed {
            Some(at) => text(writer, "lastmod", &at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            None => Ok(()),
        }
    };
    writer.create_element(name).write_inner_content(inner).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_xml_demands() {
        let at = "2026-03-01T08:00:00Z".parse().unwrap();
        let places = [Place { address: "https://a.cn/?a=1&b=2".to_owned(), changed: Some(at) }];
        let written = String::from_utf8(document(&places, Level::Part).unwrap()).unwrap();
        assert_eq!(
            written,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url>\
             <loc>https://a.cn/?a=1&amp;b=2</loc><lastmod>2026-03-01T08:00:00Z</lastmod>\
             </url></urlset>"
        );
    }
}
