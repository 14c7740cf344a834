//! What is published stands until its next text is reviewed.

use super::*;

fn priced(fen: i64) -> Price {
    Price { mode: PriceMode::Fixed, amount_fen: Some(Fen::new(fen).unwrap()) }
}

/// A published result at a fixed price of 100.
fn published() -> Listing {
    let mut listing = listing_in(ListingStatus::Published);
    listing.content.price = Some(priced(100));
    listing
}

fn title(text: &str) -> Changes {
    Changes { title: Some(text.parse().unwrap()), ..Changes::default() }
}

fn revision(listing: &Listing) -> &Revision {
    listing.state.revision().unwrap()
}

#[test]
fn another_text_waits_beside_what_is_published() {
    let before = published();
    let (listing, event) = before.clone().update(&permit(), title("新标题"), later(10)).unwrap();
    assert_eq!(event, None);
    assert_eq!(listing.content, before.content);
    assert_eq!(revision(&listing).content.title.as_str(), "新标题");
    assert_eq!(revision(&listing).stage, RevisionStage::Draft);

    let submitted = listing.submit(&permit(), submitter(), later(11)).unwrap();
    assert_eq!(submitted.waits_since(), Some(later(11)));
    assert_eq!(submitted.content, before.content);

    let (shown, event) = submitted.publish(&permit(), later(12)).unwrap();
    assert_eq!((shown.content.title.as_str(), event.listing.title.as_str()), ("新标题", "新标题"));
    assert_eq!((shown.state.revision(), shown.waits_since()), (None, None));
    // It is no newer for that.
    assert_eq!(shown.state.published_at(), before.state.published_at());
    assert_eq!(shown.state.submitted_at(), Some(later(11)));
    assert_eq!(event.version, shown.version);
}

#[test]
fn a_returned_revision_is_mended_and_what_is_published_stands() {
    let (listing, _) = published().update(&permit(), title("新标题"), later(10)).unwrap();
    let listing = listing.submit(&permit(), submitter(), later(11)).unwrap();
    let refusal = listing.clone().update(&permit(), title("再改"), later(12)).unwrap_err();
    assert_eq!(refusal.reason.code, "revision_submitted");
    let (listing, event) = listing.send_back(&permit(), reasons(), later(12)).unwrap();
    assert_eq!(event.reasons, ["摘要过于简略"]);
    assert_eq!(listing.state.status(), ListingStatus::Published);
    assert_eq!(revision(&listing).stage, RevisionStage::Returned { reasons: reasons() });
    let (listing, _) = listing.update(&permit(), title("再改"), later(13)).unwrap();
    let listing = listing.submit(&permit(), submitter(), later(14)).unwrap();
    let (listing, _) = listing.publish(&permit(), later(15)).unwrap();
    assert_eq!(listing.content.title.as_str(), "再改");
}

#[test]
fn contact_reference_last_day_and_a_lower_price_change_at_once() {
    let changes = Changes {
        contact: Change::Clear,
        reference: Change::Set("QHU-018".parse().unwrap()),
        expires_on: Change::Set("2026-12-31".parse().unwrap()),
        price: Change::Set(priced(90)),
        ..Changes::default()
    };
    let (listing, event) = published().update(&permit(), changes, later(10)).unwrap();
    assert_eq!(listing.state.revision(), None);
    assert_eq!(listing.content.contact, None);
    let until = listing.state.publication().unwrap().until;
    assert_eq!(until, "2026-12-31".parse().unwrap());
    assert_eq!(event.unwrap().listing.price_fen, Some(Fen::new(90).unwrap()));

    // What nobody sees is not announced.
    let changes = Changes { contact: Change::Clear, ..Changes::default() };
    let (_, event) = published().update(&permit(), changes, later(10)).unwrap();
    assert_eq!(event, None);
}

#[test]
fn a_higher_price_or_one_found_otherwise_is_reviewed() {
    let negotiable = Price { mode: PriceMode::Negotiable, ..priced(90) };
    for price in [Change::Set(priced(101)), Change::Set(negotiable), Change::Clear] {
        let changes = Changes { price, ..Changes::default() };
        let (listing, event) = published().update(&permit(), changes, later(10)).unwrap();
        assert_eq!(listing.content.price, Some(priced(100)), "{price:?}");
        assert_eq!(event, None);
        assert!(listing.state.revision().is_some());
    }
}

