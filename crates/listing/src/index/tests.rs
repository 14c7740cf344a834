//! The index against a plain look at every listing.

use std::{collections::BTreeSet, path::Path};

use chrono::{DateTime, TimeDelta};
use kernel::{Domain, Fen, Id, ListingKind, ListingStatus, PriceMode, TransferMode};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select, subsequence},
};
use tempfile::TempDir;

use super::{
    fields::{Dimension, values},
    gather::{Condition, Gather, Gathered, NO_PRICE, Order},
    volume::{Volume, is_of_no_use},
};
use crate::{
    model::{Reading, TextQuery, Trl},
    store::{Moment, Present, PublicRow},
};

const WORDS: [&str; 12] = [
    "盐湖",
    "提锂",
    "锂电池",
    "回收",
    "防冰涂层",
    "光伏",
    "LiFePO4",
    "鋰",
    "石墨烯",
    "高原",
    "的",
    "ＡＩ",
];
const QUERIES: [&str; 14] = [
    "盐湖",
    "锂",
    "池",
    "锂电池 回收",
    "\"提锂锂电池\"",
    "鹽湖提鋰",
    "lifepo4",
    "lifepo",
    "冰涂",
    "\"盐湖 LiFePO4\"",
    "光伏 高原",
    "ai",
    "qhdx",
    "昆仑",
];
const OWNERS: [&str; 3] = ["青海大学", "西宁市新材料研究院", "Acme 高原农牧公司"];

fn present() -> Present {
    Present { database: "test".to_owned(), moment: Moment::before(7) }
}

struct Shelf {
    volume: Volume,
    folder: TempDir,
}

fn shelf(listings: &[PublicRow]) -> Shelf {
    let folder = tempfile::tempdir().unwrap();
    let volume = Volume::create(folder.path(), "volume-1".to_owned(), &present()).unwrap();
    // Several segments, as after several changes.
    for some in listings.chunks(listings.len().div_ceil(3).max(1)) {
        volume.add(some).unwrap();
        volume.commit(Moment::before(7)).unwrap();
    }
    Shelf { volume, folder }
}

fn listing(number: usize) -> PublicRow {
    let owner = number % OWNERS.len();
    PublicRow {
        id: Id::from_parts(u64::try_from(number).unwrap(), &[3; 10]),
        number: format!("L2026-{number:06}").parse().unwrap(),
        organisation_id: Id::from_parts(u64::try_from(owner).unwrap(), &[9; 10]),
        organisation_name: OWNERS[owner].parse().unwrap(),
        kind: ListingKind::Result,
        title: "标题".parse().unwrap(),
        summary: "摘要".parse().unwrap(),
        description: None,
        advantages: None,
        market_outlook: None,
        economic_benefits: None,
        keywords: Vec::new(),
        domain: Domain::Other,
        ipc: Vec::new(),
        region: "630104".parse().unwrap(),
        trl: None,
        transfer_modes: Vec::new(),
        price_mode: None,
        price_fen: None,
        status: ListingStatus::Published,
        published_at: Some(DateTime::UNIX_EPOCH),
    }
}

fn text() -> impl Strategy<Value = String> {
    let between = select(vec!["", "", "", " ", ",", "。"]);
    vec((select(WORDS.to_vec()), between), 1..6)
        .prop_map(|parts| parts.into_iter().map(|(word, end)| format!("{word}{end}")).collect())
}

fn anything(number: usize) -> impl Strategy<Value = PublicRow> {
    let texts = (text(), text(), proptest::option::of(text()), vec(select(WORDS.to_vec()), 0..3));
    let facts = (
        select(ListingKind::ALL.to_vec()),
        select(Domain::ALL.to_vec()),
        select(vec!["630104", "630121", "park-nanchuan", "overseas"]),
        proptest::option::of(1_u8..=9),
        subsequence(TransferMode::ALL.to_vec(), 0..3),
        proptest::option::of((select(PriceMode::ALL.to_vec()), proptest::option::of(0_i64..4))),
        0_i64..4,
    );
    (texts, facts).prop_map(move |((title, summary, description, keywords), facts)| {
        let (kind, domain, region, trl, transfer_modes, price, age) = facts;
        PublicRow {
            title: format!("题{title}").parse().unwrap(),
            summary: format!("文{summary}").parse().unwrap(),
            description: description.map(|text| format!("述{text}").parse().unwrap()),
            keywords: keywords.into_iter().map(|word| word.parse().unwrap()).collect(),
            kind,
            domain,
            region: region.parse().unwrap(),
            trl: trl.map(|trl| Trl::try_from(trl).unwrap()),
            transfer_modes,
            price_mode: price.map(|(mode, _)| mode),
            price_fen: price.and_then(|(_, fen)| fen).map(|fen| Fen::new(fen).unwrap()),
            published_at: Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(age)),
            ..listing(number)
        }
    })
}

