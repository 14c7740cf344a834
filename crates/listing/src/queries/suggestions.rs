//! What others have written of which somebody has begun to type: keywords and titles of what is
//! published now, and nothing else.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use ::store::{Db, Outcome};
use kernel::{Fault, Id, Line, ListingStatus, kinds};
use web::{apart, invalid};

use super::search::listing_id;
use crate::{
    index::{Gather, Order, SearchIndex},
    model::{Reading, TextQuery},
    store::{self, SummaryRow, Wanted},
};

/// From how many listings, the newest, suggestions are taken.
const LISTINGS: usize = 100;
/// How many keywords are suggested at most.
const KEYWORDS: usize = 5;
/// How many suggestions are made at most.
const SUGGESTIONS: usize = 10;

kernel::words! {
    /// What is suggested.
    pub enum SuggestionKind {
        /// A keyword of listings.
        Keyword = "keyword", "关键词", "keyword";
        /// The title of a listing.
        Title = "title", "标题", "title";
    }
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suggestion {
    pub(crate) kind: SuggestionKind,
    pub(crate) text: String,
    /// Whose title it is.
    pub(crate) listing_id: Option<Id<kinds::Listing>>,
}

/// What may be meant by what has been typed so far.
///
/// # Errors
/// 422 `invalid` if there is no word in it; 503 `index_not_ready`.
pub(crate) async fn suggestions(
    index: &Arc<SearchIndex>,
    db: &Db,
    typed: &Line<100>,
) -> Outcome<Vec<Suggestion>> {
    let typed = typed.to_string();
    let text = apart(move || TextQuery::being_typed(&typed)).await?;
    let text = text.ok_or_else(|| invalid().at("?q", no_words()))?;
    let gather = Gather {
        conditions: Vec::new(),
        price_max: None,
        order: Order::Newest,
        after: None,
        limit: LISTINGS,
        facets: false,
    };
    let volume = index.fresh(db).await?;
    let gathered = index.find_named(&volume, text.clone(), gather).await?;
    let ids: Vec<_> = gathered.hits.iter().map(|hit| listing_id(*hit)).collect();
    let published = Wanted { status: Some(ListingStatus::Published), ..Wanted::default() };
    let mut rows = store::shown(&mut *db.reader().await?, &published, &ids).await?;
    rows.sort_by_key(|row| Reverse((row.published_at, row.id)));
    apart(move || suggested(&rows, &text)).await
}

fn suggested(rows: &[SummaryRow], text: &TextQuery) -> Vec<Suggestion> {
    let says = |written: &str| text.is_answered_by(&[Reading::of(written)]);
    let mut times: HashMap<&str, usize> = HashMap::new();
    for keyword in rows.iter().flat_map(|row| &row.keywords) {
        *times.entry(keyword.as_str()).or_default() += 1;
    }
    let mut keywords: Vec<_> = times.into_iter().filter(|(keyword, _)| says(keyword)).collect();
    keywords.sort_by_key(|(keyword, times)| (Reverse(*times), *keyword));
    let keywords = keywords.into_iter().take(KEYWORDS).map(|(keyword, _)| Suggestion {
        kind: SuggestionKind::Keyword,
        text: keyword.to_owned(),
        listing_id: None,
    });
    let mut suggestions: Vec<Suggestion> = keywords.collect();
    for row in rows {
        if suggestions.len() >= SUGGESTIONS {
            break;
        }
        let known = suggestions.iter().any(|known| known.text == row.title.as_str());
        if !known && says(row.title.as_str()) {
            suggestions.push(Suggestion {
                kind: SuggestionKind::Title,
                text: row.title.to_string(),
                listing_id: Some(row.id),
            });
        }
    }
    suggestions
}

fn no_words() -> Fault {
    Fault::new("no_words", "检索词中没有可检索的文字", "there is no word to look for in this")
}
