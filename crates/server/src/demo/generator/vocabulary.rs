//! The words that random texts are made of: TOML files beside this one.

use anyhow::Context;
use kernel::Domain;
use listing::model::Ipc;
use serde::Deserialize;

const PATTERNS: &str = include_str!("patterns.toml");

const FIELDS: [&str; 10] = [
    include_str!("vocabulary/solar_energy.toml"),
    include_str!("vocabulary/lithium_batteries.toml"),
    include_str!("vocabulary/salt_lake_chemistry.toml"),
    include_str!("vocabulary/alloys_and_materials.toml"),
    include_str!("vocabulary/biomedicine.toml"),
    include_str!("vocabulary/plateau_products.toml"),
    include_str!("vocabulary/big_data.toml"),
    include_str!("vocabulary/plateau_medicine.toml"),
    include_str!("vocabulary/environment.toml"),
    include_str!("vocabulary/manufacturing.toml"),
];

/// The words of every field, and how they are put together.
#[derive(Debug)]
pub(super) struct Vocabulary {
    pub(super) fields: Vec<Field>,
    pub(super) patterns: Patterns,
}

/// The words of one field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub(super) domain: Domain,
    pub(super) ipc: Vec<Ipc>,
    /// What is worked on.
    pub(super) things: Vec<String>,
    /// How.
    pub(super) methods: Vec<String>,
    /// What becomes better.
    pub(super) gains: Vec<Gain>,
    /// Where it is used.
    pub(super) uses: Vec<String>,
    /// What goes wrong, in an engineer's words.
    pub(super) troubles: Vec<String>,
}

/// Something that is measured, and within which bounds it is believable.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gain {
    pub(super) what: String,
    pub(super) unit: String,
    pub(super) low: u32,
    pub(super) high: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patterns {
    pub(super) result: ResultPatterns,
    pub(super) patent: PatentPatterns,
    pub(super) need: NeedPatterns,
    pub(super) contract: ContractPatterns,
    pub(super) shared: Shared,
    pub(super) organisations: OrganisationWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultPatterns {
    pub(super) titles: Vec<String>,
    pub(super) openings: Vec<String>,
    pub(super) approaches: Vec<String>,
    pub(super) outcomes: Vec<String>,
    pub(super) closings: Vec<String>,
    pub(super) details: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PatentPatterns {
    pub(super) titles: Vec<String>,
    pub(super) openings: Vec<String>,
    pub(super) outcomes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NeedPatterns {
    pub(super) titles: Vec<String>,
    pub(super) openings: Vec<String>,
    pub(super) wishes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractPatterns {
    pub(super) titles: Vec<String>,
    pub(super) clauses: Vec<String>,
    pub(super) equipment: Vec<String>,
    pub(super) milestones: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shared {
    pub(super) places: Vec<String>,
    pub(super) scales: Vec<String>,
    pub(super) surnames: Vec<String>,
    pub(super) given_names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationWords {
    pub(super) words: Vec<String>,
    pub(super) enterprises: Vec<String>,
    pub(super) universities: Vec<String>,
    pub(super) institutes: Vec<String>,
    pub(super) brokers: Vec<String>,
}

impl Vocabulary {
    /// Reads the files that come with the program.
    ///
    /// # Errors
    /// If they are not written as they should be.
    pub(super) fn read() -> anyhow::Result<Self> {
        let fields = FIELDS.iter().map(|text| toml::from_str(text)).collect::<Result<_, _>>();
        Ok(Self {
            fields: fields.context("the vocabulary of a field")?,
            patterns: toml::from_str(PATTERNS).context("patterns.toml")?,
        })
    }
}
