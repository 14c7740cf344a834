//! Ranks the queries of an evaluation set and writes the run for its scorer.
//!
//! ```text
//! cargo run -p matching --example evaluate -- DATA RUN.jsonl
//! python3 DATA/score.py DATA RUN.jsonl
//! ```
//! DATA holds `corpus.jsonl.gz` and, for each task of `tasks.json`, `tasks/NAME/queries.jsonl`. The
//! texts have no terms beside their words, so this judges the text factor.

use std::{
    collections::{BTreeMap, HashMap},
    env,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use events::ListingFacts;
use flate2::read::GzDecoder;
use kernel::{Domain, Id, ListingKind, kinds};
use matching::model::{
    document::Document,
    ranker::{Query, Ranker},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

/// How many answers the scorer reads of each query.
const DEPTH: usize = 100;

#[derive(Deserialize)]
struct Text {
    id: String,
    kind: ListingKind,
    title: String,
    #[serde(rename = "abstract")]
    summary: String,
    keywords: Vec<String>,
}

#[derive(Deserialize)]
struct Task {
    kinds: Vec<ListingKind>,
    exclude_self: bool,
}

#[derive(Deserialize)]
struct Asked {
    qid: String,
    text: String,
}

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (data, run) = arguments.next().zip(arguments.next()).context("usage: DATA RUN.jsonl")?;
    let mut said = io::stdout().lock();

    let texts: Vec<Text> = lines(GzDecoder::new(open(&data.join("corpus.jsonl.gz"))?))?;
    let start = Instant::now();
    let (ranker, names) = learn(texts)?;
    writeln!(said, "{} texts learned in {:?}", ranker.len(), start.elapsed())?;

    let tasks: BTreeMap<String, Task> = serde_json::from_reader(open(&data.join("tasks.json"))?)?;
    let mut out = BufWriter::new(File::create(&run)?);
    for (name, task) in &tasks {
        let queries = data.join("tasks").join(name).join("queries.jsonl");
        let mut taken = Vec::new();
        for asked in lines::<Asked>(open(&queries)?)? {
            let document = asked_as_listing(task, &asked)?;
            let start = Instant::now();
            let query = Query::new(&document, NaiveDate::MIN, None);
            let matches = ranker.rank(&query, DEPTH.saturating_add(1));
            taken.push(start.elapsed());
            let found = matches.iter().filter_map(|found| names.get(&found.place.listing_id));
            let ids: Vec<&String> =
                found.filter(|id| !(task.exclude_self && **id == asked.qid)).take(DEPTH).collect();
            writeln!(out, "{}", json!({ "task": name, "qid": asked.qid, "ids": ids }))?;
        }
        let (half, most) = (at_per_cent(&mut taken, 50), at_per_cent(&mut taken, 99));
        writeln!(said, "{name:28} {:5} queries, p50 {half:?}, p99 {most:?}", taken.len())?;
    }
    out.flush()?;
    Ok(())
}

fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| path.display().to_string())
}

fn lines<T: DeserializeOwned>(source: impl io::Read) -> Result<Vec<T>> {
    let lines = BufReader::new(source).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

type Names = HashMap<Id<kinds::Listing>, String>;

fn learn(texts: Vec<Text>) -> Result<(Ranker, Names)> {
    let (mut ranker, mut names) = (Ranker::default(), Names::new());
    for (number, text) in (1..).zip(texts) {
        let Text { id, kind, title, summary, keywords } = text;
        let document = listing(number, kind, title, summary, keywords)?;
        ranker.learn((&document).into());
        names.insert(document.listing_id, id);
    }
    ranker.shrink();
    Ok((ranker, names))
}

/// The query as a listing of the side opposite to its answers.
fn asked_as_listing(task: &Task, asked: &Asked) -> Result<Document> {
    let among_needs = task.kinds.contains(&ListingKind::Need);
    let kind = if among_needs { ListingKind::Result } else { ListingKind::Need };
    listing(0, kind, String::new(), asked.text.clone(), Vec::new())
}

/// A listing with nothing but its words, each of an organisation of its own.
fn listing(
    number: u64,
    kind: ListingKind,
    title: String,
    summary: String,
    keywords: Vec<String>,
) -> Result<Document> {
    let facts = ListingFacts {
        number: number.to_string(),
        kind,
        organisation_id: Id::from_parts(number, &[0; 10]),
        organisation_name: String::new(),
        title,
        summary,
        description: None,
        keywords,
        domain: Domain::Other,
        region: "630100".parse()?,
        trl: None,
        transfer_modes: Vec::new(),
        price_mode: None,
        price_fen: None,
        budget_min_fen: None,
        budget_max_fen: None,
        deadline: None,
    };
    Ok(Document { listing_id: Id::from_parts(number, &[0; 10]), facts })
}

fn at_per_cent(taken: &mut [Duration], per_cent: usize) -> Duration {
    taken.sort_unstable();
    let place = taken.len().saturating_mul(per_cent) / 100;
    taken.get(place.min(taken.len().saturating_sub(1))).copied().unwrap_or_default()
}
