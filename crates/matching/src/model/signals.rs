//! What a match may be judged by, each of which can be left out to see what it is good for.

use std::collections::BTreeSet;

use kernel::words;

words! {
    /// Something that tells a good match from another by its words.
    pub enum Signal {
        /// Words, as a dictionary cuts them.
        Words = "words", "词", "words";
        /// Single characters.
        Characters = "characters", "单字", "characters";
        /// Pairs of neighbouring characters.
        Pairs = "pairs", "双字", "pairs";
        /// The words of a similar listing of the asker's side.
        Similar = "similar", "相近发布", "similar listings";
    }
}

/// Which signals count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    left_out: BTreeSet<Signal>,
}

impl Signals {
    /// All but these.
    #[must_use]
    pub fn without(left_out: impl IntoIterator<Item = Signal>) -> Self {
        Self { left_out: left_out.into_iter().collect() }
    }

    /// Does it count?
    #[must_use]
    pub fn have(&self, signal: Signal) -> bool {
        !self.left_out.contains(&signal)
    }
}
