//! How good the order of matches is, measured on texts where the right answer is known, by the very
//! code that serves.
//!
//! The data are a folder: `corpus.jsonl` (or `.jsonl.gz`), `tasks.json`, and for each task
//! `tasks/NAME/queries.jsonl` and `tasks/NAME/qrels.tsv`. The texts have no terms beside their
//! words, so this judges the words, and the score of a match is the chance that they give.

mod calibration;
mod comparison;
mod data;
mod measures;
mod ranking;

pub use calibration::Calibration;
pub use comparison::Comparison;
pub use data::Data;
pub use measures::{Measured, Measures};
pub use ranking::{Answered, Run};

#[cfg(test)]
mod tests;
