//! What a listing says, and the rules between its fields.

use chrono::{Datelike, NaiveDate};
use kernel::{Change, Domain, Fault, Field, Line, ListingKind, Prose, Region, TransferMode};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{Budget, Contact, Ipc, Patent, Price, Stage, Trl, TrlScale};

const KEYWORDS_MAX: usize = 20;
const IPC_MAX: usize = 20;
const PATENTS_MAX: usize = 50;

/// What an owner writes. Its stored form is that of a revision, without whom to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListingContent)]
pub struct Content {
    /// What is listed; it stays what it is.
    pub kind: ListingKind,
    /// One line.
    pub title: Line<200>,
    /// The public summary.
    #[serde(rename = "abstract")]
    pub summary: Prose<2000>,
    /// More.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub description: Option<Prose<20000>>,
    /// What it does better than what there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub advantages: Option<Prose<2000>>,
    /// Who would buy it, and how many they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub market_outlook: Option<Prose<2000>>,
    /// What it earns or saves.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub economic_benefits: Option<Prose<2000>>,
    /// The owner's own keywords.
    pub keywords: Vec<Line<50>>,
    /// The field.
    pub domain: Domain,
    /// Classes of the patent classification.
    pub ipc: Vec<Ipc>,
    /// Where.
    pub region: Region,
    /// How ready the technology is, or has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trl: Option<Trl>,
    /// By which scale that is meant; GB/T 22900 if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trl_scale: Option<TrlScale>,
    /// What shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub trl_evidence: Option<Prose<500>>,
    /// How far the product has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stage: Option<Stage>,
    /// How it may change hands, or is wanted to.
    pub transfer_modes: Vec<TransferMode>,
    /// What an offer costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub price: Option<Price>,
    /// The patents behind an offer.
    pub patents: Vec<Patent>,
    /// What a need has to spend.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub budget: Option<Budget>,
    /// Until when a need is open; to the end of that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub deadline: Option<NaiveDate>,
    /// Whom to call; personal data, which is kept apart.
    #[serde(skip)]
    pub contact: Option<Contact>,
    /// The owner's own number, once for each owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reference: Option<Line<100>>,
    /// Until when the listing is meant to stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_on: Option<NaiveDate>,
    /// Does the owner declare that nothing in it is a state secret?
    pub non_secret_declared: bool,
}

/// What an owner changes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Another title.
    pub title: Option<Line<200>>,
    /// Another summary.
    pub summary: Option<Prose<2000>>,
    /// Another description.
    pub description: Change<Prose<20000>>,
    /// Other advantages.
    pub advantages: Change<Prose<2000>>,
    /// Another outlook.
    pub market_outlook: Change<Prose<2000>>,
    /// Other benefits.
    pub economic_benefits: Change<Prose<2000>>,
    /// Other keywords.
    pub keywords: Change<Vec<Line<50>>>,
    /// Another field.
    pub domain: Option<Domain>,
    /// Other classes.
    pub ipc: Change<Vec<Ipc>>,
    /// Another region.
    pub region: Option<Region>,
    /// Another readiness.
    pub trl: Change<Trl>,
    /// Another scale.
    pub trl_scale: Change<TrlScale>,
    /// Other evidence.
    pub trl_evidence: Change<Prose<500>>,
    /// Another stage.
    pub stage: Change<Stage>,
    /// Other ways to change hands.
    pub transfer_modes: Change<Vec<TransferMode>>,
    /// Another price.
    pub price: Change<Price>,
    /// Other patents.
    pub patents: Change<Vec<Patent>>,
    /// Another budget.
    pub budget: Change<Budget>,
    /// Another deadline.
    pub deadline: Change<NaiveDate>,
    /// Somebody else to call.
    pub contact: Change<Contact>,
    /// Another number of one's own.
    pub reference: Change<Line<100>>,
    /// Another date of expiry.
    pub expires_on: Change<NaiveDate>,
    /// The declaration, made or taken back.
    pub non_secret_declared: Option<bool>,
}

impl Content {
    /// What must be said, and nothing more.
    #[must_use]
    pub const fn new(
        kind: ListingKind,
        title: Line<200>,
        summary: Prose<2000>,
        domain: Domain,
        region: Region,
    ) -> Self {
        Self {
            kind,
            title,
            summary,
            description: None,
            advantages: None,
            market_outlook: None,
            economic_benefits: None,
            keywords: Vec::new(),
            domain,
            ipc: Vec::new(),
            region,
            trl: None,
            trl_scale: None,
            trl_evidence: None,
            stage: None,
            transfer_modes: Vec::new(),
            price: None,
            patents: Vec::new(),
            budget: None,
            deadline: None,
            contact: None,
            reference: None,
            expires_on: None,
            non_secret_declared: false,
        }
    }

