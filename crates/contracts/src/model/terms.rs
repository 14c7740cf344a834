//! What the parties agree: the terms of a contract, and the rules that hold them together.

use std::{collections::BTreeSet, ops::Deref};

use chrono::NaiveDate;
use kernel::{
    BasisPoints, ContractType, Domain, Fault, Fen, Id, Line, PartyRole, Prose, Refusal,
    kinds::{Introduction, Listing, Organisation},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::Faults,
    model::{PaymentTerm, Subtype, Surroundings},
};

/// At most so many parties of one role.
const PARTIES_PER_ROLE: usize = 20;
/// At most so many items that are no technology, and so many payment terms.
const PARTS: usize = 100;
/// At most so many clauses.
const CLAUSES: usize = 200;
/// At most so many listings.
const LISTINGS: usize = 50;

/// An organisation in a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// What it is there.
    pub role: PartyRole,
    /// Who.
    pub organisation_id: Id<Organisation>,
    /// Its share among those of the same role.
    pub share_bp: BasisPoints,
    /// Is it related to another party? Brokers must say so, and only they may.
    pub affiliated: Option<bool>,
}

/// A part of the total amount that is not paid for technology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NonTechnologyItem {
    /// What it is paid for.
    #[schema(example = "中试设备一套")]
    pub what: Line<200>,
    /// How much.
    #[schema(example = 200_000_00)]
    pub amount_fen: Fen,
}

/// A clause of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its heading.
    #[schema(example = "技术成果的交付")]
    pub heading: Line<100>,
    /// Its text.
    #[schema(example = "卖方应于合同生效后三十日内交付全部技术资料。")]
    pub text: Prose<5000>,
}

/// Terms as somebody has written them, not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UncheckedTerms {
    /// The type of contract.
    pub contract_type: ContractType,
    /// The sub-type.
    pub subtype: Option<Subtype>,
    /// The title.
    pub title: Line<200>,
    /// The field of technology.
    pub domain: Domain,
    /// What is dealt.
    pub listing_ids: Vec<Id<Listing>>,
    /// The introduction that the contract came of.
    pub introduction_id: Option<Id<Introduction>>,
    /// Sellers, buyers, brokers, in the order in which the contract names them.
    pub parties: Vec<Party>,
    /// The whole sum.
    pub total_amount_fen: Fen,
    /// The part paid for technology.
    pub technology_amount_fen: Fen,
    /// The other parts.
    pub non_technology_items: Vec<NonTechnologyItem>,
    /// Are buyer and seller related parties?
    pub related_parties: bool,
    /// When what is to be paid.
    pub payment_terms: Vec<PaymentTerm>,
    /// First day of the contract's period.
    pub starts_on: NaiveDate,
    /// Last day of it.
    pub ends_on: NaiveDate,
    /// What else is agreed.
    pub clauses: Vec<Clause>,
}

/// Terms that hold together. They can be read but not altered: alter a copy, and check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms(UncheckedTerms);

impl Deref for Terms {
    type Target = UncheckedTerms;
    fn deref(&self) -> &UncheckedTerms {
        &self.0
    }
}

impl Terms {
    /// Terms that were checked before they were stored.
    pub(crate) const fn stored(terms: UncheckedTerms) -> Self {
        Self(terms)
    }
}

impl UncheckedTerms {
    /// Checks that the terms hold together, and fit to what they name.
    ///
    /// # Errors
    /// 422 `invalid`, naming every field that does not.
    pub fn check(self, around: &Surroundings) -> Result<Terms, Refusal> {
        let mut faults = Faults::default();
        around.find_faults(&self, &mut faults);
        self.check_subtype(&mut faults);
        self.check_lists(&mut faults);
        self.check_parties(&mut faults);
        self.check_amounts(&mut faults);
        self.check_payment_terms(&mut faults);
        self.check_dates(&mut faults);
        faults.into_result()?;
        Ok(Terms(self))
    }

    fn check_subtype(&self, faults: &mut Faults) {
        let Some(subtype) = self.subtype else { return };
        if subtype.contract_type() != self.contract_type {
            faults.add("/subtype", subtype_of_other_type(subtype, self.contract_type));
        }
    }

