use events::ListingFacts;
use kernel::{Domain, ListingKind};

use super::*;
use crate::model::signals::{Signal, Signals};

const TODAY: &str = "2026-03-01";

fn today() -> NaiveDate {
    TODAY.parse().unwrap()
}

fn id(number: u64) -> Id<kinds::Listing> {
    Id::from_parts(number, &[0; 10])
}

/// A listing of an organisation of its own.
fn listing(number: u64, kind: ListingKind, title: &str) -> Document {
    let facts = ListingFacts {
        number: format!("L2026-{number:06}"),
        kind,
        organisation_id: Id::from_parts(number, &[1; 10]),
        organisation_name: "青海大学".to_owned(),
        title: title.to_owned(),
        summary: title.to_owned(),
        description: None,
        keywords: Vec::new(),
        domain: Domain::Environment,
        region: "630104".parse().unwrap(),
        trl: None,
        transfer_modes: Vec::new(),
        price_mode: None,
        price_fen: None,
        budget_min_fen: None,
        budget_max_fen: None,
        deadline: None,
    };
    Document { listing_id: id(number), facts }
}

fn offer(number: u64, title: &str) -> Document {
    listing(number, ListingKind::Result, title)
}

fn need(title: &str) -> Document {
    listing(1_000, ListingKind::Need, title)
}

fn ranker(documents: &[Document]) -> Ranker {
    let mut ranker = Ranker::default();
    for document in documents {
        ranker.learn(document.into());
    }
    ranker
}

fn found(ranker: &Ranker, asked: &Document) -> Vec<Id<kinds::Listing>> {
    let matches = ranker.rank(&Query::new(asked, today(), None), 10);
    matches.iter().map(|found| found.place.listing_id).collect()
}

mod hostile;

#[test]
fn a_need_finds_the_offers_that_speak_of_it_and_an_offer_the_needs() {
    let salt = offer(1, "盐湖卤水高镁锂比提锂吸附剂");
    let blades = offer(2, "风电叶片防冰涂层");
    let wanted = need("从高镁锂比卤水中提取锂的吸附材料");
    let all = ranker(&[salt.clone(), blades.clone(), wanted.clone()]);
    assert_eq!(found(&all, &wanted), [salt.listing_id]);
    assert_eq!(found(&all, &salt), [wanted.listing_id]);
    assert!(found(&all, &blades).is_empty());
}

#[test]
fn the_factors_come_in_the_order_of_the_vocabulary() {
    let all = ranker(&[offer(1, "烟气脱硫除尘装置"), offer(2, "烟气余热回收装置")]);
    let matches = all.rank(&Query::new(&need("燃煤烟气除尘"), today(), None), 10);
    assert!(!matches.is_empty());
    for found in matches {
        let factors: Vec<Factor> = found.explanation.iter().map(|line| line.factor).collect();
        assert_eq!(factors[0], Factor::Text);
        assert_eq!(factors[1..], Factor::TERMS);
    }
}

#[test]
fn a_similar_need_of_somebody_else_lends_its_words() {
    let coating = offer(1, "超疏水涂层的喷涂制备");
    let other = offer(2, "牦牛乳酪发酵工艺");
    let mut similar = need("风机叶片冬季结冰停机,现场喷涂超疏水涂层");
    similar.listing_id = id(2_000);
    similar.facts.organisation_id = Id::from_parts(7, &[2; 10]);
    let wanted = need("风机叶片冬季结冰停机");
    let all = ranker(&[coating.clone(), other, similar.clone()]);
    assert_eq!(found(&all, &wanted), [coating.listing_id]);

    let matches = all.rank(&Query::new(&wanted, today(), None), 10);
    assert_eq!(matches[0].similar_to(), Some(similar.listing_id));
    let alone = Signals::without([Signal::Similar]);
    let query = Query::new(&wanted, today(), None).judged_by(alone);
    assert!(all.rank(&query, 10).is_empty(), "its own words say nothing of coatings");

    similar.facts.organisation_id = coating.facts.organisation_id;
    let all = ranker(&[coating, similar]);
    assert!(found(&all, &wanted).is_empty(), "nobody lifts its own offers by asking for them");
}

#[test]
fn an_ordinary_neighbour_lends_nothing() {
    let mut neighbour = need("风机齿轮箱润滑油脂更换,叶片涂层另议");
    neighbour.listing_id = id(2_000);
    let wanted = need("叶片冬季结冰停机,求现场处理办法");
    let all = ranker(&[offer(1, "叶片防冰涂层"), offer(2, "齿轮箱润滑油脂"), neighbour]);
    let query = Query::new(&wanted, today(), None).down_to_nothing();
    assert!(all.rank(&query, 10).iter().all(|found| found.similar_to().is_none()));
}