    /// What it says after the changes.
    #[must_use]
    pub fn with(self, changes: Changes) -> Self {
        Self {
            kind: self.kind,
            title: changes.title.unwrap_or(self.title),
            summary: changes.summary.unwrap_or(self.summary),
            description: changes.description.apply(self.description),
            advantages: changes.advantages.apply(self.advantages),
            market_outlook: changes.market_outlook.apply(self.market_outlook),
            economic_benefits: changes.economic_benefits.apply(self.economic_benefits),
            keywords: changes.keywords.apply_to(self.keywords),
            domain: changes.domain.unwrap_or(self.domain),
            ipc: changes.ipc.apply_to(self.ipc),
            region: changes.region.unwrap_or(self.region),
            trl: changes.trl.apply(self.trl),
            trl_scale: changes.trl_scale.apply(self.trl_scale),
            trl_evidence: changes.trl_evidence.apply(self.trl_evidence),
            stage: changes.stage.apply(self.stage),
            transfer_modes: changes.transfer_modes.apply_to(self.transfer_modes),
            price: changes.price.apply(self.price),
            patents: changes.patents.apply_to(self.patents),
            budget: changes.budget.apply(self.budget),
            deadline: changes.deadline.apply(self.deadline),
            contact: changes.contact.apply(self.contact),
            reference: changes.reference.apply(self.reference),
            expires_on: changes.expires_on.apply(self.expires_on),
            non_secret_declared: changes.non_secret_declared.unwrap_or(self.non_secret_declared),
        }
    }

    /// The names of its fields, as the API spells them.
    pub const FIELDS: &'static [&'static str] = &[
        "kind",
        "title",
        "abstract",
        "description",
        "advantages",
        "market_outlook",
        "economic_benefits",
        "keywords",
        "domain",
        "ipc",
        "region",
        "trl",
        "trl_scale",
        "trl_evidence",
        "stage",
        "transfer_modes",
        "price",
        "patents",
        "budget",
        "deadline",
        "contact",
        "reference",
        "expires_on",
        "non_secret_declared",
    ];

    /// The names of the fields in which another text differs; for the audit trail, which holds
    /// no values.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let differs = [
            self.kind != other.kind,
            self.title != other.title,
            self.summary != other.summary,
            self.description != other.description,
            self.advantages != other.advantages,
            self.market_outlook != other.market_outlook,
            self.economic_benefits != other.economic_benefits,
            self.keywords != other.keywords,
            self.domain != other.domain,
            self.ipc != other.ipc,
            self.region != other.region,
            self.trl != other.trl,
            self.trl_scale != other.trl_scale,
            self.trl_evidence != other.trl_evidence,
            self.stage != other.stage,
            self.transfer_modes != other.transfer_modes,
            self.price != other.price,
            self.patents != other.patents,
            self.budget != other.budget,
            self.deadline != other.deadline,
            self.contact != other.contact,
            self.reference != other.reference,
            self.expires_on != other.expires_on,
            self.non_secret_declared != other.non_secret_declared,
        ];
        let named = Self::FIELDS.iter().zip(differs);
        named.filter_map(|(name, differs)| differs.then_some(*name)).collect()
    }

    /// What of the wanted text needs no review: whom to call, the owner's own number, until when
    /// it is meant to stand, and a lower price found in the same way.
    #[must_use]
    pub fn with_small_changes_of(self, wanted: &Self) -> Self {
        let price = match (self.price, wanted.price) {
            (Some(now), Some(next)) if next.is_cheaper_than(now) => Some(next),
            (now, _) => now,
        };
        Self {
            contact: wanted.contact.clone(),
            reference: wanted.reference.clone(),
            expires_on: wanted.expires_on,
            price,
            ..self
        }
    }

    /// What a change that shows at once makes wrong on this day.
    #[must_use]
    pub fn faults_of_small_changes(&self, before: &Self, today: NaiveDate) -> Vec<Field> {
        if self.expires_on == before.expires_on {
            return Vec::new();
        }
        date_fault("/expires_on", self.expires_on, today).into_iter().collect()
    }

    /// Everything that its fields make wrong between them.
    #[must_use]
    pub fn faults(&self) -> Vec<Field> {
        let mut faults = Vec::new();
        if self.kind.asks() {
            self.faults_of_need(&mut faults);
        } else {
            self.faults_of_offer(&mut faults);
        }
        for (pointer, given) in [
            ("/trl_scale", self.trl_scale.is_some()),
            ("/trl_evidence", self.trl_evidence.is_some()),
        ] {
            if given && self.trl.is_none() {
                let fault = Fault::new(
                    "trl_required",
                    "须先填写技术成熟度等级 trl",
                    "this says something of a readiness level: give `trl`",
                );
                faults.push(field(pointer, fault));
            }
        }
        for (pointer, date) in [("/deadline", self.deadline), ("/expires_on", self.expires_on)] {
            faults.extend(date.filter(is_strange).map(|_| field(pointer, strange_date())));
        }
        list_faults("/keywords", &self.keywords, KEYWORDS_MAX, &mut faults);
        list_faults("/ipc", &self.ipc, IPC_MAX, &mut faults);
        let modes = TransferMode::ALL.len();
        list_faults("/transfer_modes", &self.transfer_modes, modes, &mut faults);
        faults
    }

    fn faults_of_need(&self, faults: &mut Vec<Field>) {
        let not_for_needs = || {
            Fault::new(
                "not_for_needs",
                "需求类信息没有此项",
                "this belongs to results and patents, not to needs",
            )
        };
        if self.price.is_some() {
            faults.push(field("/price", not_for_needs()));
        }
        if !self.patents.is_empty() {
            faults.push(field("/patents", not_for_needs()));
        }
        faults.extend(self.budget.and_then(Budget::fault));
    }

    fn faults_of_offer(&self, faults: &mut Vec<Field>) {
        let only_for_needs = || {
            Fault::new(
                "only_for_needs",
                "仅需求类信息可填写此项",
                "this belongs to needs, not to results and patents",
            )
        };
        if self.budget.is_some() {
            faults.push(field("/budget", only_for_needs()));
        }
        if self.deadline.is_some() {
            faults.push(field("/deadline", only_for_needs()));
        }
        faults.extend(self.price.and_then(Price::fault));
        if self.kind == ListingKind::Patent && self.patents.is_empty() {
            let fault = Fault::new(
                "required",
                "专利类信息至少填写一件专利",
                "a patent listing names a patent",
            );
            faults.push(field("/patents", fault));
        }
        let numbers: Vec<_> = self.patents.iter().map(|patent| &patent.number).collect();
        list_faults("/patents", &numbers, PATENTS_MAX, faults);
        for (position, patent) in self.patents.iter().enumerate() {
            faults.extend(patent.fault(position));
        }
    }

    /// Everything that keeps it from coming before the public on this day.
    #[must_use]
    pub fn faults_at_submission(&self, today: NaiveDate) -> Vec<Field> {
        let mut faults = Vec::new();
        if !self.non_secret_declared {
            faults.push(not_declared());
        }
        faults.extend(date_fault("/deadline", self.deadline, today));
        faults.extend(date_fault("/expires_on", self.expires_on, today));
        let patents = self.patents.iter().enumerate();
        faults.extend(patents.filter_map(|(position, patent)| patent.fault_on(today, position)));
        faults
    }
}