    fn check_lists(&self, faults: &mut Faults) {
        for (pointer, length, most) in [
            ("/non_technology_items", self.non_technology_items.len(), PARTS),
            ("/payment_terms", self.payment_terms.len(), PARTS),
            ("/clauses", self.clauses.len(), CLAUSES),
            ("/listing_ids", self.listing_ids.len(), LISTINGS),
        ] {
            if length > most {
                faults.add(pointer, too_many(length, most));
            }
        }
        let mut seen = BTreeSet::new();
        for (index, id) in self.listing_ids.iter().enumerate() {
            if !seen.insert(*id) {
                faults.add(format!("/listing_ids/{index}"), twice());
            }
        }
    }

    fn check_parties(&self, faults: &mut Faults) {
        let mut seen = BTreeSet::new();
        for (index, party) in self.parties.iter().enumerate() {
            if !seen.insert(party.organisation_id) {
                faults.add(format!("/parties/{index}/organisation_id"), twice());
            }
            if party.share_bp.points() == 0 {
                faults.add(format!("/parties/{index}/share_bp"), share_zero());
            }
            if let Some(fault) = fault_of_affiliation(party) {
                faults.add(format!("/parties/{index}/affiliated"), fault);
            }
        }
        for role in PartyRole::ALL {
            let shares: Vec<_> = self.of_role(*role).map(|party| party.share_bp).collect();
            if let Some(fault) = fault_of_role(*role, &shares) {
                faults.add("/parties", fault);
            }
        }
    }

    fn check_amounts(&self, faults: &mut Faults) {
        let (total, technology) = (self.total_amount_fen, self.technology_amount_fen);
        if technology.is_zero() {
            faults.add("/technology_amount_fen", amount_zero());
        }
        if technology > total {
            faults.add("/technology_amount_fen", technology_above_total());
        }
        for (index, item) in self.non_technology_items.iter().enumerate() {
            if item.amount_fen.is_zero() {
                faults.add(format!("/non_technology_items/{index}/amount_fen"), amount_zero());
            }
        }
        let items = self.non_technology_items.iter().map(|item| item.amount_fen);
        if Fen::sum(items.chain([technology])) != Ok(total) {
            let fault = Fault::new(
                "amounts_do_not_add_up",
                "合同成交额应等于技术交易额与各项非技术金额之和",
                "the total amount must be the technology amount and the other items together",
            );
            faults.add("/total_amount_fen", fault);
        }
    }

    fn check_payment_terms(&self, faults: &mut Faults) {
        for (index, term) in self.payment_terms.iter().enumerate() {
            if term.amount_fen.is_zero() {
                faults.add(format!("/payment_terms/{index}/amount_fen"), amount_zero());
            }
            if let Some(fault) = term.due_on().and_then(strange_date) {
                faults.add(format!("/payment_terms/{index}/due_on"), fault);
            }
        }
        let terms = self.payment_terms.iter().map(|term| term.amount_fen);
        if !self.payment_terms.is_empty() && Fen::sum(terms) != Ok(self.total_amount_fen) {
            let fault = Fault::new(
                "payment_terms_do_not_add_up",
                "各期付款之和应等于合同成交额",
                "the payment terms must add up to the total amount",
            );
            faults.add("/payment_terms", fault);
        }
    }

    fn check_dates(&self, faults: &mut Faults) {
        for (pointer, date) in [("/starts_on", self.starts_on), ("/ends_on", self.ends_on)] {
            if let Some(fault) = strange_date(date) {
                faults.add(pointer, fault);
            }
        }
        if self.starts_on > self.ends_on {
            let fault = Fault::new(
                "ends_before_start",
                "截止日期不能早于起始日期",
                "the last day cannot be before the first",
            );
            faults.add("/ends_on", fault);
        }
    }

    /// The parties of a role, in the order of the contract.
    pub fn of_role(&self, role: PartyRole) -> impl Iterator<Item = &Party> {
        self.parties.iter().filter(move |party| party.role == role)
    }

