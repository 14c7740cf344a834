//! The texts, the questions, and which answers are right.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use kernel::ListingKind;
use serde::{Deserialize, de::DeserializeOwned};

/// A text as it stands in the corpus.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Text {
    pub(super) id: String,
    pub(super) kind: ListingKind,
    pub(super) title: String,
    #[serde(rename = "abstract")]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) keywords: Vec<String>,
}

/// A question.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) qid: String,
    pub(super) text: String,
}

#[derive(Deserialize)]
struct TaskRow {
    core: bool,
    kinds: Vec<ListingKind>,
    exclude_self: bool,
}

/// Questions of one sort.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// Does it count for the mean of all?
    pub(super) core: bool,
    /// What may be answered.
    pub(super) kinds: Vec<ListingKind>,
    /// Is the question's own text no answer?
    pub(super) exclude_self: bool,
    pub(super) questions: Vec<Asked>,
    /// For each question the right answers, with how right they are.
    pub(super) right: BTreeMap<String, BTreeMap<String, f64>>,
}

/// Texts and questions with known answers.
#[derive(Clone, Debug)]
pub struct Data {
    pub(super) texts: Vec<Text>,
    pub(super) tasks: BTreeMap<String, Task>,
}

impl Data {
    /// Reads a folder.
    ///
    /// # Errors
    /// If a file is missing or not of the form described, which is said with its name.
    pub fn read(folder: &Path) -> Result<Self> {
        let plain = folder.join("corpus.jsonl");
        let texts = if plain.exists() {
            lines(&plain, File::open(&plain)?)?
        } else {
            let packed = folder.join("corpus.jsonl.gz");
            lines(&packed, GzDecoder::new(open(&packed)?))?
        };
        let list = folder.join("tasks.json");
        let rows: BTreeMap<String, TaskRow> =
            serde_json::from_reader(BufReader::new(open(&list)?)).context(named(&list))?;
        let mut tasks = BTreeMap::new();
        for (name, TaskRow { core, kinds, exclude_self }) in rows {
            let folder = folder.join("tasks").join(&name);
            let queries = folder.join("queries.jsonl");
            let questions = lines(&queries, open(&queries)?)?;
            let right = right_answers(&folder.join("qrels.tsv"))?;
            tasks.insert(name, Task { core, kinds, exclude_self, questions, right });
        }
        if texts.is_empty() || tasks.is_empty() {
            bail!("{} holds no texts or no tasks", folder.display());
        }
        Ok(Self { texts, tasks })
    }
}

fn named(path: &Path) -> String {
    path.display().to_string()
}

fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| named(path))
}

/// Reads JSON, line by line.
pub(super) fn lines<T: DeserializeOwned>(path: &Path, source: impl Read) -> Result<Vec<T>> {
    let mut read = Vec::new();
    for (number, line) in (1_usize..).zip(BufReader::new(source).lines()) {
        let place = || format!("{}, line {number}", path.display());
        read.push(serde_json::from_str(&line.with_context(place)?).with_context(place)?);
    }
    Ok(read)
}

fn right_answers(path: &Path) -> Result<BTreeMap<String, BTreeMap<String, f64>>> {
    let mut right: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for (number, line) in (1_usize..).zip(BufReader::new(open(path)?).lines()) {
        let line = line.with_context(|| named(path))?;
        let place = || format!("{}, line {number}: question, answer, grade", path.display());
        let [question, answer, grade] =
            <[&str; 3]>::try_from(line.split('\t').collect::<Vec<_>>()).ok().with_context(place)?;
        let grade: f64 = grade.parse().with_context(place)?;
        right.entry(question.to_owned()).or_default().insert(answer.to_owned(), grade);
    }
    Ok(right)
}