#[test]
fn where_the_work_runs_out_the_answer_says_so_and_gives_what_it_has() {
    let offers: Vec<Document> = (0..50).map(|n| offer(n, "烟气除尘装置")).collect();
    let all = ranker(&offers);
    let wanted = need("燃煤锅炉烟气除尘装置");
    let whole = all.answer(&Query::new(&wanted, today(), None), 5);
    assert!(whole.whole && whole.matches.len() == 5);
    let part = all.answer(&Query::new(&wanted, today(), None).down_to_nothing().within(160), 5);
    assert!(!part.whole && part.matches.len() == 5);
    let nothing = all.answer(&Query::new(&wanted, today(), None).within(0), 5);
    assert_eq!((nothing.whole, nothing.matches.len()), (false, 0));
}

#[test]
fn ones_own_listings_and_needs_past_their_deadline_are_no_matches() {
    let mut own = offer(1, "烟气除尘装置");
    let mut wanted = need("烟气除尘装置");
    own.facts.organisation_id = wanted.facts.organisation_id;
    assert!(found(&ranker(std::slice::from_ref(&own)), &wanted).is_empty());

    let other = offer(2, "烟气除尘装置");
    for (deadline, matches) in [("2026-03-01", 1), ("2026-02-28", 0)] {
        wanted.facts.deadline = Some(deadline.parse().unwrap());
        let all = ranker(std::slice::from_ref(&wanted));
        assert_eq!(found(&all, &other).len(), matches, "{deadline}");
    }
}

#[test]
fn pages_make_up_the_whole_list_in_the_same_order() {
    let titles = ["烟气除尘装置", "烟气除尘方法", "烟气脱硫除尘", "除尘布袋", "烟气除尘装置"];
    let offers: Vec<Document> =
        (0..40).zip(titles.iter().cycle()).map(|(n, title)| offer(n, title)).collect();
    let all = ranker(&offers);
    let wanted = need("燃煤锅炉烟气除尘装置");
    let whole = all.rank(&Query::new(&wanted, today(), None), 100);
    assert_eq!((whole.len(), all.count(&Query::new(&wanted, today(), None))), (40, 40));
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = all.rank(&Query::new(&wanted, today(), after), 7);
        let Some(last) = page.last() else { break };
        after = Some(last.place);
        paged.extend(page);
    }
    assert_eq!(paged, whole);
    let ordered = whole.windows(2).all(|pair| pair[0].place.order() < pair[1].place.order());
    assert!(ordered, "best first, equals by id");
}

#[test]
fn other_factors_decide_between_equal_texts_only() {
    let mut near = offer(9, "烟气除尘装置");
    near.facts.region = "630102".parse().unwrap();
    let far = offer(1, "烟气除尘装置");
    let better = offer(2, "燃煤锅炉烟气除尘装置");
    let mut wanted = need("燃煤锅炉烟气除尘装置");
    wanted.facts.region = "630102".parse().unwrap();
    let ids = [better.listing_id, near.listing_id, far.listing_id];
    assert_eq!(found(&ranker(&[near, far, better]), &wanted), ids);
}

#[test]
fn what_has_changed_or_gone_is_found_as_it_is_now() {
    let mut all = ranker(&[offer(1, "烟气除尘装置"), offer(2, "盐湖提锂吸附剂")]);
    let wanted = need("烟气除尘");
    assert_eq!(found(&all, &wanted), [id(1)]);
    all.learn((&offer(2, "烟气除尘布袋")).into());
    assert_eq!(found(&all, &wanted).len(), 2);
    all.forget(id(1));
    all.forget(id(1));
    assert_eq!(found(&all, &wanted), [id(2)]);
    assert_eq!(all.len(), 1);
}

#[test]
fn who_is_left_out_matches_nothing_and_is_not_counted() {
    let [first, second] = [offer(1, "风电叶片防冰涂层"), offer(2, "风机叶片防冰涂料")];
    let all = ranker(&[first.clone(), second.clone()]);
    let wanted = need("风电叶片防冰");
    let query = || {
        let left_out = [first.facts.organisation_id].into();
        Query::new(&wanted, today(), None).without(left_out)
    };
    let matches = all.rank(&query(), 10);
    let ids: Vec<_> = matches.iter().map(|found| found.place.listing_id).collect();
    assert_eq!((ids, all.count(&query())), (vec![second.listing_id], 1));
    assert_eq!(found(&all, &wanted).len(), 2);
}
