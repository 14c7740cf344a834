//! Listings as matching knows them.

use chrono::NaiveDate;
use events::ListingFacts;
use kernel::{Domain, Fen, Id, Region, TransferMode, kinds, words};

use super::features::Features;

words! {
    /// On which side of the market a listing stands.
    pub enum Side {
        /// It asks: a need or an open challenge.
        Asks = "asks", "需求侧", "asks";
        /// It offers: a result or a patent.
        Offers = "offers", "供给侧", "offers";
    }
}

impl Side {
    /// The side of a listing.
    #[must_use]
    pub const fn of(facts: &ListingFacts) -> Self {
        if facts.kind.asks() { Self::Asks } else { Self::Offers }
    }

    /// Where its matches are.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Asks => Self::Offers,
            Self::Offers => Self::Asks,
        }
    }
}

words! {
    /// Is a document to be found?
    pub enum DocumentState {
        /// Yes.
        Published = "published", "在架", "published";
        /// No longer: withdrawn or traded.
        Gone = "gone", "已下架", "gone";
    }
}

words! {
    /// Where in a listing something is said.
    pub enum Passage {
        /// In its title.
        Title = "title", "标题", "title";
        /// In its abstract.
        Abstract = "abstract", "摘要", "abstract";
        /// Among its keywords.
        Keywords = "keywords", "关键词", "keywords";
        /// In its description.
        Description = "description", "详细说明", "description";
    }
}

/// A listing as it was last published.
#[derive(Clone, Debug)]
pub struct Document {
    /// Which listing.
    pub listing_id: Id<kinds::Listing>,
    /// What it says.
    pub facts: ListingFacts,
}

impl Document {
    /// On which side it stands.
    #[must_use]
    pub const fn side(&self) -> Side {
        Side::of(&self.facts)
    }

    /// Everything that it says in words, and where.
    pub(crate) fn texts(&self) -> Vec<(Passage, &str)> {
        let ListingFacts { title, summary, description, keywords, .. } = &self.facts;
        let mut texts =
            vec![(Passage::Title, title.as_str()), (Passage::Abstract, summary.as_str())];
        texts.extend(keywords.iter().map(|keyword| (Passage::Keywords, keyword.as_str())));
        texts.extend(description.as_deref().map(|text| (Passage::Description, text)));
        texts
    }

    /// What can be compared of its words; the title counts twice.
    pub(crate) fn features(&self) -> Features {
        let mut features = Features::default();
        for (passage, text) in self.texts() {
            features.read(text, if passage == Passage::Title { 2 } else { 1 });
        }
        features
    }
}

/// What a listing says otherwise than in words.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) organisation_id: Id<kinds::Organisation>,
    pub(crate) domain: Domain,
    pub(crate) region: Region,
    pub(crate) trl: Option<u8>,
    pub(crate) transfer_modes: Box<[TransferMode]>,
    pub(crate) price: Option<Fen>,
    pub(crate) budget: Option<Fen>,
    pub(crate) deadline: Option<NaiveDate>,
}

impl From<&ListingFacts> for Terms {
    fn from(facts: &ListingFacts) -> Self {
        Self {
            organisation_id: facts.organisation_id,
            domain: facts.domain,
            region: facts.region.clone(),
            trl: facts.trl,
            transfer_modes: facts.transfer_modes.as_slice().into(),
            price: facts.price_fen,
            budget: facts.budget_max_fen.or(facts.budget_min_fen),
            deadline: facts.deadline,
        }
    }
}

impl Terms {
    /// Is it still open on that day?
    pub(crate) fn is_open(&self, today: NaiveDate) -> bool {
        self.deadline.is_none_or(|deadline| today <= deadline)
    }
}
