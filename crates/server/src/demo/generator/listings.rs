//! Random results, patents and needs.

use chrono::{Datelike, Days, NaiveDate};
use kernel::{
    Line, ListingKind, PatentKind, PatentNumber, PatentStatus, PriceMode, Region, TransferMode,
};
use listing::model::{Budget, Contact, Content, Patent, Price, Stage, Trl};

use super::{
    draw::{Lots, Topic},
    parsed,
};

/// What the lots are drawn for.
pub(super) const LOTS: u64 = 2;

/// The `number`-th listing of a world, written on that day for an organisation of that region.
pub(super) fn content(
    lots: &mut Lots<'_>,
    kind: ListingKind,
    region: &Region,
    reference: &str,
    today: NaiveDate,
) -> anyhow::Result<Content> {
    let topic = lots.topic();
    let field = topic.field.ok_or_else(|| anyhow::anyhow!("the vocabulary is empty"))?;
    let (title, summary) = words(lots, &topic, kind);
    let details = &lots.vocabulary.patterns.result.details;
    let is_offer = !kind.asks();
    let description = if is_offer && lots.chance(50) {
        Some(parsed(&lots.say_some(&topic, details, 2, 4))?)
    } else {
        None
    };
    let trl = if is_offer || lots.chance(30) { Some(lots.number(3, 9)) } else { None };
    let trl = trl.and_then(|level| u8::try_from(level).ok()).map(Trl::try_from).transpose();
    let trl = trl.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let must = (parsed(&title)?, parsed(&summary)?);
    Ok(Content {
        description,
        keywords: keywords(&topic)?,
        ipc: if is_offer { lots.some(&field.ipc, 1, 3) } else { Vec::new() },
        trl,
        stage: trl.filter(|_| is_offer).map(stage),
        transfer_modes: lots.some(TransferMode::ALL, 1, 3),
        price: is_offer.then(|| price(lots)),
        patents: patents(lots, kind, today)?,
        budget: (kind.asks() && lots.chance(85)).then(|| budget(lots)),
        deadline: if kind.asks() && lots.chance(70) {
            today.checked_add_days(Days::new(u64::from(lots.number(10, 400))))
        } else {
            None
        },
        contact: Some(Contact {
            name: parsed(&lots.person())?,
            phone: Some(parsed(&lots.phone())?),
            email: None,
        }),
        reference: if lots.chance(50) { Some(parsed(reference)?) } else { None },
        non_secret_declared: true,
        ..Content::new(kind, must.0, must.1, field.domain, region.clone())
    })
}

/// Title and summary.
fn words(lots: &mut Lots<'_>, topic: &Topic<'_>, kind: ListingKind) -> (String, String) {
    let patterns = &lots.vocabulary.patterns;
    match kind {
        ListingKind::Need | ListingKind::Challenge => {
            let title = lots.say(topic, &patterns.need.titles);
            let opening = lots.say(topic, &patterns.need.openings);
            let wishes = lots.say_some(topic, &patterns.need.wishes, 2, 4);
            (title, opening + &wishes)
        }
        ListingKind::Patent => {
            let title = lots.say(topic, &patterns.patent.titles);
            let opening = lots.say(topic, &patterns.patent.openings);
            let outcome = lots.say(topic, &patterns.patent.outcomes);
            (title, opening + &outcome)
        }
        ListingKind::Result => {
            let title = lots.say(topic, &patterns.result.titles);
            let mut summary = lots.say(topic, &patterns.result.openings);
            summary += &lots.say(topic, &patterns.result.approaches);
            summary += &lots.say_some(topic, &patterns.result.outcomes, 1, 2);
            summary += &lots.say(topic, &patterns.result.closings);
            (title, summary)
        }
    }
}

fn keywords(topic: &Topic<'_>) -> anyhow::Result<Vec<Line<50>>> {
    let [method, _] = topic.methods;
    let [place, _] = topic.uses;
    let gain = topic.gains.first().map_or("", |gain| gain.what.as_str());
    let mut keywords: Vec<&str> = vec![topic.thing, method, place, gain];
    keywords.sort_unstable();
    keywords.dedup();
    keywords.into_iter().filter(|word| !word.is_empty()).map(parsed).collect()
}