fn listings() -> impl Strategy<Value = Vec<PublicRow>> {
    (1_usize..40).prop_flat_map(|count| (0..count).map(anything).collect::<Vec<_>>())
}

/// Values that some listing has, or none.
fn conditions(listings: &[PublicRow], picks: &[(usize, Index)]) -> Vec<(Dimension, Condition)> {
    let mut conditions: Vec<(Dimension, Condition)> = Vec::new();
    for (number, pick) in picks {
        let dimension = Dimension::ALL[*number];
        let known: Vec<String> = listings.iter().flat_map(|each| values(each, dimension)).collect();
        if conditions.iter().any(|(named, _)| *named == dimension) || known.is_empty() {
            continue;
        }
        let value = known[pick.index(known.len())].clone();
        conditions.push((
            dimension,
            if dimension == Dimension::Trl {
                Condition::Between(value..="9".to_owned())
            } else {
                Condition::Is(value)
            },
        ));
    }
    conditions
}

fn passes(listing: &PublicRow, (dimension, condition): &(Dimension, Condition)) -> bool {
    values(listing, *dimension).iter().any(|value| match condition {
        Condition::Is(wanted) => value == wanted,
        Condition::Between(range) => range.contains(value),
    })
}

fn answers(listing: &PublicRow, query: &TextQuery) -> bool {
    let texts: Vec<Reading> = listing.texts().iter().map(|text| Reading::of(text)).collect();
    query.is_answered_by(&texts)
}

fn gather(conditions: &[(Dimension, Condition)], price_max: Option<u64>) -> Gather {
    let conditions = conditions.to_vec();
    Gather { conditions, price_max, order: Order::Newest, after: None, limit: 0, facets: false }
}

