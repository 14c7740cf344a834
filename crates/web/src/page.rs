//! Lists, a page at a time.

use std::marker::PhantomData;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use futures::future::{Ready, ready};
use kernel::{Fault, Refusal};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::{
    CursorKey, FromPairs, Problem, Settings, authenticate::missing, faults, invalid, query,
    refusals::CURSOR_INVALID,
};

pub(crate) const LIMIT_DEFAULT: i64 = 20;
const LIMIT_MAX: i64 = 100;

/// The parameters that every list takes, for the API description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what `Paged` reads")]
pub struct PageParams {
    /// How many items at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// Where to go on: `next_cursor` of the page before, with the same filters.
    cursor: Option<String>,
    /// Count all matching items into `total` (slower).
    #[param(default = false)]
    count: Option<bool>,
}

/// Of a list without filters of its own.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// A request for a page: the list's own filters `F`, and where to go on, a `K`.
#[derive(Debug)]
pub struct Paged<F, K> {
    /// The list's own filters.
    pub filter: F,
    /// How many items at most: 1 … 100. Load one more to know whether there is a next page.
    pub limit: i64,
    /// The key of the last item of the page before.
    pub after: Option<K>,
    /// Is the number of all matching items wanted?
    pub count: bool,
    sign: Signer,
    key: PhantomData<K>,
}

#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) key: CursorKey,
    pub(crate) list: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.list)
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct Page<T> {
    items: Vec<T>,
    next_cursor: Option<String>,
    total: Option<i64>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageView<T> {
    /// The items.
    pub items: Vec<T>,
    /// Give it as `cursor` to get the next page; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// How many items there are in all; only with `?count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub total: Option<i64>,
}

impl<F, K: Serialize> Paged<F, K> {
    /// The page made of `rows`, of which one more than `limit` was loaded; `key` is what the
    /// list is ordered by.
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K, total: Option<i64>) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = if more { rows.last() } else { None };
        let next_cursor = last.and_then(|last| self.sign.key.sign(&self.sign.list, &key(last)));
        Page { items: rows, next_cursor, total }
    }
}

impl<T> Page<T> {
    /// The page with each item shown as a view.
    pub fn map<V>(self, view: impl FnMut(T) -> V) -> Page<V> {
        let Self { items, next_cursor, total } = self;
        Page { items: items.into_iter().map(view).collect(), next_cursor, total }
    }

    /// The answer's body.
    #[must_use]
    pub fn into_view(self) -> PageView<T> {
        let Self { items, next_cursor, total } = self;
        PageView { items, next_cursor, total }
    }
}

impl<F: FromPairs, K: DeserializeOwned> FromRequest for Paged<F, K> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(settings) = request.app_data::<Data<Settings>>() else {
            return ready(Err(missing("settings").into()));
        };
        let paged = read(request.path(), request.query_string(), &settings.key);
        ready(paged.map_err(Problem::from))
    }
}

/// How many items are asked for.
pub(crate) fn limit_of(text: &str) -> Result<i64, Refusal> {
    let limit = text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
    limit.ok_or_else(|| invalid().at("?limit", faults::limit_out_of_range()))
}

fn read<F: FromPairs, K: DeserializeOwned>(
    path: &str,
    query: &str,
    key: &CursorKey,
) -> Result<Paged<F, K>, Refusal> {
    let (own, filters): (Vec<_>, Vec<_>) = query::pairs(query)?
        .into_iter()
        .partition(|(name, _)| matches!(name.as_str(), "limit" | "cursor" | "count"));
    let value = |wanted: &str| own.iter().find(|(name, _)| name == wanted).map(|(_, v)| v.as_str());

    let limit = value("limit").map_or(Ok(LIMIT_DEFAULT), limit_of)?;
    let count = match value("count") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            let fault = Fault::new("unknown_value", "应为 true 或 false", "true or false");
            return Err(invalid().at("?count", fault));
        }
    };
    // A cursor belongs to a path and its filters: under others it would skip or repeat items.
    let mut named = filters.clone();
    named.sort();
    let list = format!("{path}?{}", serde_urlencoded::to_string(&named).unwrap_or_default());
    let after = match value("cursor") {
        None => None,
        Some(cursor) => Some(key.open(&list, cursor).ok_or_else(|| CURSOR_INVALID.refuse())?),
    };
    let sign = Signer { key: key.clone(), list };
    Ok(Paged { filter: F::from_pairs(&filters)?, limit, after, count, sign, key: PhantomData })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        kind: Option<String>,
        #[expect(dead_code, reason = "only read by the deserialiser")]
        trl: Option<u8>,
    }

    fn read_page(query: &str) -> Result<Paged<Filter, i64>, Refusal> {
        read("/things", query, &CursorKey::new([1; 32]))
    }

    #[test]
    fn a_page_leads_to_the_next_with_the_same_filters_only() {
        let first = read_page("limit=2&kind=a").unwrap();
        let page = first.page(vec![1, 2, 3], |n| *n, None);
        assert_eq!(page.items, [1, 2]);
        let cursor = page.next_cursor.unwrap();
        let second = read_page(&format!("kind=a&cursor={cursor}&limit=5")).unwrap();
        assert_eq!(
            (second.after, second.limit, second.filter.kind.as_deref()),
            (Some(2), 5, Some("a"))
        );
        let refusal = read_page(&format!("kind=b&cursor={cursor}")).unwrap_err();
        assert_eq!(refusal.reason.code, "cursor_invalid");
        assert!(second.page(vec![3], |n| *n, None).next_cursor.is_none());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (query, status, pointer) in [
            ("limit=0", 422, "?limit"),
            ("limit=1000000000", 422, "?limit"),
            ("limit=x", 422, "?limit"),
            ("count=maybe", 422, "?count"),
            ("unknown=1", 400, "?unknown"),
            ("trl=x", 400, "?trl"),
        ] {
            let refusal = read_page(query).unwrap_err();
            assert_eq!(refusal.reason.status.code(), status, "{query}");
            assert_eq!(refusal.fields[0].pointer, pointer, "{query}");
        }
    }
}