const fn stage(trl: Trl) -> Stage {
    match trl.level() {
        0..=3 => Stage::Research,
        4 => Stage::Sample,
        5 => Stage::BenchScale,
        6 | 7 => Stage::PilotScale,
        _ => Stage::Production,
    }
}

fn price(lots: &mut Lots<'_>) -> Price {
    let mode = match lots.number(0, 99) {
        0..=44 => PriceMode::Negotiable,
        45..=84 => PriceMode::Fixed,
        85..=92 => PriceMode::UseFirstPayLater,
        _ => PriceMode::Listed,
    };
    let names_one = matches!(mode, PriceMode::Fixed | PriceMode::Listed);
    Price { mode, amount_fen: names_one.then(|| lots.money(4, 3)) }
}

fn budget(lots: &mut Lots<'_>) -> Budget {
    let (one, other) = (lots.money(4, 3), lots.money(4, 3));
    let min_fen = if lots.chance(40) { Some(one.min(other)) } else { None };
    Budget { min_fen, max_fen: Some(one.max(other)) }
}

fn patents(
    lots: &mut Lots<'_>,
    kind: ListingKind,
    today: NaiveDate,
) -> anyhow::Result<Vec<Patent>> {
    let amount = match kind {
        ListingKind::Patent => lots.number(1, 2),
        ListingKind::Result => lots.number(0, 3).saturating_sub(1),
        ListingKind::Need | ListingKind::Challenge => 0,
    };
    let mut patents: Vec<Patent> = Vec::new();
    for _ in 0..amount {
        let patent = patent(lots, today)?;
        if patents.iter().all(|other| other.number != patent.number) {
            patents.push(patent);
        }
    }
    Ok(patents)
}

fn patent(lots: &mut Lots<'_>, today: NaiveDate) -> anyhow::Result<Patent> {
    let invention = lots.chance(70);
    let (kind, digit) =
        if invention { (PatentKind::Invention, 1) } else { (PatentKind::UtilityModel, 2) };
    // Young enough that no right has ended.
    let age = lots.number(1, if invention { 12 } else { 9 });
    let year = today.year().saturating_sub(i32::try_from(age).unwrap_or(1));
    let body = format!("{year}{digit}{:07}", lots.number(0, 9_999_999));
    let number = "0123456789X".chars().find_map(|check| {
        let number = format!("CN{body}.{check}");
        number.parse::<PatentNumber>().ok()
    });
    let number = number.ok_or_else(|| anyhow::anyhow!("no check digit fits {body}"))?;
    let status = if lots.chance(75) { PatentStatus::Granted } else { PatentStatus::Pending };
    Ok(Patent { number, kind, status, expires_on: None })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::generator::vocabulary::Vocabulary;

    fn write(seed: u64, number: usize) -> Content {
        let vocabulary = Vocabulary::read().unwrap();
        let kind = [ListingKind::Result, ListingKind::Patent, ListingKind::Need][number % 3];
        let region = "630104".parse().unwrap();
        let mut lots = Lots::of(&vocabulary, seed, LOTS, number);
        content(&mut lots, kind, &region, "G-1", "2026-03-01".parse().unwrap()).unwrap()
    }

    #[test]
    fn random_listings_are_as_good_as_written_ones() {
        let today = "2026-03-01".parse().unwrap();
        for number in 0..600 {
            let content = write(7, number);
            let faults = [content.faults(), content.faults_at_submission(today)].concat();
            assert!(faults.is_empty(), "{content:?}: {faults:?}");
            let text = format!("{} {} {:?}", content.title, content.summary, content.description);
            assert!(!text.contains('{') && !text.contains("为,"), "{text}");
        }
    }

    #[test]
    fn the_same_seed_writes_the_same_and_another_something_else() {
        assert_eq!(write(7, 42), write(7, 42));
        assert_ne!(write(7, 42), write(8, 42));
    }

    #[test]
    fn hardly_any_two_are_alike() {
        let texts: BTreeSet<String> = (0..600)
            .map(|number| {
                let content = write(1, number);
                format!("{}\n{}", content.title, content.summary)
            })
            .collect();
        assert_eq!(texts.len(), 600);
        let titles: BTreeSet<&str> = texts.iter().filter_map(|text| text.lines().next()).collect();
        assert!(titles.len() > 560, "{}", titles.len());
    }
}
