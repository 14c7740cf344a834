//! How well an offer's terms meet what is asked, apart from the words of both.

use kernel::{Domain, Fen, Region, TransferMode, Words};

use super::{
    document::Terms,
    explanation::{Degree, Factor, Finding},
};

/// Readiness that somebody needs who wants to buy or license, not to develop: a system shown in
/// its real surroundings (TRL 7, GB/T 22900).
const READY_TO_USE: u8 = 7;
/// Readiness from which joint or commissioned development makes sense: a proof of concept (TRL 3).
const READY_TO_DEVELOP: u8 = 3;
/// What each missing level of readiness costs, in hundredths.
const PER_MISSING_LEVEL: u32 = 25;

/// Judges everything but the text, in the order of the vocabulary.
pub(crate) fn judge(asked: &Terms, offered: &Terms) -> [Finding; 5] {
    [
        domain(asked.domain, offered.domain),
        maturity(asked, offered.trl),
        transfer_modes(&asked.transfer_modes, &offered.transfer_modes),
        region(&asked.region, &offered.region),
        price(asked.budget, offered.price),
    ]
}

fn line(factor: Factor, degree: Degree, zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { factor, degree, detail: Words::new(zh.into(), en.into()) }
}

fn domain(asked: Domain, offered: Domain) -> Finding {
    let (a, b) = (asked.label(), offered.label());
    if asked == Domain::Other || offered == Domain::Other {
        let (zh, en) = ("至少一方未归入具体领域", "at least one names no particular field");
        return line(Factor::Domain, Degree::UNSAID, zh, en);
    }
    if asked == offered {
        let (zh, en) = (format!("领域相同:{}", a.zh), format!("same field: {}", a.en));
        return line(Factor::Domain, Degree::FULL, zh, en);
    }
    let zh = format!("领域不同:需求 {},供给 {}", a.zh, b.zh);
    let en = format!("different fields: {} asked, {} offered", a.en, b.en);
    line(Factor::Domain, Degree::NONE, zh, en)
}

/// The readiness that is wanted: as stated, else the least that the wanted ways of transfer imply.
fn wanted_readiness(asked: &Terms) -> Option<u8> {
    let implied = |mode: &TransferMode| match mode {
        TransferMode::Assignment
        | TransferMode::LicenceExclusive
        | TransferMode::LicenceSole
        | TransferMode::LicenceOrdinary => READY_TO_USE,
        TransferMode::Equity
        | TransferMode::Cooperation
        | TransferMode::CommissionedDevelopment => READY_TO_DEVELOP,
    };
    let implied_by_modes = || asked.transfer_modes.iter().map(implied).min();
    asked.trl.or_else(implied_by_modes)
}

fn maturity(asked: &Terms, offered: Option<u8>) -> Finding {
    let (Some(wanted), Some(offered)) = (wanted_readiness(asked), offered) else {
        let (zh, en) = ("成熟度未说明", "readiness is not stated");
        return line(Factor::Maturity, Degree::UNSAID, zh, en);
    };
    let missing = u32::from(wanted.saturating_sub(offered));
    let degree =
        Degree::of_hundredths(100_u32.saturating_sub(missing.saturating_mul(PER_MISSING_LEVEL)));
    let source = if asked.trl.is_some() {
        Words::new("需求要求", "wanted")
    } else {
        Words::new("按所需转化方式宜达到", "as the wanted transfer modes imply")
    };
    line(
        Factor::Maturity,
        degree,
        format!("{}成熟度 {wanted} 级,供给为 {offered} 级", source.zh),
        format!("TRL {wanted} {}, TRL {offered} offered", source.en),
    )
}

