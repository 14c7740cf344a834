//! The fields of the index, and a listing as a document of it.
//!
//! Texts are only indexed and never stored: what is shown of a hit comes from the database.

use kernel::{Id, Line, PriceMode, kinds};
use tantivy::{
    TantivyDocument, Term as IndexTerm,
    schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

use crate::{
    model::{Term, Terms, words},
    store::PublicRow,
};

/// Grows with every change of the fields or of how texts are read: an index of another number is
/// thrown away and made again.
pub(super) const SCHEMA: u32 = 2;

/// What people choose by, and how often each choice occurs is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    /// What is listed.
    Kind,
    /// The field.
    Domain,
    /// Where.
    Region,
    /// How it may change hands; several.
    TransferMode,
    /// How its price is found.
    PriceMode,
    /// Whose.
    Organisation,
    /// How ready it is.
    Trl,
}

impl Dimension {
    /// Every one, in the order of their numbers.
    pub(crate) const ALL: [Self; 7] = [
        Self::Kind,
        Self::Domain,
        Self::Region,
        Self::TransferMode,
        Self::PriceMode,
        Self::Organisation,
        Self::Trl,
    ];

    /// The name of its column.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Domain => "domain",
            Self::Region => "region",
            Self::TransferMode => "transfer_mode",
            Self::PriceMode => "price_mode",
            Self::Organisation => "organisation",
            Self::Trl => "trl",
        }
    }
}

/// The names of the columns that are no dimensions.
pub(super) mod columns {
    pub(in crate::index) const PRICE: &str = "price";
    pub(in crate::index) const PUBLISHED_AT: &str = "published_at";
    pub(in crate::index) const ID_HIGH: &str = "id_high";
    pub(in crate::index) const ID_LOW: &str = "id_low";
}

/// The fields.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// By which a document is taken out.
    id: Field,
    /// Everything that a listing is found by.
    pub(super) text: Field,
    /// Title and keywords.
    pub(super) title: Field,
    /// The abstract.
    pub(super) summary: Field,
    /// The words into which its texts are cut.
    pub(super) words: Field,
    dimensions: [Field; 7],
    price: Field,
    published_at: Field,
    id_high: Field,
    id_low: Field,
}

impl Fields {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        // Texts come cut already. Their lengths are not kept: no score asks for them.
        let text = |record| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_index_option(record)
                .set_fieldnorms(false);
            TextOptions::default().set_indexing_options(indexing)
        };
        let placed = || text(IndexRecordOption::WithFreqsAndPositions);
        let dimension = |schema: &mut tantivy::schema::SchemaBuilder, dimension: Dimension| {
            schema.add_text_field(dimension.column(), TextOptions::default().set_fast("raw"))
        };
        Self {
            id: schema.add_bytes_field("id", INDEXED),
            text: schema.add_text_field("text", placed()),
            title: schema.add_text_field("title", placed()),
            summary: schema.add_text_field("summary", placed()),
            words: schema.add_text_field("words", text(IndexRecordOption::Basic)),
            dimensions: Dimension::ALL.map(|each| dimension(&mut schema, each)),
            price: schema.add_u64_field(columns::PRICE, FAST),
            published_at: schema.add_i64_field(columns::PUBLISHED_AT, FAST),
            id_high: schema.add_u64_field(columns::ID_HIGH, FAST),
            id_low: schema.add_u64_field(columns::ID_LOW, FAST),
            schema: schema.build(),
        }
    }

    /// The term that names a listing.
    pub(super) fn named(&self, id: Id<kinds::Listing>) -> IndexTerm {
        IndexTerm::from_field_bytes(self.id, id.uuid().as_bytes())
    }

    /// A published listing as a document.
    pub(super) fn document(&self, listing: &PublicRow) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        self.add_texts(&mut document, listing);
        self.add_facts(&mut document, listing);
        document
    }

    fn add_texts(&self, document: &mut TantivyDocument, listing: &PublicRow) {
        let keywords = || listing.keywords.iter().map(Line::as_str);
        let (mut all, mut title, mut summary) =
            (Terms::default(), Terms::default(), Terms::default());
        listing.texts().iter().for_each(|text| all.read(text));
        title.read(listing.title.as_str());
        keywords().for_each(|keyword| title.read(keyword));
        summary.read(listing.summary.as_str());

        let mut cut: Vec<String> = Vec::new();
        for text in [listing.title.as_str(), listing.summary.as_str()] {
            cut.extend(words(text));
        }
        keywords().chain(listing.prose()).for_each(|text| cut.extend(words(text)));
        cut.sort_unstable();
        cut.dedup();

        document.add_pre_tokenized_text(self.text, placed(all.into_terms()));
        document.add_pre_tokenized_text(self.title, placed(title.into_terms()));
        document.add_pre_tokenized_text(self.summary, placed(summary.into_terms()));
        let cut = (0..).zip(cut).map(|(position, text)| Term { text, position });
        document.add_pre_tokenized_text(self.words, placed(cut.collect()));
    }

    fn add_facts(&self, document: &mut TantivyDocument, listing: &PublicRow) {
        let id = listing.id.uuid();
        let (high, low) = id.as_u64_pair();
        document.add_bytes(self.id, id.as_bytes());
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
        for (dimension, field) in Dimension::ALL.into_iter().zip(self.dimensions) {
            for value in values(listing, dimension) {
                document.add_text(field, value);
            }
        }
        if let Some(price) = listing.price_fen.and_then(|price| u64::try_from(price.fen()).ok()) {
            document.add_u64(self.price, price);
        }
        let published_at = listing.published_at.map_or(0, |at| at.timestamp_micros());
        document.add_i64(self.published_at, published_at);
    }
}

/// What a listing is in a dimension.
pub(crate) fn values(listing: &PublicRow, dimension: Dimension) -> Vec<String> {
    match dimension {
        Dimension::Kind => vec![listing.kind.to_string()],
        Dimension::Domain => vec![listing.domain.to_string()],
        Dimension::Region => vec![listing.region.to_string()],
        Dimension::TransferMode => listing.transfer_modes.iter().map(ToString::to_string).collect(),
        Dimension::PriceMode => listing.price_mode.iter().map(PriceMode::to_string).collect(),
        Dimension::Organisation => vec![listing.organisation_id.to_string()],
        Dimension::Trl => listing.trl.iter().map(|trl| trl.level().to_string()).collect(),
    }
}

fn placed(terms: Vec<Term>) -> PreTokenizedString {
    let token = |term: Term| Token {
        position: usize::try_from(term.position).unwrap_or(usize::MAX),
        text: term.text,
        ..Token::default()
    };
    PreTokenizedString { text: String::new(), tokens: terms.into_iter().map(token).collect() }
}
