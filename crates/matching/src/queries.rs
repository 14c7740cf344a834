//! Reads for screens, and the answers to siblings' questions.

use std::{collections::HashMap, sync::Arc};

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use kernel::{Caller, Id, IntroductionStatus, UNAUTHENTICATED, judge, kinds};

use crate::{
    MatchIndex, access,
    model::{
        document::Document,
        introduction::{Introduction, Participant, Step},
        message::Message,
        ranker::{Answer, Match, Place, Query},
        wording::{self, Speaker},
    },
    ports::{Contact, Ports},
    store,
};

/// How many introductions a listing has been part of, whatever came of them. For siblings'
/// questions.
///
/// # Errors
/// If the database does not answer.
pub async fn introductions_of(conn: &mut Conn, id: Id<kinds::Listing>) -> Outcome<i64> {
    store::count_introductions_of(conn, id).await
}

/// What fits a listing?
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    /// Which listing.
    pub(crate) listing_id: Id<kinds::Listing>,
    /// Today in Shanghai.
    pub(crate) today: NaiveDate,
    /// The last match of the page before.
    pub(crate) after: Option<Place>,
    /// How many at most.
    pub(crate) limit: i64,
    /// Is the number of all wanted?
    pub(crate) count: bool,
}

/// A listing that fits, and why.
#[derive(Debug)]
pub(crate) struct Found {
    /// What it says.
    pub(crate) document: Document,
    /// How well it fits.
    pub(crate) found: Match,
}

/// What fits a published listing, best first, and, if asked, how many there are in all. Listings of
/// suspended organisations match nothing, as if they were not published.
pub(crate) async fn matches(
    conn: &mut Conn,
    index: &Arc<MatchIndex>,
    question: Question,
) -> Outcome<(Vec<Found>, Option<i64>)> {
    let Question { listing_id, today, after, limit, count } = question;
    index.catch_up(conn).await?;
    let document = store::published_document(conn, listing_id).await?;
    let suspended = store::suspended(conn).await?;
    let document = document
        .filter(|document| !suspended.contains(&document.facts.organisation_id))
        .ok_or_else(|| NOT_FOUND.refuse())?;
    let document = Arc::new(document);
    let asker = Arc::clone(&document);
    let query = move || Query::new(&asker, today, after).without(suspended);
    let Answer { matches, total, whole } =
        index.answer(query, usize::try_from(limit).unwrap_or(0)).await?;
    let found = explained(conn, document, matches, whole).await?;
    Ok((found, count.then(|| i64::try_from(total).unwrap_or(i64::MAX))))
}

/// Reads what was found and says why it was.
async fn explained(
    conn: &mut Conn,
    asker: Arc<Document>,
    matches: Vec<Match>,
    whole: bool,
) -> Outcome<Vec<Found>> {
    let similar = matches.iter().find_map(Match::similar_to);
    let ids: Vec<_> = matches.iter().map(|found| found.place.listing_id).chain(similar).collect();
    let documents = documents(conn, &ids).await?;
    let explaining = move || {
        let asker = Speaker::from(&*asker);
        let similar = similar.and_then(|id| documents.get(&id)).map(Speaker::from);
        let found = matches.into_iter().filter_map(|mut found| {
            let document = documents.get(&found.place.listing_id)?.clone();
            wording::explain(&mut found, &document, &asker, similar.as_ref(), whole);
            Some(Found { document, found })
        });
        found.collect()
    };
    Ok(tokio::task::spawn_blocking(explaining).await.context("explaining matches broke")?)
}

async fn documents(
    conn: &mut Conn,
    ids: &[Id<kinds::Listing>],
) -> Outcome<HashMap<Id<kinds::Listing>, Document>> {
    let read = store::documents(conn, ids).await?;
    Ok(read.into_iter().map(|read| (read.document.listing_id, read.document)).collect())
}

/// Which introductions are looked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filter {
    /// Where they stand.
    pub(crate) status: Option<IntroductionStatus>,
    /// What the caller's organisation is there.
    pub(crate) role: Option<Participant>,
    /// Which need or offer they are about.
    pub(crate) listing_id: Option<Id<kinds::Listing>>,
}

/// Whose introductions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// All there are.
    Everybodys,
    /// Those of an organisation, in any role or in one.
    Of(Id<kinds::Organisation>, Option<Participant>),
}

/// An introduction with everything that a screen shows of it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The introduction.
    pub introduction: Introduction,
    /// The need, as last published.
    pub need: Document,
    /// The offer, as last published.
    pub offer: Document,
    /// The broker's name.
    pub broker_name: Option<String>,
    /// Who did what, when.
    pub steps: Vec<Step>,
    /// Whom to call, if that is open to the caller.
    pub contacts: Option<Vec<Contact>>,
}

/// An introduction, if the caller may know of it.
pub(crate) async fn introduction(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    id: Id<kinds::Introduction>,
) -> Outcome<Whole> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let introduction = store::introduction(conn, id)
        .await?
        .filter(|introduction| access::may_know(caller, &introduction.participants))
        .ok_or_else(|| NOT_FOUND.refuse())?;
    whole(conn, ports, caller, introduction).await
}

