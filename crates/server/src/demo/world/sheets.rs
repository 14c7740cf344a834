//! The world as it is written down: TOML files beside this one.

use anyhow::Context;
use chrono::{Days, NaiveDate};
use kernel::{
    CreditCode, Domain, Email, Line, ListingKind, OrganisationKind, Phone, Prose, Region, Role,
    TransferMode,
};
use listing::model::{Budget, Content, Ipc, Patent, Price, Stage, Trl};
use parties::model::{Contact, Registration};
use serde::Deserialize;

/// The market itself.
const MARKET: &str = "西宁科技大市场";
/// Reviews and approves awards.
const SCIENCE_BUREAU: &str = "西宁市科学技术局\u{ff08}示例\u{ff09}";
/// Pays awards.
const FINANCE_BUREAU: &str = "西宁市财政局\u{ff08}示例\u{ff09}";

/// One of the market's or a bureau's staff.
pub(in crate::demo) struct StaffSheet {
    pub(in crate::demo) role: Role,
    pub(in crate::demo) name: &'static str,
    pub(in crate::demo) kind: OrganisationKind,
    pub(in crate::demo) organisation: &'static str,
}

/// The staff, a person for each role.
pub(in crate::demo) const STAFF: [StaffSheet; 6] = [
    StaffSheet::of_market(Role::Operator, "丁玉梅"),
    StaffSheet::of_market(Role::Registrar, "郭建军"),
    StaffSheet::of_bureau(Role::Reviewer, "祁海燕", SCIENCE_BUREAU),
    StaffSheet::of_bureau(Role::Approver, "韩生龙", SCIENCE_BUREAU),
    StaffSheet::of_bureau(Role::Treasurer, "冶秀兰", FINANCE_BUREAU),
    StaffSheet::of_market(Role::Auditor, "沈静"),
];

impl StaffSheet {
    const fn of_market(role: Role, name: &'static str) -> Self {
        Self { role, name, kind: OrganisationKind::Market, organisation: MARKET }
    }

    const fn of_bureau(role: Role, name: &'static str, organisation: &'static str) -> Self {
        Self { role, name, kind: OrganisationKind::Government, organisation }
    }

    pub(in crate::demo) fn email(&self) -> String {
        format!("{}@demo.example", self.role)
    }
}

const ORGANISATIONS: &str = include_str!("organisations.toml");

/// A file for each field.
const LISTINGS: [(&str, &str); 10] = [
    ("solar_energy", include_str!("listings/solar_energy.toml")),
    ("lithium_batteries", include_str!("listings/lithium_batteries.toml")),
    ("salt_lake_chemistry", include_str!("listings/salt_lake_chemistry.toml")),
    ("alloys_and_materials", include_str!("listings/alloys_and_materials.toml")),
    ("biomedicine", include_str!("listings/biomedicine.toml")),
    ("plateau_products", include_str!("listings/plateau_products.toml")),
    ("big_data", include_str!("listings/big_data.toml")),
    ("plateau_medicine", include_str!("listings/plateau_medicine.toml")),
    ("environment", include_str!("listings/environment.toml")),
    ("manufacturing", include_str!("listings/manufacturing.toml")),
];

/// An organisation and the person who founds its account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationSheet {
    /// By which listings name it.
    pub(super) key: String,
    pub(super) kind: OrganisationKind,
    pub(super) name: Line<200>,
    credit_code: CreditCode,
    region: Region,
    pub(super) person: Line<100>,
    phone: Phone,
}

impl OrganisationSheet {
    pub(super) fn email(&self) -> String {
        format!("{}@demo.example", self.key)
    }

    pub(super) fn registration(&self) -> Result<Registration, kernel::Fault> {
        Ok(Registration {
            kind: self.kind,
            name: self.name.clone(),
            credit_code: Some(self.credit_code.clone()),
            region: self.region.clone(),
            contact: Contact {
                name: self.person.clone(),
                phone: Some(self.phone.clone()),
                email: Some(self.email().parse::<Email>()?),
            },
        })
    }
}

/// A listing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListingSheet {
    /// The key of its organisation.
    pub(super) owner: String,
    pub(super) reference: Line<100>,
    kind: ListingKind,
    title: Line<200>,
    r#abstract: Prose<2000>,
    description: Option<Prose<20000>>,
    keywords: Vec<Line<50>>,
    domain: Domain,
    #[serde(default)]
    ipc: Vec<Ipc>,
    /// Where its organisation belongs, if not said.
    region: Option<Region>,
    trl: Option<Trl>,
    stage: Option<Stage>,
    transfer_modes: Vec<TransferMode>,
    price: Option<Price>,
    #[serde(default)]
    patents: Vec<Patent>,
    budget: Option<Budget>,
    /// For how many days a need stays open.
    open_days: Option<u64>,
}

