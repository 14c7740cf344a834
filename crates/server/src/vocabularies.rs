//! `list_vocabularies`: the words that the API's closed vocabularies consist of, for people.

use actix_web::{
    HttpRequest, get,
    http::header::{CACHE_CONTROL, HeaderValue},
};
use heck::ToSnakeCase;
use kernel::{Domain, Funder, TechnologyField, Vocabulary, Words};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Answer, show_as_it_is};

/// Every closed vocabulary of the API. One that is missing here is missed by a test that looks
/// through the API description.
const CLOSED: &[Vocabulary] = &[
    kernel::OrganisationKind::VOCABULARY,
    kernel::OrganisationStatus::VOCABULARY,
    kernel::Role::VOCABULARY,
    Domain::VOCABULARY,
    TechnologyField::VOCABULARY,
    kernel::ListingKind::VOCABULARY,
    kernel::ListingStatus::VOCABULARY,
    kernel::TransferMode::VOCABULARY,
    kernel::PriceMode::VOCABULARY,
    kernel::PatentKind::VOCABULARY,
    kernel::PatentStatus::VOCABULARY,
    listing::model::BulkAction::VOCABULARY,
    listing::exports::ExportFormat::VOCABULARY,
    listing::model::FileKind::VOCABULARY,
    listing::model::ImportMode::VOCABULARY,
    listing::model::ImportStatus::VOCABULARY,
    listing::model::RevisionStatus::VOCABULARY,
    listing::model::Stage::VOCABULARY,
    listing::model::TrlScale::VOCABULARY,
    listing::model::Visibility::VOCABULARY,
    kernel::FileType::VOCABULARY,
    listing::model::DisclosureStatus::VOCABULARY,
    listing::model::Looked::VOCABULARY,
    listing::queries::DisclosureRole::VOCABULARY,
    listing::queries::Assigned::VOCABULARY,
    listing::queries::TakenBy::VOCABULARY,
    listing::queries::Sort::VOCABULARY,
    listing::queries::SuggestionKind::VOCABULARY,
    listing::model::Notify::VOCABULARY,
    kernel::IntroductionStatus::VOCABULARY,
    matching::model::explanation::Factor::VOCABULARY,
    matching::model::document::Passage::VOCABULARY,
    matching::model::introduction::Participant::VOCABULARY,
    matching::model::introduction::StepKind::VOCABULARY,
    kernel::ContractType::VOCABULARY,
    kernel::ContractStatus::VOCABULARY,
    kernel::RecognitionStatus::VOCABULARY,
    kernel::PartyRole::VOCABULARY,
    contracts::model::RefusalReason::VOCABULARY,
    contracts::model::Subtype::VOCABULARY,
    kernel::AwardStatus::VOCABULARY,
    subsidies::model::AssessmentKind::VOCABULARY,
    subsidies::model::AssessmentMark::VOCABULARY,
    subsidies::model::BeneficiaryRole::VOCABULARY,
    subsidies::model::IncubatorLevel::VOCABULARY,
    subsidies::model::Instrument::VOCABULARY,
    subsidies::model::PlatformLevel::VOCABULARY,
];
const OVERSEAS: Words<&str> = Words::new("境外", "overseas");
const REGIONS: Words<&str> = Words::new(
    "此处为西宁市的区县和园区,以及境外;也接受 GB/T 2260 的任何六位行政区划代码",
    "These are the districts, counties and parks of Xining, and abroad; any six-digit division code \
     of GB/T 2260 is accepted, too",
);

/// The vocabularies.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vocabularies)]
pub(crate) struct VocabulariesView {
    vocabularies: Vec<VocabularyView>,
}

/// A vocabulary: what a field may hold, and what people call it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vocabulary)]
struct VocabularyView {
    /// The name of its schema, in `snake_case`.
    #[schema(example = "domain")]
    name: String,
    /// Its words, in the order in which people expect them.
    values: Vec<WordView>,
    /// What else is accepted, where these are not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<LabelView>,
}

/// A word, as programs write it and as people read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VocabularyWord, example = json!({
    "value": "solar_energy", "zh": "光伏光热", "en": "photovoltaics and solar heat",
    "technology_fields": ["new_energy_and_energy_saving"]
}))]
struct WordView {
    /// As it stands in the API.
    value: &'static str,
    #[serde(flatten)]
    label: LabelView,
    /// Of a domain: the fields under which its contracts are registered nationally, the usual one
    /// first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    technology_fields: Option<&'static [TechnologyField]>,
}

/// The same in both languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Label)]
struct LabelView {
    /// In Chinese.
    zh: &'static str,
    /// In English.
    en: &'static str,
}

impl From<Words<&'static str>> for LabelView {
    fn from(words: Words<&'static str>) -> Self {
        Self { zh: words.zh, en: words.en }
    }
}

impl WordView {
    fn plain(value: &'static str, label: Words<&'static str>) -> Self {
        Self { value, label: label.into(), technology_fields: None }
    }

    fn domain(domain: Domain) -> Self {
        let technology_fields = Some(domain.technology_fields());
        Self { technology_fields, ..Self::plain(domain.as_str(), domain.label()) }
    }
}

impl VocabularyView {
    fn closed(vocabulary: &Vocabulary) -> Self {
        let plain = |word: &kernel::Word| WordView::plain(word.spelling, word.label);
        let values = if *vocabulary == Domain::VOCABULARY {
            Domain::ALL.iter().copied().map(WordView::domain).collect()
        } else {
            vocabulary.words.iter().map(plain).collect()
        };
        Self { name: vocabulary.name.to_snake_case(), values, note: None }
    }

    /// No closed one: the regions that people here choose among.
    fn regions() -> Self {
        let here = Funder::ALL.iter().map(|region| (region.as_str(), region.label()));
        let values = here.chain([("overseas", OVERSEAS)]);
        Self {
            name: "region".to_owned(),
            values: values.map(|(value, label)| WordView::plain(value, label)).collect(),
            note: Some(REGIONS.into()),
        }
    }
}

impl VocabulariesView {
    fn new() -> Self {
        let mut vocabularies: Vec<VocabularyView> =
            CLOSED.iter().map(VocabularyView::closed).collect();
        vocabularies.push(VocabularyView::regions());
        Self { vocabularies }
    }
}

/// List the vocabularies, in both languages
///
/// What the API writes as English words, such as `solar_energy`, with the labels that people are
/// shown in Chinese and English. Each vocabulary has the name of its schema.
#[utoipa::path(
    tag = "operation",
    operation_id = "list_vocabularies",
    security(()),
    responses(
        (status = 200, description = "Every vocabulary.", body = VocabulariesView,
         headers(("ETag" = String, description = "Names what was shown."))),
        (status = 304, description = "The client has this already."),
    )
)]
#[get("/vocabularies")]
pub(crate) async fn list_vocabularies(request: HttpRequest) -> Answer {
    let mut answer = show_as_it_is(&request, &VocabulariesView::new())?;
    let cached = HeaderValue::from_static("public, max-age=3600");
    answer.headers_mut().insert(CACHE_CONTROL, cached);
    Ok(answer)
}
