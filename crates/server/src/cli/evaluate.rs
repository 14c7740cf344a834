//! `market evaluate`.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use anyhow::Context;
use matching::{
    evaluation::{Calibration, Comparison, Data, Measured, Measures, Run},
    model::signals::{Signal, Signals},
};
use serde::Serialize;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder with the texts, the questions and the right answers
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
    /// Compare with the answers of another run, question by question
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write the answers, to be compared with later
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Leave a signal out, to see what it is good for: words, characters, pairs or similar; may be
    /// repeated
    #[arg(long, value_name = "SIGNAL")]
    without: Vec<Signal>,
}

/// What programs read.
#[derive(Serialize)]
struct Report<'r> {
    core: Measures,
    tasks: BTreeMap<&'r str, Measures>,
    calibration: &'r [Calibration],
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Comparison>,
}

impl Arguments {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let data = Data::read(&self.data)?;
        let run = Run::of(&data, &Signals::without(self.without))?;
        if let Some(path) = &self.run {
            let file = File::create(path).with_context(|| path.display().to_string())?;
            let mut out = BufWriter::new(file);
            run.write(&mut out)?;
            out.flush()?;
        }
        let measured = Measured::of(&data, &run);
        let calibration = Calibration::of(&data, &run);
        let against = match &self.against {
            Some(path) => {
                let other = Measured::of(&data, &Run::read(path)?);
                Some(Comparison::of(&measured, &other))
            }
            None => None,
        };
        let mut out = io::stdout().lock();
        if self.json {
            let tasks = measured.by_task().into_iter().map(|(name, (_, mean))| (name, mean));
            let (core, tasks) = (measured.core(), tasks.collect());
            let report = Report { core, tasks, calibration: &calibration, against };
            return Ok(writeln!(out, "{}", serde_json::to_string(&report)?)?);
        }
        table(&mut out, &measured)?;
        calibrated(&mut out, &calibration)?;
        if let Some(Comparison { difference, from, to }) = against {
            writeln!(
                out,
                "\ncore nDCG@10 against the other run: {difference:+.4}, \
                 95 % interval {from:+.4} to {to:+.4}"
            )?;
        }
        Ok(())
    }
}

fn table(out: &mut impl Write, measured: &Measured) -> io::Result<()> {
    writeln!(
        out,
        "{:28} {:>9} {:>8} {:>7} {:>7} {:>7}",
        "task", "questions", "nDCG@10", "R@100", "MRR", "shown"
    )?;
    for (name, (core, mean)) in measured.by_task() {
        let label = if core { format!("{name} *") } else { name.to_owned() };
        row(out, &label, &measured.questions(name).to_string(), mean)?;
    }
    row(out, "core (mean of *)", "", measured.core())
}

fn row(out: &mut impl Write, label: &str, questions: &str, mean: Measures) -> io::Result<()> {
    let Measures { ndcg_at_10, recall_at_100, mrr, shown } = mean;
    writeln!(
        out,
        "{label:28} {questions:>9} {ndcg_at_10:8.4} {recall_at_100:7.4} {mrr:7.4} {shown:7.4}"
    )
}

fn calibrated(out: &mut impl Write, bands: &[Calibration]) -> io::Result<()> {
    writeln!(out, "\n{:>10} {:>12} {:>8} {:>8}", "score from", "suggestions", "mean", "right")?;
    for Calibration { from, suggestions, score, right } in bands {
        writeln!(out, "{from:10.2} {suggestions:12} {score:8.3} {right:8.3}")?;
    }
    Ok(())
}
