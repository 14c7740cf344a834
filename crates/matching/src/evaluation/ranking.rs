//! Asks the questions and keeps the answers.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::Write,
    path::Path,
};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use events::ListingFacts;
use kernel::{Domain, Id, ListingKind, kinds};
use serde::{Deserialize, Serialize};

use super::data::{self, Asked, Data, Task};
use crate::model::{
    document::Document,
    ranker::{Prepared, Query, Ranker},
    signals::Signals,
};

/// How many answers are judged of each question.
pub(super) const DEPTH: usize = 100;

/// What one question was answered.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The texts, best first.
    pub ids: Vec<String>,
    /// Their scores; none where answers come from a file.
    pub scores: Vec<f64>,
    /// How many of them are likely enough to be shown to somebody.
    pub proposed: usize,
}

/// The answers to all questions, by task and question.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub(super) tasks: BTreeMap<String, BTreeMap<String, Answered>>,
}

#[derive(Serialize, Deserialize)]
struct RunRow {
    task: String,
    qid: String,
    ids: Vec<String>,
}

impl Run {
    /// Asks everything, judged by these signals.
    ///
    /// # Errors
    /// If a text cannot be a listing.
    pub fn of(data: &Data, signals: &Signals) -> Result<Self> {
        let (ranker, names) = learn(data)?;
        let mut run = Self::default();
        for (name, task) in &data.tasks {
            let answered = run.tasks.entry(name.clone()).or_default();
            for asked in &task.questions {
                let answer = answer(&ranker, &names, task, asked, signals)?;
                answered.insert(asked.qid.clone(), answer);
            }
        }
        Ok(run)
    }

    /// Reads what was written.
    ///
    /// # Errors
    /// If the file is missing or of another form.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let mut run = Self::default();
        for RunRow { task, qid, ids } in data::lines(path, file)? {
            let proposed = ids.len();
            let answered = Answered { ids, scores: Vec::new(), proposed };
            run.tasks.entry(task).or_default().insert(qid, answered);
        }
        Ok(run)
    }

    /// Writes one line a question, to be compared with later.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, out: &mut impl Write) -> Result<()> {
        for (task, answers) in &self.tasks {
            for (qid, Answered { ids, .. }) in answers {
                let row = RunRow { task: task.clone(), qid: qid.clone(), ids: ids.clone() };
                writeln!(out, "{}", serde_json::to_string(&row)?)?;
            }
        }
        Ok(())
    }
}

type Names<'d> = HashMap<Id<kinds::Listing>, &'d str>;

fn learn(data: &Data) -> Result<(Ranker, Names<'_>)> {
    let (mut ranker, mut names) = (Ranker::default(), Names::new());
    for (number, text) in (1..).zip(&data.texts) {
        let document = listing(number, text.kind, &text.title, &text.summary, &text.keywords)?;
        ranker.learn(Prepared::from(&document));
        names.insert(document.listing_id, text.id.as_str());
    }
    ranker.shrink();
    Ok((ranker, names))
}

/// Asks as a listing of the side opposite to the answers.
fn answer(
    ranker: &Ranker,
    names: &Names<'_>,
    task: &Task,
    asked: &Asked,
    signals: &Signals,
) -> Result<Answered> {
    let among_needs = task.kinds.iter().any(|kind| kind.asks());
    let kind = if among_needs { ListingKind::Result } else { ListingKind::Need };
    let document = listing(0, kind, "", &asked.text, &[])?;
    let query = || Query::new(&document, NaiveDate::MIN, None).judged_by(signals.clone());
    let proposed = ranker.count(&query()).min(DEPTH);
    // One more than is judged, for the question's own text may be among them.
    let found = ranker.rank(&query().down_to_nothing(), DEPTH.saturating_add(1));
    let named = found.iter().filter_map(|found| {
        let id = *names.get(&found.place.listing_id)?;
        let own = task.exclude_self && id == asked.qid;
        (!own).then(|| (id.to_owned(), f64::from(found.place.score)))
    });
    let (ids, scores) = named.take(DEPTH).unzip();
    Ok(Answered { ids, scores, proposed })
}

/// A listing with nothing but its words, each of an organisation of its own.
fn listing(
    number: u64,
    kind: ListingKind,
    title: &str,
    summary: &str,
    keywords: &[String],
) -> Result<Document> {
    let facts = ListingFacts {
        number: number.to_string(),
        kind,
        organisation_id: Id::from_parts(number, &[0; 10]),
        organisation_name: String::new(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        description: None,
        keywords: keywords.to_vec(),
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
