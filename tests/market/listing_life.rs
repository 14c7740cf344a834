//! What becomes of a published listing by time, by operators and by the deal.

use chrono::TimeDelta;
use listing::commands::{ExpireListings, RemindOwners};
use serde_json::json;

use crate::support::{
    app::App,
    cast::Cast,
    deal::{Deal, publish, result_form},
};

#[tokio::test]
async fn a_listing_expires_after_its_last_day_and_its_owner_renews_it() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let mut form = result_form();
    let today = kernel::civil_date(app.clock.now());
    form["expires_on"] = json!(today + TimeDelta::days(20));
    let published = publish(&cast, &cast.university, form).await;
    let path = format!("listings/{}", published.id());
    assert_eq!(published.text("stands_until"), (today + TimeDelta::days(20)).to_string());

    let told = "events WHERE name = 'listing.expiring'";
    assert_eq!(app.run(RemindOwners).await, 1, "the last month");
    assert_eq!(app.run(RemindOwners).await, 0, "once");
    app.clock.shift(TimeDelta::days(14));
    assert_eq!(app.run(RemindOwners).await, 1, "the last week");
    assert_eq!(app.run(RemindOwners).await, 0);
    assert_eq!(app.count(told).await, 2);

    app.clock.shift(TimeDelta::days(6));
    assert_eq!(app.run(ExpireListings).await, 0, "the last day is one");
    app.clock.shift(TimeDelta::days(1));
    assert_eq!(app.run(ExpireListings).await, 1);
    app.settle().await;
    app.anyone.get(&path).refused(404, "not_found").await;
    assert_eq!(
        app.number("SELECT count(*) FROM match_documents WHERE state = 'published'").await,
        0
    );

    // Three weeks later everybody has signed in again.
    let owner = owner.with_token(app.sign_in(&cast.university.email).await.text("access_token"));
    let expired = owner.get(&path).ok().await;
    assert_eq!(expired.text("status"), "expired");
    let past = json!({ "expires_on": today });
    let ask = owner.post(format!("{path}/renew"), past).if_match(&expired);
    ask.faulty(422, "/expires_on", "date_passed").await;
    let renewed = owner.act(format!("{path}/renew")).if_match(&expired).ok().await;
    assert_eq!(renewed.text("status"), "published");
    app.settle().await;
    app.anyone.get(&path).ok().await;
    assert_eq!(
        app.number("SELECT count(*) FROM match_documents WHERE state = 'published'").await,
        1
    );
}

#[tokio::test]
async fn what_an_operator_takes_down_is_found_by_nobody_until_it_is_published_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university.api;
    let published = publish(&cast, &cast.university, result_form()).await;
    let path = format!("listings/{}", published.id());
    let why = json!({ "reason": "权属存疑" });
    let down = cast.operator.post(format!("{path}/suspend"), why).if_match(&published).ok().await;
    app.settle().await;
    app.anyone.get(&path).refused(404, "not_found").await;
    assert!(app.anyone.get("listings").ok().await.items().is_empty());
    assert_eq!(owner.get(&path).ok().await.text("suspension_reason"), "权属存疑");
    let mended = owner.patch(&path, json!({ "trl": 8 })).if_match(&down).ok().await;
    let submitted = owner.act(format!("{path}/submit")).if_match(&mended).ok().await;
    cast.operator.act(format!("{path}/publish")).if_match(&submitted).ok().await;
    app.settle().await;
    assert_eq!(app.anyone.get(&path).ok().await.body["trl"], 8);
    assert_eq!(
        app.number("SELECT count(*) FROM match_documents WHERE state = 'published'").await,
        1
    );
}

/// A contract that would transfer the result.
fn transfer(deal: &Deal<'_>) -> serde_json::Value {
    let mut form = deal.contract_form(None);
    form["type"] = json!("transfer");
    form["listing_ids"] = json!([deal.result, deal.need]);
    form
}

#[tokio::test]
async fn what_is_taken_down_while_signatures_are_awaited_is_dealt_and_does_not_come_back() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let owner = &deal.cast.university;
    let parties = [owner, &deal.cast.enterprise, &deal.cast.broker];
    let offered = deal.offer(transfer(&deal), owner).await;
    app.settle().await;
    let listing = format!("listings/{}", deal.result);
    let held = deal.cast.operator.get(&listing).ok().await;
    let why = json!({ "reason": "有人投诉" });
    deal.cast.operator.post(format!("{listing}/suspend"), why).if_match(&held).ok().await;
    let hash = json!({ "document_sha256": offered.text("document_sha256") });
    for party in parties {
        party.api.post(format!("contracts/{}/sign", offered.id()), hash.clone()).ok().await;
    }
    app.settle().await;
    let sold = deal.cast.operator.get(&listing).ok().await;
    assert_eq!((sold.text("status"), sold.text("contract_id")), ("traded", offered.id()));
    let again = deal.cast.operator.act(format!("{listing}/publish")).if_match(&sold);
    again.refused(409, "invalid_state").await;
}

#[tokio::test]
async fn a_result_is_held_for_the_transfer_that_its_owner_offers() {
    let app = App::start().await;
    let deal = Deal::listed(&app).await;
    let owner = &deal.cast.university.api;
    let draft = owner.post("contracts", transfer(&deal)).ok().await;
    let path = format!("contracts/{}", draft.id());
    let listing = format!("listings/{}", deal.result);
    let offered = owner.act(format!("{path}/offer")).if_match(&draft).ok().await;
    app.settle().await;
    let held = owner.get(&listing).ok().await;
    assert_eq!((held.text("status"), held.text("contract_id")), ("reserved", draft.id()));
    let seen = app.anyone.get(&listing).ok().await;
    assert_eq!(seen.text("status"), "reserved");
    assert!(seen.body.get("contract_id").is_none(), "not which contract");
    assert!(!app.anyone.get("listings").ok().await.raw.contains(&deal.result));
    owner.act(format!("{listing}/withdraw")).if_match(&held).refused(409, "invalid_state").await;
    // The other side's need is not held by what others offer.
    assert_eq!(
        app.anyone.get(format!("listings/{}", deal.need)).ok().await.text("status"),
        "published"
    );

    let back = owner.act(format!("{path}/withdraw")).if_match(&offered).ok().await;
    app.settle().await;
    assert_eq!(app.anyone.get(&listing).ok().await.text("status"), "published");
    assert_eq!(
        app.number("SELECT count(*) FROM match_documents WHERE state = 'published'").await,
        2
    );

    let offered = owner.act(format!("{path}/offer")).if_match(&back).ok().await;
    let hash = json!({ "document_sha256": offered.text("document_sha256") });
    for party in [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker] {
        party.api.post(format!("{path}/sign"), hash.clone()).ok().await;
    }
    app.settle().await;
    assert_eq!(app.anyone.get(&listing).ok().await.text("status"), "traded");
    app.redeliver_all().await;
    app.settle().await;
    assert_eq!(app.anyone.get(&listing).ok().await.text("status"), "traded");
}
