//! What fields of a listing might be, told from its text: by what others who write alike have said.
//!
//! Nothing is decided here: each proposal names the words and the listings that speak for it, and
//! whoever writes the listing takes it or not.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use ::store::{Db, Outcome};
use kernel::{Domain, Line, ListingStatus, Prose};
use web::apart;

use super::search::listing_id;
use crate::{
    index::{Alike, SearchIndex, Telling},
    model::{Ipc, folded, nouns, words},
    store::{self, SummaryRow, Wanted},
};

/// So many listings that are most like the text are asked what they say.
const NEIGHBOURS: usize = 40;
/// So many of them must say the same before it is proposed.
const AGREE: usize = 2;
/// How many fields, keywords and classes are proposed at most.
const DOMAINS: usize = 3;
const KEYWORDS: usize = 8;
const CLASSES: usize = 5;
/// How many words are named that speak for a proposal.
const REASONS: usize = 6;

/// What might be said, and why.
#[derive(Debug)]
pub(crate) struct Proposals {
    /// How many listings are like the text.
    pub(crate) alike: usize,
    pub(crate) domains: Vec<Proposal<Domain>>,
    pub(crate) keywords: Vec<Proposal<String>>,
    pub(crate) ipc: Vec<Proposal<Ipc>>,
}

/// A value that is proposed.
#[derive(Debug)]
pub(crate) struct Proposal<T> {
    pub(crate) value: T,
    /// How many of the listings that are like the text say so.
    pub(crate) listings: usize,
    /// The words that the text shares with them, the most telling first.
    pub(crate) words: Vec<String>,
}

/// What the fields of a listing with this title and abstract might be.
///
/// # Errors
/// 503 `index_not_ready`.
pub(crate) async fn proposals(
    index: &Arc<SearchIndex>,
    db: &Db,
    title: &Line<200>,
    summary: &Prose<2000>,
) -> Outcome<Proposals> {
    let text = format!("{title}\n{summary}");
    let said = apart({
        let text = text.clone();
        move || words_of(&text)
    })
    .await?;
    let volume = index.fresh(db).await?;
    let alike = index.alike(&volume, said, NEIGHBOURS).await?;
    let ids: Vec<_> = alike.hits.iter().map(|hit| listing_id(*hit)).collect();
    let published = Wanted { status: Some(ListingStatus::Published), ..Wanted::default() };
    let rows = store::shown(&mut *db.reader().await?, &published, &ids).await?;
    apart(move || proposed(&text, &alike, rows)).await
}

/// The words of a text that are more than one character, each once.
fn words_of(text: &str) -> Vec<String> {
    let long = words(text).into_iter().filter(|word| word.chars().nth(1).is_some());
    long.collect::<BTreeSet<String>>().into_iter().collect()
}

/// A listing that is like the text, and which of the telling words it says.
struct Neighbour {
    row: SummaryRow,
    shares: Vec<usize>,
}

fn proposed(text: &str, alike: &Alike, rows: Vec<SummaryRow>) -> Proposals {
    let neighbours: Vec<Neighbour> = rows
        .into_iter()
        .map(|row| Neighbour { shares: shared(&row, &alike.telling), row })
        .filter(|neighbour| neighbour.shares.len() >= AGREE)
        .collect();
    let written = folded(text);
    Proposals {
        alike: neighbours.len(),
        domains: agreed(&neighbours, &alike.telling, DOMAINS, |row| vec![row.domain]),
        keywords: keywords(text, &written, &neighbours, &alike.telling),
        ipc: agreed(&neighbours, &alike.telling, CLASSES, |row| subclasses(&row.ipc)),
    }
}

/// Which of the telling words a listing says in its title, keywords and abstract.
fn shared(row: &SummaryRow, telling: &[Telling]) -> Vec<usize> {
    let keywords = row.keywords.iter().map(Line::as_str);
    let texts = [row.title.as_str(), row.summary.as_str()].into_iter().chain(keywords);
    let said: BTreeSet<String> = texts.flat_map(words).collect();
    let numbered = telling.iter().enumerate();
    numbered.filter(|(_, one)| said.contains(&one.word)).map(|(number, _)| number).collect()
}

fn subclasses(classes: &[Ipc]) -> Vec<Ipc> {
    let whole: BTreeSet<Ipc> = classes.iter().map(Ipc::subclass).collect();
    whole.into_iter().collect()
}

/// The values on which several neighbours agree, those of most first.
fn agreed<T: Ord + Clone>(
    neighbours: &[Neighbour],
    telling: &[Telling],
    most: usize,
    values: impl Fn(&SummaryRow) -> Vec<T>,
) -> Vec<Proposal<T>> {
    let mut votes: BTreeMap<T, (usize, BTreeSet<usize>)> = BTreeMap::new();
    for neighbour in neighbours {
        for value in values(&neighbour.row) {
            let (listings, shares) = votes.entry(value).or_default();
            *listings = listings.saturating_add(1);
            shares.extend(&neighbour.shares);
        }
    }
    let mut agreed: Vec<Proposal<T>> = votes
        .into_iter()
        .filter(|(_, (listings, _))| *listings >= AGREE)
        .map(|(value, (listings, shares))| Proposal {
            value,
            listings,
            words: named(telling, shares.into_iter()),
        })
        .collect();
    agreed.sort_by_key(|proposal| Reverse(proposal.listings));
    agreed.truncate(most);
    agreed
}

/// The words themselves, which stand in the order of how much they tell.
fn named(telling: &[Telling], numbers: impl Iterator<Item = usize>) -> Vec<String> {
    let words = numbers.filter_map(|number| telling.get(number)).map(|one| one.word.clone());
    words.take(REASONS).collect()
}

/// Keywords of neighbours that stand in the text, then telling words of the text itself.
fn keywords(
    text: &str,
    written: &str,
    neighbours: &[Neighbour],
    telling: &[Telling],
) -> Vec<Proposal<String>> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for keyword in neighbours.iter().flat_map(|neighbour| &neighbour.row.keywords) {
        *times.entry(keyword.as_str()).or_default() += 1;
    }
    let mut known: Vec<(&str, usize)> =
        times.into_iter().filter(|(keyword, _)| written.contains(&folded(keyword))).collect();
    known.sort_by_key(|(keyword, times)| (Reverse(*times), *keyword));
    let mut keywords: Vec<Proposal<String>> = known
        .into_iter()
        .map(|(keyword, listings)| Proposal {
            value: keyword.to_owned(),
            listings,
            words: vec![keyword.to_owned()],
        })
        .collect();
    let nouns = nouns(text);
    for one in telling.iter().filter(|one| nouns.contains(&one.word)) {
        let is_new = !keywords.iter().any(|known| known.value.contains(&one.word));
        let listings = usize::try_from(one.listings).unwrap_or(usize::MAX);
        if is_new && listings >= AGREE {
            let value = one.word.clone();
            keywords.push(Proposal { words: vec![value.clone()], value, listings });
        }
    }
    keywords.truncate(KEYWORDS);
    keywords
}