/// A day of no year that people plan in, nor that every database can hold.
pub(super) fn is_strange(date: &NaiveDate) -> bool {
    !(1900..=2999).contains(&date.year())
}

pub(super) fn strange_date() -> Fault {
    Fault::new("date_out_of_range", "年份应在 1900 至 2999 之间", "the year is from 1900 to 2999")
}

/// A day that is over.
fn date_fault(pointer: &str, date: Option<NaiveDate>, today: NaiveDate) -> Option<Field> {
    date.filter(|date| *date < today).map(|_| {
        field(pointer, Fault::new("date_passed", "该日期已过", "this day has already passed"))
    })
}

fn field(pointer: impl Into<String>, fault: Fault) -> Field {
    Field { pointer: pointer.into(), fault }
}

/// A list with too many members, or with the same member twice.
fn list_faults<T: PartialEq>(pointer: &str, list: &[T], max: usize, faults: &mut Vec<Field>) {
    if list.len() > max {
        let fault = Fault::new(
            "too_many",
            format!("最多 {max} 项,现有 {} 项", list.len()),
            format!("at most {max}, not {}", list.len()),
        );
        faults.push(field(pointer, fault));
        return;
    }
    for (position, member) in list.iter().enumerate() {
        if list.iter().take(position).any(|earlier| earlier == member) {
            let fault = Fault::new("duplicate", "与前面的某项重复", "this appears twice");
            faults.push(field(format!("{pointer}/{position}"), fault));
        }
    }
}

/// Nobody has declared that nothing in it is a state secret.
pub(super) fn not_declared() -> Field {
    let fault = Fault::new(
        "declaration_required",
        "提交前须声明不涉及国家秘密",
        "declare first that nothing in it is a state secret",
    );
    field("/non_secret_declared", fault)
}
