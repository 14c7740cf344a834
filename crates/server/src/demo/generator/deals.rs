//! Random contracts between random organisations, and how far each has come.

use chrono::{Days, NaiveDate};
use contracts::{
    commands::Deal,
    model::{
        Clause, Due, NewPayment, NonTechnologyItem, Party, PaymentTerm, Recognised, Subtype,
        UncheckedTerms,
    },
};
use kernel::{
    Actor, BasisPoints, ContractType, Fen, Id, OrganisationKind, PartyRole, kinds::Listing,
    split_by_shares,
};
use rand::seq::IndexedRandom;

use super::{
    draw::{Lots, Topic},
    parsed,
};

/// What the lots are drawn for.
pub(super) const LOTS: u64 = 3;

/// An organisation that may take part in contracts.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) kind: OrganisationKind,
    /// Its founder.
    pub(super) signatory: Actor,
    /// Some of what it offers.
    pub(super) offers: Vec<Id<Listing>>,
}

/// Who may be what in a contract.
pub(super) struct Members {
    sellers: Vec<Member>,
    buyers: Vec<Member>,
    brokers: Vec<Member>,
}

impl Members {
    /// Universities and institutes sell, and so does one enterprise in four; enterprises buy.
    pub(super) fn of(members: Vec<Member>) -> Self {
        let of = |kinds: &[OrganisationKind]| {
            let found = members.iter().filter(|member| kinds.contains(&member.kind));
            found.cloned().collect::<Vec<_>>()
        };
        let buyers = of(&[OrganisationKind::Enterprise]);
        let mut sellers = of(&[OrganisationKind::University, OrganisationKind::Institute]);
        sellers.extend(buyers.iter().step_by(4).cloned());
        let brokers = of(&[OrganisationKind::BrokerAgency, OrganisationKind::IndividualBroker]);
        Self { sellers, buyers, brokers }
    }
}

/// A contract that was made on that day.
pub(super) fn deal(
    lots: &mut Lots<'_>,
    members: &Members,
    registrar: Actor,
    today: NaiveDate,
) -> anyhow::Result<Deal> {
    let (seller, signatories) = parties(lots, members)?;
    let terms = terms(lots, &seller, &signatories, today)?;
    // Of a hundred: ten drafts, ten offered, twenty signed, ten applied for, fifty recognised.
    let reached = lots.number(0, 99);
    let recognised = if reached >= 50 {
        let recognised = recognised(lots, &terms)?;
        Some((registrar, recognised))
    } else {
        None
    };
    let is_paid = recognised.is_some() && lots.chance(60);
    let payment = if is_paid { Some(payment(lots, &terms, today)?) } else { None };
    Ok(Deal {
        terms,
        signatories: signatories.into_iter().map(|(_, signatory)| signatory).collect(),
        offered: reached >= 10,
        signed: reached >= 20,
        applied: reached >= 40,
        recognised,
        payment,
    })
}

/// The seller, and who signs in which role, the seller first.
fn parties(
    lots: &mut Lots<'_>,
    members: &Members,
) -> anyhow::Result<(Member, Vec<(PartyRole, Actor)>)> {
    let nobody = || anyhow::anyhow!("too few organisations for contracts");
    let seller = members.sellers.choose(&mut lots.rng).ok_or_else(nobody)?.clone();
    let own = seller.signatory.organisation;
    let others: Vec<&Member> = members.buyers.sample(&mut lots.rng, 2).collect();
    let buyer = others.into_iter().find(|buyer| buyer.signatory.organisation != own);
    let buyer = buyer.ok_or_else(nobody)?.signatory;
    let mut signatories = vec![(PartyRole::Seller, seller.signatory), (PartyRole::Buyer, buyer)];
    if lots.chance(40)
        && let Some(broker) = members.brokers.choose(&mut lots.rng)
    {
        signatories.push((PartyRole::Broker, broker.signatory));
    }
    Ok((seller, signatories))
}

