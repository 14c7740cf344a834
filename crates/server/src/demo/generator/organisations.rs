//! Random organisations.

use kernel::{CreditCode, Funder, OrganisationKind, Region};
use parties::model::{Contact, Registration};

use super::{draw::Lots, parsed};

/// What the lots are drawn for.
pub(super) const LOTS: u64 = 1;

/// One in so many belongs elsewhere than to Xining.
const ELSEWHERE_PERCENT: u32 = 8;
const ELSEWHERE: [&str; 6] = ["630203", "632801", "632521", "110108", "610102", "overseas"];

/// GB 32100: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// What the `number`-th organisation is: of twenty, two universities, two institutes, two brokers.
pub(super) const fn kind(number: usize) -> OrganisationKind {
    match number % 40 {
        0 | 10 | 20 | 30 => OrganisationKind::University,
        1 | 11 | 21 | 31 => OrganisationKind::Institute,
        5 | 15 | 25 => OrganisationKind::BrokerAgency,
        35 => OrganisationKind::IndividualBroker,
        _ => OrganisationKind::Enterprise,
    }
}

/// The `number`-th organisation of the world of a seed.
pub(super) fn registration(
    lots: &mut Lots<'_>,
    seed: u64,
    number: usize,
) -> anyhow::Result<Registration> {
    let kind = kind(number);
    Ok(Registration {
        kind,
        name: parsed(&name(lots, kind, seed, number))?,
        credit_code: Some(credit_code(kind, seed, number)?),
        region: region(lots)?,
        contact: Contact {
            name: parsed(&lots.person())?,
            phone: Some(parsed(&lots.phone())?),
            email: Some(parsed(&email(seed, number))?),
        },
    })
}

/// The address of an organisation's founder.
pub(super) fn email(seed: u64, number: usize) -> String {
    format!("g{seed}-{number}@load.example")
}

/// The name says that the organisation is made up, and is given once.
fn name(lots: &mut Lots<'_>, kind: OrganisationKind, seed: u64, number: usize) -> String {
    let words = &lots.vocabulary.patterns.organisations;
    let place = lots.pick(&words.words);
    let (what, ending) = match kind {
        OrganisationKind::University => (lots.pick(&words.universities), ""),
        OrganisationKind::Institute => (lots.pick(&words.institutes), ""),
        OrganisationKind::BrokerAgency => (lots.pick(&words.brokers), "有限公司"),
        OrganisationKind::IndividualBroker => (lots.pick(&words.brokers), "工作室"),
        OrganisationKind::Enterprise | OrganisationKind::Government | OrganisationKind::Market => {
            (lots.pick(&words.enterprises), "有限公司")
        }
    };
    format!("{place}{what}{ending}\u{ff08}样本{seed}-{number}\u{ff09}")
}

fn region(lots: &mut Lots<'_>) -> anyhow::Result<Region> {
    if lots.chance(ELSEWHERE_PERCENT) {
        let elsewhere = ELSEWHERE.map(str::to_owned);
        return parsed(lots.pick(&elsewhere));
    }
    let districts = Funder::ALL.iter().filter(|funder| **funder != kernel::CITY);
    let districts: Vec<String> = districts.map(|funder| funder.as_str().to_owned()).collect();
    parsed(lots.pick(&districts))
}

/// A credit code with its check character: other seeds have others, up to some thirty thousand.
fn credit_code(kind: OrganisationKind, seed: u64, number: usize) -> anyhow::Result<CreditCode> {
    let authority = match kind {
        OrganisationKind::University | OrganisationKind::Institute => "12",
        OrganisationKind::IndividualBroker => "92",
        OrganisationKind::Enterprise
        | OrganisationKind::BrokerAgency
        | OrganisationKind::Government
        | OrganisationKind::Market => "91",
    };
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    let body = format!("{authority}630100G{}{}0", digits::<3>(seed), digits::<4>(number));
    let checked = ALPHABET.iter().find_map(|check| {
        let code = format!("{body}{}", char::from(*check));
        code.parse::<CreditCode>().ok()
    });
    checked.ok_or_else(|| anyhow::anyhow!("no check character fits {body}"))
}

/// The lowest `N` digits of a number in the alphabet of credit codes.
fn digits<const N: usize>(mut number: u64) -> String {
    let mut text = [b'0'; N];
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(number % 31).unwrap_or(0);
        *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
        number /= 31;
    }
    text.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::generator::vocabulary::Vocabulary;

    #[test]
    fn random_organisations_may_register() {
        let vocabulary = Vocabulary::read().unwrap();
        let mut codes = BTreeSet::new();
        for number in 0..200 {
            let mut lots = Lots::of(&vocabulary, 3, LOTS, number);
            let new = registration(&mut lots, 3, number).unwrap();
            assert!(new.faults().is_empty(), "{new:?}");
            assert!(codes.insert(new.credit_code), "{number}");
        }
        let other = registration(&mut Lots::of(&vocabulary, 4, LOTS, 0), 4, 0).unwrap();
        assert!(codes.insert(other.credit_code), "another seed, other organisations");
    }
}