fn transfer_modes(asked: &[TransferMode], offered: &[TransferMode]) -> Finding {
    let factor = Factor::TransferModes;
    if asked.is_empty() || offered.is_empty() {
        let (zh, en) = ("转化方式未说明", "transfer modes are not stated");
        return line(factor, Degree::UNSAID, zh, en);
    }
    let shared: Vec<_> = asked.iter().filter(|mode| offered.contains(mode)).collect();
    if shared.is_empty() {
        return line(factor, Degree::NONE, "转化方式不一致", "no transfer mode in common");
    }
    let named = |say: fn(Words<&'static str>) -> &'static str, separator: &str| {
        shared.iter().map(|mode| say(mode.label())).collect::<Vec<_>>().join(separator)
    };
    let zh = format!("双方均可:{}", named(|words| words.zh, "、"));
    let en = format!("both want: {}", named(|words| words.en, ", "));
    line(factor, Degree::FULL, zh, en)
}

/// How many digits of a division code name the province, and the city.
const PROVINCE: usize = 2;
const CITY: usize = 4;

/// The part of a region's division code that names a province or city; `None` abroad, and where
/// the code names something larger. A park of Xining stands for its city.
fn area(region: &Region, digits: usize) -> Option<&str> {
    let code = region.as_str();
    let code = if is_park(region) { kernel::CITY.as_str() } else { code };
    let digital = code.bytes().all(|byte| byte.is_ascii_digit());
    let area = code.get(..digits).filter(|_| digital)?;
    let names_it = !code.get(digits.saturating_sub(2)..).is_none_or(|rest| rest.starts_with("00"));
    names_it.then_some(area)
}

fn is_park(region: &Region) -> bool {
    region.as_str().starts_with("park-")
}

fn region(asked: &Region, offered: &Region) -> Finding {
    let share = |digits| area(asked, digits).is_some_and(|a| area(offered, digits) == Some(a));
    let (degree, zh, en) = if asked == offered && (is_park(asked) || area(asked, 6).is_some()) {
        (Degree::FULL, "同一区县或园区", "same district or park")
    } else if share(CITY) {
        (Degree::of_hundredths(80), "同一城市", "same city")
    } else if share(PROVINCE) {
        (Degree::of_hundredths(50), "同一省份", "same province")
    } else {
        (Degree::NONE, "不在同一省份", "not in the same province")
    };
    line(Factor::Region, degree, zh, en)
}

/// Full up to the budget, nothing from twice the budget on, in proportion between.
fn price(budget: Option<Fen>, price: Option<Fen>) -> Finding {
    let factor = Factor::Price;
    let (Some(budget), Some(price)) = (budget, price) else {
        let (zh, en) = ("价格面议或预算未说明", "the price is negotiable or no budget is stated");
        return line(factor, Degree::UNSAID, zh, en);
    };
    if price <= budget {
        return line(factor, Degree::FULL, "价格在预算之内", "the price is within the budget");
    }
    let (zh, en) = ("价格超出预算", "the price exceeds the budget");
    line(factor, Degree::of_millionths(within(budget, price)), zh, en)
}

/// How much of the budget the excess leaves, in millionths.
fn within(budget: Fen, price: Fen) -> u32 {
    let (budget, price) = (i128::from(budget.fen()), i128::from(price.fen()));
    let left = (2 * budget - price).max(0) * 1_000_000;
    left.checked_div(budget).and_then(|share| u32::try_from(share).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(code: &str) -> Region {
        code.parse().unwrap()
    }

    fn terms(trl: Option<u8>, modes: &[TransferMode]) -> Terms {
        Terms {
            organisation_id: kernel::Id::from_parts(1, &[0; 10]),
            domain: Domain::Environment,
            region: place("630102"),
            trl,
            transfer_modes: modes.into(),
            price: None,
            budget: None,
            deadline: None,
        }
    }

    #[test]
    fn nearer_is_better() {
        for (asked, offered, hundredths) in [
            ("630102", "630102", 100),
            ("park-nanchuan", "park-nanchuan", 100),
            ("630100", "630100", 80),
            ("630100", "630104", 80),
            ("630000", "630000", 50),
            ("630000", "630104", 50),
            ("overseas", "overseas", 0),
            ("630102", "630104", 80),
            ("park-nanchuan", "630104", 80),
            ("park-nanchuan", "park-ganhe", 80),
            ("630102", "632801", 50),
            ("630102", "110108", 0),
            ("630102", "overseas", 0),
            ("park-nanchuan", "overseas", 0),
        ] {
            let found = region(&place(asked), &place(offered)).degree;
            assert_eq!(found, Degree::of_hundredths(hundredths), "{asked} and {offered}");
        }
    }

    #[test]
    fn readiness_is_wanted_as_stated_or_as_the_modes_imply() {
        use TransferMode::{Assignment, Cooperation};
        for (stated, modes, offered, hundredths) in [
            (Some(6), &[][..], Some(6), 100),
            (Some(6), &[][..], Some(9), 100),
            (Some(6), &[][..], Some(5), 75),
            (Some(9), &[][..], Some(1), 0),
            (None, &[Assignment][..], Some(7), 100),
            (None, &[Assignment][..], Some(5), 50),
            (None, &[Cooperation][..], Some(3), 100),
            (None, &[Assignment, Cooperation][..], Some(3), 100),
            (None, &[][..], Some(9), 50),
            (Some(6), &[][..], None, 50),
        ] {
            let found = maturity(&terms(stated, modes), offered).degree;
            assert_eq!(
                found,
                Degree::of_hundredths(hundredths),
                "{stated:?} {modes:?} {offered:?}"
            );
        }
    }

    #[test]
    fn a_price_may_exceed_the_budget_a_little() {
        let fen = |fen| Some(Fen::new(fen).unwrap());
        for (budget, asked, millionths) in [
            (fen(100), fen(100), 1_000_000),
            (fen(100), fen(0), 1_000_000),
            (fen(100), fen(125), 750_000),
            (fen(100), fen(200), 0),
            (fen(0), fen(1), 0),
            (fen(1), Some(Fen::MAX), 0),
            (None, fen(1), 500_000),
            (fen(1), None, 500_000),
        ] {
            let found = price(budget, asked).degree;
            assert_eq!(found, Degree::of_millionths(millionths), "{budget:?} {asked:?}");
        }
    }

    #[test]
    fn modes_and_fields_agree_or_not() {
        use TransferMode::{Assignment, Cooperation, Equity};
        assert_eq!(transfer_modes(&[Equity], &[Assignment]).degree, Degree::NONE);
        assert_eq!(transfer_modes(&[], &[Assignment]).degree, Degree::UNSAID);
        let both = transfer_modes(&[Assignment, Cooperation], &[Cooperation, Equity]);
        assert_eq!(
            (both.degree, both.detail.en.as_str()),
            (Degree::FULL, "both want: cooperation")
        );
        assert_eq!(domain(Domain::BigData, Domain::BigData).degree, Degree::FULL);
        assert_eq!(domain(Domain::BigData, Domain::Environment).degree, Degree::NONE);
        assert_eq!(domain(Domain::Other, Domain::Other).degree, Degree::UNSAID);
    }
}
