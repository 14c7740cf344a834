//! What comes in.

use chrono::NaiveDate;
use kernel::{
    Change, Domain, Id, Line, ListingKind, Prose, Refusal, Region, TransferMode, given, kinds,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{faults, invalid};

use crate::{
    model::{
        Budget, Changes, Contact, Content, Ipc, Patent, Price, ReturnReason, ReturnReasons, Stage,
        Trl, TrlScale,
    },
    queries::Assigned,
};

/// A new listing. Results and patents are offers and may have a price; needs and open challenges
/// may have a budget and a deadline.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "result",
    "title": "高镁锂比盐湖卤水吸附提锂技术",
    "abstract": "以改性铝系吸附剂从高镁锂比卤水中选择性提取锂,锂回收率八成以上。",
    "description": "吸附剂循环两千次后容量保持九成;已完成百吨级中试。",
    "keywords": ["盐湖提锂", "吸附剂"],
    "domain": "salt_lake_chemistry",
    "ipc": ["C01D 15/08"],
    "region": "630105",
    "trl": 6,
    "stage": "pilot_scale",
    "transfer_modes": ["licence_ordinary", "assignment"],
    "price": { "mode": "negotiable" },
    "patents": [
        { "number": "CN201710601862.3", "kind": "invention", "status": "granted" }
    ],
    "contact": { "name": "王小兰", "phone": "0971-5310000" },
    "reference": "QHU-2026-017",
    "non_secret_declared": true
}))]
pub(super) struct CreateListingForm {
    /// What is listed; it stays what it is.
    kind: ListingKind,
    /// One line.
    title: Line<200>,
    /// The public summary.
    #[serde(rename = "abstract")]
    summary: Prose<2000>,
    /// More, if there is more to say.
    description: Option<Prose<20000>>,
    /// What it does better than what there is.
    advantages: Option<Prose<2000>>,
    /// Who would buy it, and how many they are.
    market_outlook: Option<Prose<2000>>,
    /// What it earns or saves.
    economic_benefits: Option<Prose<2000>>,
    /// At most 20, each once.
    #[serde(default)]
    #[schema(max_items = 20)]
    keywords: Vec<Line<50>>,
    /// The field.
    domain: Domain,
    /// Classes of the patent classification; at most 20, each once.
    #[serde(default)]
    #[schema(max_items = 20)]
    ipc: Vec<Ipc>,
    /// Where. `POST /listings` takes it from your organisation if it is left out; whoever puts a
    /// listing says it.
    pub(super) region: Option<Region>,
    /// How ready the technology is, or has to be.
    trl: Option<Trl>,
    /// By which scale that is meant; `gb_t_22900` if you do not say.
    trl_scale: Option<TrlScale>,
    /// What shows it: a report, a test, a plant.
    trl_evidence: Option<Prose<500>>,
    /// How far the product has come.
    stage: Option<Stage>,
    /// How the technology may change hands, or is wanted to; each once.
    #[serde(default)]
    transfer_modes: Vec<TransferMode>,
    /// What it costs; offers only.
    price: Option<Price>,
    /// The patents behind it; offers only, at most 50, each once. A patent listing has at least
    /// one.
    #[serde(default)]
    #[schema(max_items = 50)]
    patents: Vec<Patent>,
    /// What there is to spend; needs only.
    budget: Option<Budget>,
    /// Until when answers are awaited, to the end of that day; needs only.
    deadline: Option<NaiveDate>,
    /// Whom to call; seen only by your organisation and the market's staff.
    contact: Option<Contact>,
    /// Your own number for it; once in your organisation.
    reference: Option<Line<100>>,
    /// Until when it is meant to stand; for a year from its publication if you do not say.
    expires_on: Option<NaiveDate>,
    /// You declare that nothing in it is a state secret; needed before you submit it.
    #[serde(default)]
    non_secret_declared: bool,
}

impl CreateListingForm {
    /// What it says; at `home` if it does not say where.
    ///
    /// # Errors
    /// 422 `invalid` if nobody says where.
    pub(super) fn content(self, home: Option<Region>) -> Result<Content, Refusal> {
        let form = self;
        let region = form.region.or(home);
        Ok(Content {
            kind: form.kind,
            title: form.title,
            summary: form.summary,
            description: form.description,
            advantages: form.advantages,
            market_outlook: form.market_outlook,
            economic_benefits: form.economic_benefits,
            keywords: form.keywords,
            domain: form.domain,
            ipc: form.ipc,
            region: region.ok_or_else(|| invalid().at("/region", faults::required()))?,
            trl: form.trl,
            trl_scale: form.trl_scale,
            trl_evidence: form.trl_evidence,
            stage: form.stage,
            transfer_modes: form.transfer_modes,
            price: form.price,
            patents: form.patents,
            budget: form.budget,
            deadline: form.deadline,
            contact: form.contact,
            reference: form.reference,
            expires_on: form.expires_on,
            non_secret_declared: form.non_secret_declared,
        })
    }
}