    /// The party that an organisation is.
    #[must_use]
    pub fn party(&self, organisation: Id<Organisation>) -> Option<&Party> {
        self.parties.iter().find(|party| party.organisation_id == organisation)
    }

    /// The organisations of all parties, in the order of the contract.
    #[must_use]
    pub fn organisation_ids(&self) -> Vec<Id<Organisation>> {
        self.parties.iter().map(|party| party.organisation_id).collect()
    }

    /// Is a broker named though the market introduced nobody? Allowed, but to be looked at before
    /// a broker is rewarded for having facilitated the deal.
    #[must_use]
    pub fn has_broker_without_introduction(&self) -> bool {
        self.introduction_id.is_none() && self.of_role(PartyRole::Broker).next().is_some()
    }
}

/// Whether a broker is affiliated decides on public money: silence is no statement.
fn fault_of_affiliation(party: &Party) -> Option<Fault> {
    match (party.role, party.affiliated) {
        (PartyRole::Broker, None) => Some(Fault::new(
            "required",
            "经纪方须说明是否与合同他方存在关联关系",
            "a broker must say whether it is related to another party",
        )),
        (PartyRole::Seller | PartyRole::Buyer, Some(_)) => {
            Some(Fault::new("only_for_brokers", "仅经纪方可填写", "only a broker can say so"))
        }
        (PartyRole::Broker, Some(_)) | (PartyRole::Seller | PartyRole::Buyer, None) => None,
    }
}

fn fault_of_role(role: PartyRole, shares: &[BasisPoints]) -> Option<Fault> {
    let label = role.label();
    if shares.is_empty() {
        return (role != PartyRole::Broker).then(|| {
            Fault::new(
                "party_missing",
                format!("至少应有一个{}", label.zh),
                format!("there must be at least one {}", label.en),
            )
        });
    }
    if shares.len() > PARTIES_PER_ROLE {
        return Some(too_many(shares.len(), PARTIES_PER_ROLE));
    }
    let total = BasisPoints::total(shares.iter().copied());
    (total != u64::from(BasisPoints::WHOLE.points())).then(|| {
        Fault::new(
            "shares_do_not_add_up",
            format!("各{}的份额之和应为 10000 个基点,现为 {total}", label.zh),
            format!("the shares of every {} must add up to 10000, not {total}", label.en),
        )
    })
}

/// Who has no share is no party: nothing would be due to them.
fn share_zero() -> Fault {
    Fault::new("share_out_of_range", "份额应大于零", "a share is more than 0")
}

/// A sub-type that does not belong to the type.
pub(crate) fn subtype_of_other_type(subtype: Subtype, contract_type: ContractType) -> Fault {
    let known: Vec<_> = Subtype::of(contract_type).map(Subtype::as_str).collect();
    let (belongs, known) = (subtype.contract_type(), known.join(", "));
    Fault::new(
        "subtype_of_other_type",
        format!("“{}”属于{},此类型可选:{known}", subtype.label().zh, belongs.label().zh),
        format!("{subtype} belongs to {belongs}; {contract_type} has: {known}"),
    )
}

pub(crate) fn amount_zero() -> Fault {
    Fault::new("amount_zero", "金额应大于零", "the amount must be more than nothing")
}

pub(crate) fn technology_above_total() -> Fault {
    Fault::new(
        "technology_above_total",
        "技术交易额不能超过合同成交额",
        "the technology amount cannot be more than the total amount",
    )
}

/// Dates far away are slips of the pen, and not all of them fit into the database.
pub(crate) fn strange_date(date: NaiveDate) -> Option<Fault> {
    use chrono::Datelike;
    (!(1980..=2199).contains(&date.year())).then(|| {
        Fault::new(
            "date_out_of_range",
            "年份应在 1980 至 2199 之间",
            "the year is from 1980 to 2199",
        )
    })
}

fn too_many(length: usize, most: usize) -> Fault {
    Fault::new(
        "too_many",
        format!("最多 {most} 项,现有 {length} 项"),
        format!("at most {most}, not {length}"),
    )
}

pub(crate) fn twice() -> Fault {
    Fault::new("twice", "重复出现", "it is there twice")
}
