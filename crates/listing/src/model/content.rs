//! What a listing says, and the rules between its fields.

use chrono::NaiveDate;
use kernel::{
    Change, Domain, Fault, Field, Line, ListingKind, PatentStatus, Prose, Region, TransferMode,
};

use crate::model::{Budget, Contact, Ipc, Patent, Price, Stage, Trl};

const KEYWORDS_MAX: usize = 20;
const IPC_MAX: usize = 20;
const PATENTS_MAX: usize = 50;

/// What an owner writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What is listed; it stays what it is.
    pub kind: ListingKind,
    /// One line.
    pub title: Line<200>,
    /// The public summary.
    pub summary: Prose<2000>,
    /// More.
    pub description: Option<Prose<20000>>,
    /// The owner's own keywords.
    pub keywords: Vec<Line<50>>,
    /// The field.
    pub domain: Domain,
    /// Classes of the patent classification.
    pub ipc: Vec<Ipc>,
    /// Where.
    pub region: Region,
    /// How ready the technology is, or has to be.
    pub trl: Option<Trl>,
    /// How far the product has come.
    pub stage: Option<Stage>,
    /// How it may change hands, or is wanted to.
    pub transfer_modes: Vec<TransferMode>,
    /// What an offer costs.
    pub price: Option<Price>,
    /// The patents behind an offer.
    pub patents: Vec<Patent>,
    /// What a need has to spend.
    pub budget: Option<Budget>,
    /// Until when a need is open; to the end of that day.
    pub deadline: Option<NaiveDate>,
    /// Whom to call.
    pub contact: Option<Contact>,
    /// The owner's own number, once for each owner.
    pub reference: Option<Line<100>>,
    /// Until when the listing is meant to stand.
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
    /// What it says after the changes.
    #[must_use]
    pub fn with(self, changes: Changes) -> Self {
        Self {
            kind: self.kind,
            title: changes.title.unwrap_or(self.title),
            summary: changes.summary.unwrap_or(self.summary),
            description: changes.description.apply(self.description),
            keywords: changes.keywords.apply_to(self.keywords),
            domain: changes.domain.unwrap_or(self.domain),
            ipc: changes.ipc.apply_to(self.ipc),
            region: changes.region.unwrap_or(self.region),
            trl: changes.trl.apply(self.trl),
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

    /// The names of the fields in which another text differs; for the audit trail, which holds
    /// no values.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        [
            ("title", self.title != other.title),
            ("abstract", self.summary != other.summary),
            ("description", self.description != other.description),
            ("keywords", self.keywords != other.keywords),
            ("domain", self.domain != other.domain),
            ("ipc", self.ipc != other.ipc),
            ("region", self.region != other.region),
            ("trl", self.trl != other.trl),
            ("stage", self.stage != other.stage),
            ("transfer_modes", self.transfer_modes != other.transfer_modes),
            ("price", self.price != other.price),
            ("patents", self.patents != other.patents),
            ("budget", self.budget != other.budget),
            ("deadline", self.deadline != other.deadline),
            ("contact", self.contact != other.contact),
            ("reference", self.reference != other.reference),
            ("expires_on", self.expires_on != other.expires_on),
            ("non_secret_declared", self.non_secret_declared != other.non_secret_declared),
        ]
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
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
            if patent.status == PatentStatus::Lapsed {
                let fault = Fault::new(
                    "patent_lapsed",
                    "已失效的专利不能发布",
                    "a patent that has lapsed cannot be offered",
                );
                faults.push(field(format!("/patents/{position}/status"), fault));
            }
        }
    }

    /// Everything that keeps it from coming before the public on this day.
    #[must_use]
    pub fn faults_at_submission(&self, today: NaiveDate) -> Vec<Field> {
        let mut faults = Vec::new();
        if !self.non_secret_declared {
            let fault = Fault::new(
                "declaration_required",
                "提交前须声明不涉及国家秘密",
                "declare first that nothing in it is a state secret",
            );
            faults.push(field("/non_secret_declared", fault));
        }
        for (pointer, date) in [("/deadline", self.deadline), ("/expires_on", self.expires_on)] {
            if date.is_some_and(|date| date < today) {
                let fault = Fault::new("date_passed", "该日期已过", "this day has already passed");
                faults.push(field(pointer, fault));
            }
        }
        faults
    }
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