fn terms(
    lots: &mut Lots<'_>,
    seller: &Member,
    signatories: &[(PartyRole, Actor)],
    today: NaiveDate,
) -> anyhow::Result<UncheckedTerms> {
    let mut topic = lots.topic();
    let contract_type = contract_type(lots);
    topic.contract_type = contract_type.label().zh;
    let patterns = &lots.vocabulary.patterns.contract;
    let total = lots.money(4, 4);
    let (technology, non_technology_items) = amounts(lots, &topic, total)?;
    // A transfer would take the listing off the market.
    let listing_ids = if contract_type == ContractType::Transfer {
        Vec::new()
    } else {
        seller.offers.choose(&mut lots.rng).copied().into_iter().collect()
    };
    let party = |(role, signatory): &(PartyRole, Actor)| Party {
        role: *role,
        organisation_id: signatory.organisation,
        share_bp: BasisPoints::WHOLE,
        affiliated: (*role == PartyRole::Broker).then_some(false),
    };
    let ends_on = today.checked_add_days(Days::new(u64::from(lots.number(60, 1100))));
    let subtypes: Vec<Subtype> = Subtype::of(contract_type).collect();
    Ok(UncheckedTerms {
        contract_type,
        subtype: subtypes.choose(&mut lots.rng).copied(),
        title: parsed(&lots.say(&topic, &patterns.titles))?,
        domain: topic.field.map_or(kernel::Domain::Other, |field| field.domain),
        listing_ids,
        introduction_id: None,
        parties: signatories.iter().map(party).collect(),
        total_amount_fen: total,
        technology_amount_fen: technology,
        non_technology_items,
        related_parties: lots.chance(3),
        payment_terms: payment_terms(lots, total)?,
        starts_on: today,
        ends_on: ends_on.unwrap_or(today),
        clauses: clauses(lots, &topic)?,
    })
}

fn contract_type(lots: &mut Lots<'_>) -> ContractType {
    match lots.number(0, 99) {
        0..=39 => ContractType::Development,
        40..=54 => ContractType::Transfer,
        55..=69 => ContractType::Licence,
        70..=79 => ContractType::Consulting,
        _ => ContractType::Service,
    }
}

/// The technology amount, and what the rest is paid for.
fn amounts(
    lots: &mut Lots<'_>,
    topic: &Topic<'_>,
    total: Fen,
) -> anyhow::Result<(Fen, Vec<NonTechnologyItem>)> {
    if lots.chance(50) {
        return Ok((total, Vec::new()));
    }
    let percent = lots.number(55, 95);
    let technology = part(total, percent)?;
    let equipment = &lots.vocabulary.patterns.contract.equipment;
    let what = parsed(&lots.say(topic, equipment))?;
    let item = NonTechnologyItem { what, amount_fen: total.sub(technology)? };
    Ok((technology, vec![item]))
}

/// So many hundredths of a sum, cut off to the fen.
fn part(sum: Fen, percent: u32) -> anyhow::Result<Fen> {
    Ok(Fen::new(sum.fen() * i64::from(percent) / 100)?)
}

fn payment_terms(lots: &mut Lots<'_>, total: Fen) -> anyhow::Result<Vec<PaymentTerm>> {
    let milestones = lots.some(&lots.vocabulary.patterns.contract.milestones, 1, 3);
    let weights: Vec<u64> = milestones.iter().map(|_| u64::from(lots.number(1, 4))).collect();
    let amounts = split_by_shares(total, &weights);
    let terms = milestones.iter().zip(amounts).map(|(milestone, amount_fen)| {
        let due = Due::Milestone(parsed(milestone)?);
        Ok(PaymentTerm { due, amount_fen })
    });
    terms.collect()
}

fn clauses(lots: &mut Lots<'_>, topic: &Topic<'_>) -> anyhow::Result<Vec<Clause>> {
    let patterns = lots.some(&lots.vocabulary.patterns.contract.clauses, 2, 4);
    let clauses = patterns.into_iter().enumerate().map(|(position, pattern)| {
        let heading = parsed(&format!("第{}条", position.saturating_add(1)))?;
        Ok(Clause { heading, text: parsed(&lots.say(topic, &[pattern]))? })
    });
    clauses.collect()
}

/// What the registrar recognises: now and then less than was agreed.
fn recognised(lots: &mut Lots<'_>, terms: &UncheckedTerms) -> anyhow::Result<Recognised> {
    let percent = if lots.chance(10) { lots.number(60, 99) } else { 100 };
    let digits: u64 = u64::from(lots.number(0, 99_999_999)) * 1_000_000;
    let number = digits.saturating_add(u64::from(lots.number(0, 999_999)));
    Ok(Recognised {
        contract_type: terms.contract_type,
        subtype: terms.subtype,
        technology_amount_fen: part(terms.technology_amount_fen, percent)?,
        registration_number: parsed(&format!("63{number:014}"))?,
        remarks: None,
    })
}

fn payment(
    lots: &mut Lots<'_>,
    terms: &UncheckedTerms,
    today: NaiveDate,
) -> anyhow::Result<NewPayment> {
    let percent = lots.number(10, 55);
    Ok(NewPayment {
        paid_on: today,
        amount_fen: part(terms.total_amount_fen, percent)?,
        technology_amount_fen: part(terms.technology_amount_fen, percent)?,
        reference: Some(parsed(&format!("电汇{:08}", lots.number(0, 99_999_999)))?),
    })
}