#[test]
fn a_small_change_passes_a_revision_that_is_being_read() {
    let (listing, _) = published().update(&permit(), title("新标题"), later(10)).unwrap();
    let listing = listing.submit(&permit(), submitter(), later(11)).unwrap();
    let changes = Changes { price: Change::Set(priced(90)), ..Changes::default() };
    let (listing, event) = listing.update(&permit(), changes, later(12)).unwrap();
    assert_eq!(event.unwrap().listing.title, published().content.title.to_string());
    assert_eq!(listing.waits_since(), Some(later(11)));
    let (listing, _) = listing.publish(&permit(), later(13)).unwrap();
    assert_eq!(listing.content.price, Some(priced(90)), "the lower price is not lost");
    assert_eq!(listing.content.title.as_str(), "新标题");
}

#[test]
fn a_revision_that_changes_nothing_any_more_is_none() {
    let before = published();
    let (listing, _) = before.clone().update(&permit(), title("新标题"), later(10)).unwrap();
    let back = Changes { title: Some(before.content.title.clone()), ..Changes::default() };
    let (same, _) = listing.clone().update(&permit(), back, later(11)).unwrap();
    assert_eq!(same.state.revision(), None);
    let given_up = listing.discard_revision(&permit(), later(11)).unwrap();
    assert_eq!((given_up.state.revision(), &given_up.content), (None, &before.content));
    let refusal = given_up.discard_revision(&permit(), later(12)).unwrap_err();
    assert_eq!(refusal.reason.code, "no_revision");
}

#[test]
fn a_contract_holds_its_own_offerers_listing_until_it_is_taken_back() {
    use ContractType::{Licence, Transfer};
    for (contract_type, by, holds) in
        [(Transfer, 1, true), (Transfer, 2, false), (Licence, 1, false)]
    {
        let reserved = published().reserve(&offered(contract_type, by), later(10));
        assert_eq!(reserved.is_some(), holds, "{contract_type} by {by}");
    }
    let (listing, _) = published().update(&permit(), title("新标题"), later(9)).unwrap();
    let offer = offered(Transfer, 1);
    let (held, event) = listing.clone().reserve(&offer, later(10)).unwrap();
    assert_eq!(
        (event.contract_id, held.state.contract_id()),
        (offer.contract_id, Some(offer.contract_id))
    );
    let other = events::ContractWithdrawn {
        contract_id: Id::from_parts(8, &[8; 10]),
        organisation_ids: offer.organisation_ids.clone(),
        listing_ids: offer.listing_ids.clone(),
    };
    assert_eq!(held.clone().release(&other, later(11)), None);
    let taken_back = events::ContractWithdrawn { contract_id: offer.contract_id, ..other };
    let (free, event) = held.release(&taken_back, later(11)).unwrap();
    assert_eq!((free.state.status(), event.version), (ListingStatus::Published, free.version));
    assert_eq!(free.state.revision(), listing.state.revision(), "its next text is kept");
}

#[test]
fn a_listing_stands_to_the_end_of_its_last_day_and_can_come_back() {
    let mut listing = published();
    let until = listing.state.publication().unwrap().until;
    assert_eq!(until, "2027-03-01".parse().unwrap(), "a year if its owner does not say");
    let in_shanghai = |day: &str| DateTime::parse_from_rfc3339(day).unwrap().to_utc();
    assert_eq!(listing.clone().expire(in_shanghai("2027-03-01T23:59:59+08:00")), None);
    let (expired, _) = listing.clone().expire(in_shanghai("2027-03-02T00:00:00+08:00")).unwrap();
    let (back, event) =
        expired.clone().renew(&permit(), None, in_shanghai("2027-03-05T09:00:00+08:00")).unwrap();
    assert_eq!(back.state.publication().unwrap().until, "2028-03-04".parse().unwrap());
    assert!(event.is_some(), "everybody finds it again");
    // What has become wrong meanwhile does not come back.
    listing.content.non_secret_declared = false;
    let wrong = Listing { content: listing.content, ..expired };
    let refusal = wrong.renew(&permit(), None, later(10)).unwrap_err();
    assert_eq!(codes(&refusal.fields), [("/non_secret_declared", "declaration_required")]);
}