impl ListingSheet {
    /// What its owner writes on that day.
    pub(super) fn content(self, owner: &OrganisationSheet, today: NaiveDate) -> Content {
        let deadline = self.open_days.and_then(|days| today.checked_add_days(Days::new(days)));
        let region = self.region.unwrap_or_else(|| owner.region.clone());
        Content {
            description: self.description,
            keywords: self.keywords,
            ipc: self.ipc,
            trl: self.trl,
            stage: self.stage,
            transfer_modes: self.transfer_modes,
            price: self.price,
            patents: self.patents,
            budget: self.budget,
            deadline,
            contact: Some(listing::model::Contact {
                name: owner.person.clone(),
                phone: Some(owner.phone.clone()),
                email: None,
            }),
            reference: Some(self.reference),
            non_secret_declared: true,
            ..Content::new(self.kind, self.title, self.r#abstract, self.domain, region)
        }
    }
}

/// The organisations.
///
/// # Errors
/// If they are not written as they should be.
pub(super) fn organisations() -> anyhow::Result<Vec<OrganisationSheet>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sheets {
        organisation: Vec<OrganisationSheet>,
    }
    let sheets: Sheets = toml::from_str(ORGANISATIONS).context("organisations.toml")?;
    Ok(sheets.organisation)
}

/// The listings, field by field.
///
/// # Errors
/// If they are not written as they should be.
pub(super) fn listings() -> anyhow::Result<Vec<ListingSheet>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sheets {
        listing: Vec<ListingSheet>,
    }
    let mut listings = Vec::new();
    for (file, text) in LISTINGS {
        let sheets: Sheets = toml::from_str(text).with_context(|| format!("{file}.toml"))?;
        listings.extend(sheets.listing);
    }
    Ok(listings)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use parties::model::Password;

    use super::*;
    use crate::demo::PASSWORD;

    #[test]
    fn there_are_twenty_organisations_that_may_register() {
        let sheets = organisations().unwrap();
        assert_eq!(sheets.len(), 20);
        let codes: BTreeSet<_> = sheets.iter().map(|sheet| sheet.credit_code.as_str()).collect();
        let emails: BTreeSet<_> = sheets.iter().map(OrganisationSheet::email).collect();
        assert_eq!((codes.len(), emails.len()), (20, 20));
        for sheet in &sheets {
            let registration = sheet.registration().unwrap();
            assert!(registration.faults().is_empty(), "{registration:?}");
            assert!(
                sheet.name.as_str().contains("示例"),
                "{} must say that it is invented",
                sheet.name
            );
        }
        let outside = sheets.iter().filter(|sheet| sheet.region.funder().is_none());
        assert_eq!(outside.count(), 2, "some belong elsewhere");
    }

    #[test]
    fn there_are_sixty_listings_that_may_be_published() {
        let today = "2026-03-01".parse().unwrap();
        let organisations = organisations().unwrap();
        let sheets = listings().unwrap();
        assert_eq!(sheets.len(), 60);
        let references: BTreeSet<_> = sheets.iter().map(|sheet| sheet.reference.clone()).collect();
        assert_eq!(references.len(), 60);
        let mut kinds = [0, 0, 0];
        for sheet in sheets {
            let owner = organisations.iter().find(|owner| owner.key == sheet.owner).unwrap();
            let content = sheet.content(owner, today);
            let faults = [content.faults(), content.faults_at_submission(today)].concat();
            assert!(faults.is_empty(), "{}: {faults:?}", content.title);
            match content.kind {
                ListingKind::Result => kinds[0] += 1,
                ListingKind::Patent => kinds[1] += 1,
                ListingKind::Need | ListingKind::Challenge => kinds[2] += 1,
            }
        }
        assert_eq!(kinds, [28, 12, 20]);
    }

    #[test]
    fn each_of_the_staff_has_one_role_that_may_be_held_where_they_work() {
        let roles: BTreeSet<_> = STAFF.iter().map(|person| person.role.to_string()).collect();
        assert_eq!(roles.len(), STAFF.len());
        for person in &STAFF {
            let role = kernel::RoleSet::EMPTY.with(person.role);
            assert!(person.role.is_staff(), "{}", person.role);
            assert_eq!(parties::model::check_roles(person.kind, role), Ok(()), "{}", person.role);
        }
    }

    #[test]
    fn the_password_is_one_that_the_market_accepts() {
        let password = Password::from(PASSWORD.to_owned());
        for sheet in organisations().unwrap() {
            let email = sheet.email();
            let names = [sheet.person.as_str(), sheet.name.as_str(), email.as_str()];
            assert_eq!(password.check(&names), Ok(()), "{}", sheet.key);
        }
        for person in &STAFF {
            let email = person.email();
            let names = [person.name, person.organisation, &email];
            assert_eq!(password.check(&names), Ok(()), "{email}");
        }
    }
}