/// The caller's organisation's introductions, or everybody's for those who may list them, newest
/// first, and, if asked, how many there are in all.
pub(crate) async fn introductions(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    filter: &Filter,
    after: Option<Id<kinds::Introduction>>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<Whole>, Option<i64>)> {
    judge::<access::ListIntroductions>(caller, &[])?;
    let actor = caller.actor().ok_or_else(|| UNAUTHENTICATED.refuse())?;
    let whose = if access::lists_all(caller) && filter.role.is_none() {
        Whose::Everybodys
    } else {
        Whose::Of(actor.organisation, filter.role)
    };
    let found = store::introductions(conn, whose, filter, after, limit).await?;
    let total =
        if count { Some(store::count_introductions(conn, whose, filter).await?) } else { None };
    Ok((wholes(conn, ports, caller, found).await?, total))
}

/// What the participants wrote to each other, newest first, for those who may read it, and, if
/// asked, how much there is in all.
pub(crate) async fn messages(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Introduction>,
    after: Option<Id<kinds::IntroductionMessage>>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<Message>, Option<i64>)> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let introduction = store::introduction(conn, id)
        .await?
        .filter(|introduction| access::may_know(caller, &introduction.participants))
        .ok_or_else(|| NOT_FOUND.refuse())?;
    let relations = access::relations(caller, &introduction.participants);
    judge::<access::ListIntroductionMessages>(caller, relations)?;
    let found = store::messages(conn, id, after, limit).await?;
    let total = if count { Some(store::count_messages(conn, id).await?) } else { None };
    Ok((found, total))
}

/// Everything about one introduction.
pub(crate) async fn whole(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    introduction: Introduction,
) -> Outcome<Whole> {
    let mut wholes = wholes(conn, ports, caller, vec![introduction]).await?;
    Ok(wholes.pop().ok_or_else(|| anyhow!("an introduction between unknown listings"))?)
}

async fn wholes(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    introductions: Vec<Introduction>,
) -> Outcome<Vec<Whole>> {
    if introductions.is_empty() {
        return Ok(Vec::new());
    }
    let listings: Vec<_> = introductions.iter().flat_map(|i| [i.need_id, i.offer_id]).collect();
    let brokers: Vec<_> = introductions.iter().filter_map(|i| i.participants.broker).collect();
    let ids: Vec<_> = introductions.iter().map(|introduction| introduction.id).collect();
    let documents = documents(conn, &listings).await?;
    let names = store::broker_names(conn, &brokers).await?;
    let mut steps: HashMap<_, Vec<Step>> = HashMap::new();
    for step in store::steps(conn, &ids).await? {
        steps.entry(step.introduction_id).or_default().push(step);
    }
    let contacts = open_contacts(conn, ports, caller, &introductions).await?;
    let whole = |introduction: Introduction| {
        Some(Whole {
            need: documents.get(&introduction.need_id)?.clone(),
            offer: documents.get(&introduction.offer_id)?.clone(),
            broker_name: introduction.participants.broker.and_then(|id| names.get(&id).cloned()),
            steps: steps.remove(&introduction.id).unwrap_or_default(),
            contacts: contacts_are_open(caller, &introduction).then(|| {
                let organisations = introduction.participants.organisations();
                organisations.iter().filter_map(|id| contacts.get(id).cloned()).collect()
            }),
            introduction,
        })
    };
    Ok(introductions.into_iter().filter_map(whole).collect())
}

fn contacts_are_open(caller: &Caller, introduction: &Introduction) -> bool {
    introduction.opens_contacts() && access::reads_contacts(caller, &introduction.participants)
}

/// Whom to call at all organisations that are open to the caller.
async fn open_contacts(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    introductions: &[Introduction],
) -> Outcome<HashMap<Id<kinds::Organisation>, Contact>> {
    let open = introductions.iter().filter(|one| contacts_are_open(caller, one));
    let mut organisations: Vec<_> = open.flat_map(|one| one.participants.organisations()).collect();
    organisations.sort_unstable();
    organisations.dedup();
    if organisations.is_empty() {
        return Ok(HashMap::new());
    }
    let contacts = ports.contacts(conn, &organisations).await?;
    Ok(contacts.into_iter().map(|contact| (contact.organisation_id, contact)).collect())
}

/// What siblings may know of an introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntroductionFacts {
    /// Which one.
    pub id: Id<kinds::Introduction>,
    /// Where it stands.
    pub status: IntroductionStatus,
    /// The need.
    pub need_id: Id<kinds::Listing>,
    /// The result or patent.
    pub offer_id: Id<kinds::Listing>,
    /// Whose need.
    pub need_organisation_id: Id<kinds::Organisation>,
    /// Whose result or patent.
    pub offer_organisation_id: Id<kinds::Organisation>,
    /// The broker who brought them together, if any.
    pub broker_id: Option<Id<kinds::Organisation>>,
}

/// The facts of an introduction, as it is now.
///
/// # Errors
/// If the database does not answer.
pub async fn introduction_facts(
    conn: &mut Conn,
    id: Id<kinds::Introduction>,
) -> Outcome<Option<IntroductionFacts>> {
    let introduction = store::introduction(conn, id).await?;
    Ok(introduction.map(|introduction| IntroductionFacts {
        id: introduction.id,
        status: introduction.status(),
        need_id: introduction.need_id,
        offer_id: introduction.offer_id,
        need_organisation_id: introduction.participants.need_side,
        offer_organisation_id: introduction.participants.offer_side,
        broker_id: introduction.participants.broker,
    }))
}
