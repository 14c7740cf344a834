//! Feeds: everything that changes, followed from page to page for as long as one likes.
//!
//! A list ends; a feed does not: every page says where to go on, also one with nothing new.

use std::fmt::Display;

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use futures::future::{Ready, ready};
use kernel::Refusal;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Answer, CursorKey, Problem, Settings,
    authenticate::missing,
    page::{LIMIT_DEFAULT, Signer, limit_of},
    query::{self, FromPairs},
    refusals::CURSOR_INVALID,
};

/// The parameters that every feed takes, for the API description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what `Feed` reads")]
pub struct FeedParams {
    /// Where to go on: `next_after` of the page before; from the beginning if left out.
    after: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
}

/// A request for what has changed.
#[derive(Debug)]
pub struct Feed {
    /// How many items at most: 1 … 100.
    pub limit: i64,
    after: Option<String>,
    sign: Signer,
}

/// A page of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedView<T> {
    /// What has changed, each thing once, as it is now; what changed last comes last.
    pub items: Vec<T>,
    /// Give it as `after` to get what changes from now on. Never null: with nothing new it leads
    /// to the same place again. A page that is not full is the last for now.
    pub next_after: String,
}

impl Feed {
    /// Where the page before ended; `None` from the beginning. `reader` is whose feed it is: nobody
    /// goes on where others have been.
    ///
    /// # Errors
    /// 400 `cursor_invalid` if it is no end of a page of this reader's feed.
    pub fn after<K: DeserializeOwned>(&self, reader: &impl Display) -> Result<Option<K>, Refusal> {
        let Some(after) = &self.after else { return Ok(None) };
        let opened = self.sign.key.open(&self.list(reader), after);
        opened.map(Some).ok_or_else(|| CURSOR_INVALID.refuse())
    }

    /// The answer with a page that ends at `place`.
    ///
    /// # Errors
    /// Only if a view cannot be written as JSON.
    pub fn answer<T: Serialize>(
        &self,
        reader: &impl Display,
        items: Vec<T>,
        place: &impl Serialize,
    ) -> Answer {
        let next_after = self.sign.key.sign(&self.list(reader), place);
        let next_after = next_after.ok_or_else(|| missing("cursor"))?;
        Ok(HttpResponse::Ok().json(FeedView { items, next_after }))
    }

    fn list(&self, reader: &impl Display) -> String {
        format!("{} {reader}", self.sign.list)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedForm {
    after: Option<String>,
    limit: Option<String>,
}

impl FromRequest for Feed {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(settings) = request.app_data::<Data<Settings>>() else {
            return ready(Err(missing("settings").into()));
        };
        let feed = read(request.path(), request.query_string(), &settings.key);
        ready(feed.map_err(Problem::from))
    }
}

fn read(path: &str, query: &str, key: &CursorKey) -> Result<Feed, Refusal> {
    let FeedForm { after, limit } = FeedForm::from_pairs(&query::pairs(query)?)?;
    let limit = limit.as_deref().map_or(Ok(LIMIT_DEFAULT), limit_of)?;
    Ok(Feed { limit, after, sign: Signer { key: key.clone(), list: path.to_owned() } })
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;

    use super::*;

    fn read_feed(query: &str) -> Result<Feed, Refusal> {
        read("/things/changes", query, &CursorKey::new([1; 32]))
    }

    #[test]
    fn a_page_says_where_to_go_on_even_with_nothing_new() {
        let first = read_feed("limit=2").unwrap();
        assert_eq!((first.limit, first.after::<i64>(&"office").unwrap()), (2, None));
        let body = first.answer(&"office", Vec::<u8>::new(), &7_i64).unwrap().into_body();
        let body: serde_json::Value =
            serde_json::from_slice(&body.try_into_bytes().unwrap()).unwrap();
        let next = body["next_after"].as_str().unwrap();
        let second = read_feed(&format!("after={next}")).unwrap();
        assert_eq!(second.after::<i64>(&"office").unwrap(), Some(7));
        let refusal = second.after::<i64>(&"another").unwrap_err();
        assert_eq!(refusal.reason.code, "cursor_invalid");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (query, status, pointer) in
            [("limit=101", 422, "?limit"), ("limit=x", 422, "?limit"), ("cursor=x", 400, "?cursor")]
        {
            let refusal = read_feed(query).unwrap_err();
            assert_eq!(refusal.reason.status.code(), status, "{query}");
            assert_eq!(refusal.fields[0].pointer, pointer, "{query}");
        }
    }
}