fn in_pages(volume: &Volume, query: Option<&TextQuery>, gather: &Gather) -> Vec<u128> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = Gather { limit: 3, after, ..gather.clone() };
        let Gathered { hits, .. } = volume.find(query, &page).unwrap();
        found.extend(hits.iter().map(|hit| hit.id));
        match hits.last() {
            Some(last) if hits.len() == 3 => after = Some(last.key(gather.order)),
            _ => return found,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_index_finds_counts_and_orders_what_a_plain_look_does(
        listings in listings(),
        query in proptest::option::of(select(QUERIES.to_vec())),
        picks in vec((0_usize..7, any::<Index>()), 0..4),
        price_max in proptest::option::of(0_u64..4),
        order in select(vec![Order::Newest, Order::Cheapest, Order::Best]),
    ) {
        let Shelf { volume, folder: _folder } = shelf(&listings);
        let query = query.map(|query| TextQuery::of(query).unwrap());
        let conditions = conditions(&listings, &picks);
        let affordable = |listing: &PublicRow| price_max.is_none_or(|max| {
            listing.price_fen.is_some_and(|price| price.fen().unsigned_abs() <= max)
        });
        let said = |listing: &PublicRow| query.as_ref().is_none_or(|query| answers(listing, query));
        let found = |conditions: &[(Dimension, Condition)]| -> BTreeSet<u128> {
            let all = listings.iter().filter(|each| said(each) && affordable(each));
            let passing = all.filter(|each| conditions.iter().all(|one| passes(each, one)));
            passing.map(|each| each.id.uuid().as_u128()).collect()
        };

        let wanted = Gather { order, ..gather(&conditions, price_max) };
        let all = in_pages(&volume, query.as_ref(), &wanted);
        prop_assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), found(&conditions));
        prop_assert_eq!(all.len(), found(&conditions).len(), "something came twice");

        let whole = Gather { limit: 1000, facets: true, ..wanted };
        let gathered = volume.find(query.as_ref(), &whole).unwrap();
        prop_assert_eq!(gathered.hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), all.clone());
        prop_assert_eq!(usize::try_from(gathered.total).unwrap(), all.len());
        let by_id = |id: &u128| listings.iter().find(|each| each.id.uuid().as_u128() == *id);
        let rows: Vec<_> = all.iter().filter_map(by_id).collect();
        let price = |row: &PublicRow| {
            row.price_fen.map_or(NO_PRICE, |price| price.fen().unsigned_abs())
        };
        let score = |hit: &super::Hit| f32::from_bits(hit.score);
        let in_order = match order {
            Order::Newest => {
                rows.is_sorted_by_key(|row| std::cmp::Reverse((row.published_at, row.id)))
            }
            Order::Cheapest => rows.is_sorted_by_key(|row| (price(row), row.id)),
            Order::Best => gathered.hits.is_sorted_by(|a, b| score(a) >= score(b)),
        };
        prop_assert!(in_order);

        for (dimension, counts) in Dimension::ALL.into_iter().zip(&gathered.counts) {
            let others: Vec<_> =
                conditions.iter().filter(|(named, _)| *named != dimension).cloned().collect();
            let known: BTreeSet<String> =
                listings.iter().flat_map(|each| values(each, dimension)).collect();
            for value in known {
                let mut one = others.clone();
                one.push((dimension, Condition::Is(value.clone())));
                let count = counts.get(&value).copied().unwrap_or_default();
                prop_assert_eq!(usize::try_from(count).unwrap(), found(&one).len());
                let counted = volume.find(query.as_ref(), &gather(&one, price_max)).unwrap();
                prop_assert_eq!(counted.total, count, "{} {}", dimension.column(), value);
            }
        }
    }

    #[test]
    fn what_is_no_longer_published_is_gone_and_what_changes_is_found_as_it_is(
        before in vec(anything(0), 12),
        after in vec((anything(0), any::<bool>()), 12),
    ) {
        let numbered = |(number, row): (usize, PublicRow)| PublicRow { id: listing(number).id, ..row };
        let before: Vec<_> = before.into_iter().enumerate().map(numbered).collect();
        let Shelf { volume, folder: _folder } = shelf(&before);
        let mut left = before.clone();
        for (number, (row, stays)) in after.into_iter().enumerate().step_by(2) {
            left[number] = numbered((number, row));
            if !stays {
                left[number].status = ListingStatus::Withdrawn;
            }
            prop_assert!(volume.take(&[left[number].clone()]).unwrap());
        }
        volume.commit(Moment::before(8)).unwrap();
        left.retain(|row| row.status == ListingStatus::Published);
        for query in QUERIES {
            let query = TextQuery::of(query).unwrap();
            let found: BTreeSet<_> =
                in_pages(&volume, Some(&query), &gather(&[], None)).into_iter().collect();
            let there = left.iter().filter(|row| answers(row, &query));
            prop_assert_eq!(found, there.map(|row| row.id.uuid().as_u128()).collect());
        }
        prop_assert_eq!(usize::try_from(volume.len()).unwrap(), left.len());
    }
}

#[test]
fn a_title_goes_before_an_abstract_a_word_before_a_part_of_one_and_one_word_before_two() {
    let saying = |number, title: &str, summary: &str| PublicRow {
        title: title.parse().unwrap(),
        summary: summary.parse().unwrap(),
        ..listing(number)
    };
    let rows = [
        saying(1, "别的", "防冰而无涂层"),
        saying(2, "涂层与防冰", "别的"),
        saying(3, "防冰涂层", "别的"),
        saying(4, "别的", "超疏水防冰涂层"),
    ];
    let Shelf { volume, folder: _folder } = shelf(&rows);
    let query = TextQuery::of("防冰涂层").unwrap();
    let wanted = Gather { order: Order::Best, limit: 10, ..gather(&[], None) };
    let found = volume.find(Some(&query), &wanted).unwrap();
    let order: Vec<_> = found.hits.iter().map(|hit| hit.id).collect();
    let expected = [3, 2, 4, 1].map(|number| listing(number).id.uuid().as_u128());
    assert_eq!(order, expected);
}