/// What changes. What is left out stays; `null` empties a field that may be empty.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "abstract": "以改性铝系吸附剂从高镁锂比卤水中选择性提取锂,锂回收率八成五以上。",
    "trl": 7,
    "stage": null
}))]
pub(super) struct UpdateListingForm {
    /// Another title.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Line<200>)]
    title: Option<Line<200>>,
    /// Another summary.
    #[serde(default, rename = "abstract", deserialize_with = "given")]
    #[schema(value_type = Prose<2000>)]
    summary: Option<Prose<2000>>,
    /// Another description.
    #[serde(default)]
    #[schema(value_type = Option<Prose<20000>>)]
    description: Change<Prose<20000>>,
    /// Other advantages.
    #[serde(default)]
    #[schema(value_type = Option<Prose<2000>>)]
    advantages: Change<Prose<2000>>,
    /// Another outlook.
    #[serde(default)]
    #[schema(value_type = Option<Prose<2000>>)]
    market_outlook: Change<Prose<2000>>,
    /// Other benefits.
    #[serde(default)]
    #[schema(value_type = Option<Prose<2000>>)]
    economic_benefits: Change<Prose<2000>>,
    /// Other keywords, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Line<50>>>, max_items = 20)]
    keywords: Change<Vec<Line<50>>>,
    /// Another field.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Domain)]
    domain: Option<Domain>,
    /// Other classes, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Ipc>>, max_items = 20)]
    ipc: Change<Vec<Ipc>>,
    /// Another region.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Region)]
    region: Option<Region>,
    /// Another readiness.
    #[serde(default)]
    #[schema(value_type = Option<Trl>)]
    trl: Change<Trl>,
    /// Another scale.
    #[serde(default)]
    #[schema(value_type = Option<TrlScale>)]
    trl_scale: Change<TrlScale>,
    /// Other evidence.
    #[serde(default)]
    #[schema(value_type = Option<Prose<500>>)]
    trl_evidence: Change<Prose<500>>,
    /// Another stage.
    #[serde(default)]
    #[schema(value_type = Option<Stage>)]
    stage: Change<Stage>,
    /// Other ways to change hands, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<TransferMode>>)]
    transfer_modes: Change<Vec<TransferMode>>,
    /// Another price, whole.
    #[serde(default)]
    #[schema(value_type = Option<Price>)]
    price: Change<Price>,
    /// Other patents, all of them.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Patent>>, max_items = 50)]
    patents: Change<Vec<Patent>>,
    /// Another budget, whole.
    #[serde(default)]
    #[schema(value_type = Option<Budget>)]
    budget: Change<Budget>,
    /// Another deadline.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    deadline: Change<NaiveDate>,
    /// Somebody else to call, whole.
    #[serde(default)]
    #[schema(value_type = Option<Contact>)]
    contact: Change<Contact>,
    /// Another number of your own.
    #[serde(default)]
    #[schema(value_type = Option<Line<100>>)]
    reference: Change<Line<100>>,
    /// Another date of expiry.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    expires_on: Change<NaiveDate>,
    /// The declaration, made or taken back.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    non_secret_declared: Option<bool>,
}

impl From<UpdateListingForm> for Changes {
    fn from(form: UpdateListingForm) -> Self {
        Self {
            title: form.title,
            summary: form.summary,
            description: form.description,
            advantages: form.advantages,
            market_outlook: form.market_outlook,
            economic_benefits: form.economic_benefits,
            keywords: form.keywords,
            domain: form.domain,
            ipc: form.ipc,
            region: form.region,
            trl: form.trl,
            trl_scale: form.trl_scale,
            trl_evidence: form.trl_evidence,
            stage: form.stage,
            transfer_modes: form.transfer_modes,
            price: form.price,
            patents: form.patents,
            budget: form.budget,
            deadline: form.deadline,
            contact: form.contact,
            reference: form.reference,
            expires_on: form.expires_on,
            non_secret_declared: form.non_secret_declared,
        }
    }
}

/// Why a listing is sent back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reasons": [
    { "pointer": "/abstract", "reason": "摘要未说明与现有提锂方法相比的优势" },
    "请补充中试报告"
] }))]
pub(super) struct ReturnListingForm {
    /// What is to be mended; told to the owner. Each is a text, or an object that names the field.
    #[schema(value_type = Vec<ReturnReason>, min_items = 1, max_items = 20)]
    pub(super) reasons: ReturnReasons,
}

/// Why a listing is taken down.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "权属存在争议,待核实" }))]
pub(super) struct SuspendListingForm {
    /// Told to the owner.
    pub(super) reason: Prose<500>,
}

/// How long a listing stands on.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "expires_on": "2027-12-31" }))]
pub(super) struct RenewListingForm {
    /// Its last day; in a year from now if you do not say.
    pub(super) expires_on: Option<NaiveDate>,
}

/// Which reviews are looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReviewFilterForm {
    /// Taken on by you, or by nobody yet.
    #[param(inline)]
    pub(crate) assigned: Option<Assigned>,
    /// What is listed.
    pub(crate) kind: Option<ListingKind>,
    /// The field.
    pub(crate) domain: Option<Domain>,
    /// Whose.
    pub(crate) organisation: Option<Id<kinds::Organisation>>,
    /// Only next texts of published listings, or only new listings.
    pub(crate) revisions: Option<bool>,
}
