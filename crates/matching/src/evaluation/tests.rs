use std::path::Path;

use super::*;
use crate::model::signals::{Signal, Signals};

fn sample() -> Data {
    Data::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample")).unwrap()
}

fn measured(data: &Data, without: &[Signal]) -> Measured {
    let signals = Signals::without(without.iter().copied());
    Measured::of(data, &Run::of(data, &signals).unwrap())
}

/// What the sample reached when it was written, less a little.
const FLOOR: f64 = 0.95;

#[test]
fn the_order_of_the_sample_does_not_fall_below_its_floor() {
    let core = measured(&sample(), &[]).core();
    assert!(core.ndcg_at_10 >= FLOOR, "{core:?}");
    assert!(core.recall_at_100 >= 0.95 && core.shown >= 0.8, "{core:?}");
}

#[test]
fn a_run_is_the_same_each_time_and_as_good_read_as_written() {
    let data = sample();
    let written = |run: &Run| {
        let mut lines = Vec::new();
        run.write(&mut lines).unwrap();
        String::from_utf8(lines).unwrap()
    };
    let run = Run::of(&data, &Signals::default()).unwrap();
    let again = Run::of(&data, &Signals::default()).unwrap();
    assert_eq!(written(&run), written(&again));

    let file = std::env::temp_dir().join(format!("market-run-{}.jsonl", std::process::id()));
    std::fs::write(&file, written(&run)).unwrap();
    let read = Run::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let [now, then] = [&run, &read].map(|run| Measured::of(&data, run));
    assert_eq!(now.core().ndcg_at_10, then.core().ndcg_at_10);
    let same = Comparison::of(&now, &then);
    assert_eq!((same.difference, same.from, same.to), (0.0, 0.0, 0.0));
}

#[test]
fn a_comparison_tells_a_run_without_anything_from_a_good_one() {
    let data = sample();
    let good = measured(&data, &[]);
    let bad = measured(&data, &[Signal::Words, Signal::Characters, Signal::Pairs]);
    assert_eq!(bad.core().ndcg_at_10, 0.0);
    let better = Comparison::of(&good, &bad);
    assert!(better.from > 0.5 && better.from <= better.difference, "{better:?}");
    assert!(better.difference <= better.to);
}

#[test]
fn suggestions_of_a_higher_score_are_more_often_right() {
    let data = sample();
    let bands = Calibration::of(&data, &Run::of(&data, &Signals::default()).unwrap());
    let (first, last) = (bands.first().unwrap(), bands.last().unwrap());
    assert!(first.right < 0.2 && last.right > 0.8, "{bands:?}");
}

#[test]
fn measures_are_those_of_the_textbook() {
    let mut data = sample();
    data.tasks.retain(|name, _| name == "need_to_result");
    let task = data.tasks.values_mut().next().unwrap();
    task.questions.truncate(1);
    task.right.retain(|qid, _| qid == "q-blade");
    task.right.get_mut("q-blade").unwrap().insert("r-dust".to_owned(), 1.0);
    let mut run = Run::default();
    let ids = ["r-weld", "r-blade", "r-weld"].map(str::to_owned).to_vec();
    let answered = Answered { ids, scores: Vec::new(), proposed: 1 };
    run.tasks.entry("need_to_result".into()).or_default().insert("q-blade".into(), answered);
    let core = Measured::of(&data, &run).core();
    let ideal = 1.0 + 1.0 / 3_f64.log2();
    assert!((core.ndcg_at_10 - 1.0 / 3_f64.log2() / ideal).abs() < 1e-12);
    assert_eq!((core.recall_at_100, core.mrr, core.shown), (0.5, 0.5, 0.0));
}
