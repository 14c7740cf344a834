//! The whole permission matrix: every domain's part of it, and the server's own.

use kernel::{ActLine, Grant, acts};

acts! {
    /// Read every kind of problem.
    ListProblems = "list_problems" [Grant::Anyone];
    /// Read an organisation's public page.
    GetShowcase = "get_showcase" [Grant::Anyone];
    /// Read every vocabulary.
    ListVocabularies = "list_vocabularies" [Grant::Anyone];
}

/// Everybody's acts.
#[must_use]
pub fn tables() -> [&'static [ActLine]; 6] {
    [
        TABLE,
        parties::access::TABLE,
        listing::access::TABLE,
        matching::access::TABLE,
        contracts::access::TABLE,
        subsidies::access::TABLE,
    ]
}