#[test]
fn scores_do_not_depend_on_what_else_there_is() {
    let one = PublicRow { title: "盐湖提锂".parse().unwrap(), ..listing(1) };
    let query = TextQuery::of("盐湖提锂").unwrap();
    let score = |others: usize| {
        let others = (2..others + 2)
            .map(|number| PublicRow { summary: "盐湖".parse().unwrap(), ..listing(number) });
        let rows: Vec<_> = std::iter::once(one.clone()).chain(others).collect();
        let Shelf { volume, folder: _folder } = shelf(&rows);
        let wanted = Gather { order: Order::Best, limit: 1, ..gather(&[], None) };
        volume.find(Some(&query), &wanted).unwrap().hits[0].score
    };
    assert_eq!(score(0), score(25));
}

fn opened(folder: &Path, present: &Present) -> anyhow::Result<Volume> {
    Volume::open(folder, "volume-1".to_owned(), present)
}

#[test]
fn only_what_is_sound_and_of_this_database_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let useless = |present: &Present, why: &str| {
        let error = opened(folder.path(), present).err().unwrap();
        assert!(is_of_no_use(&error) && error.to_string().contains(why), "{error:#}");
    };
    let volume = Volume::create(folder.path(), "volume-1".to_owned(), &present()).unwrap();
    volume.add(&[listing(1)]).unwrap();
    useless(&present(), "never finished");
    volume.commit(Moment::before(7)).unwrap();
    volume.close().unwrap();
    useless(&Present { database: "other".to_owned(), ..present() }, "another database");
    useless(&Present { moment: Moment::before(6), ..present() }, "never were");
    let later = Present { moment: Moment::before(9), ..present() };
    let again = opened(folder.path(), &later).unwrap();
    assert_eq!((again.moment(), again.len()), (Moment::before(7), 1));
    drop(again);
    let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let damaged = entries.filter(|path| path.extension().is_some_and(|end| end == "idx"));
    for path in damaged {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[0] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    useless(&present(), "");
    std::fs::write(folder.path().join("meta.json"), "{}").unwrap();
    useless(&present(), "");
}

#[test]
fn what_passes_is_no_reason_to_throw_an_index_away() {
    let Shelf { volume, folder } = shelf(&[listing(1)]);
    let meta = folder.path().join("meta.json");
    let kept = std::fs::read(&meta).unwrap();
    std::fs::remove_file(&meta).unwrap();
    std::fs::create_dir(&meta).unwrap();
    let error = opened(folder.path(), &present()).err().unwrap();
    assert!(!is_of_no_use(&error), "a file that cannot be read today: {error:#}");
    std::fs::remove_dir(&meta).unwrap();
    std::fs::write(&meta, kept).unwrap();

    // Another holds it: it can be read, and changed once the other lets go.
    let beside = opened(folder.path(), &present()).unwrap();
    assert!(beside.take(&[listing(2)]).is_err_and(|error| !is_of_no_use(&error)));
    assert_eq!(beside.find(None, &gather(&[], None)).unwrap().total, 1);
    volume.close().unwrap();
    beside.begin();
    assert!(beside.take(&[listing(2)]).unwrap());
    beside.commit(Moment::before(8)).unwrap();
    assert_eq!(beside.len(), 2);
}

#[test]
fn an_index_that_cannot_be_written_is_read_on_and_written_later() {
    let Shelf { volume, folder } = shelf(&[listing(1), listing(2)]);
    // Nothing can be written where there is no folder.
    let away = folder.path().with_extension("away");
    std::fs::rename(folder.path(), &away).unwrap();
    let take = |number| {
        volume.begin();
        volume.take(&[listing(number)]).and_then(|_| volume.commit(Moment::before(8)))
    };
    for _ in 0..3 {
        assert!(take(3).is_err_and(|error| !is_of_no_use(&error) || !away.exists()));
        assert_eq!(volume.find(None, &gather(&[], None)).unwrap().total, 2);
    }
    std::fs::rename(&away, folder.path()).unwrap();
    take(4).unwrap();
    assert_eq!(volume.len(), 3, "what was never committed is not there");
}
