//! The tables `introductions` and `introduction_steps`.

use ::store::{Conn, Outcome, on_constraint, refusals::STALE};
use anyhow::anyhow;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use kernel::{Id, IntroductionStatus, Prose, Version, kinds};
use schema::matching::{introduction_steps, introductions};

use crate::{
    error::INTRODUCTION_EXISTS,
    model::introduction::{
        Acceptances, Introduction, Participant, Participants, Speaker, State, Step, StepKind,
    },
    queries::{Filter, Whose},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = introductions)]
#[diesel(check_for_backend(Pg))]
#[diesel(treat_none_as_null = true)]
struct IntroductionRow {
    id: Id<kinds::Introduction>,
    version: Version,
    need_id: Id<kinds::Listing>,
    offer_id: Id<kinds::Listing>,
    need_organisation_id: Id<kinds::Organisation>,
    offer_organisation_id: Id<kinds::Organisation>,
    broker_id: Option<Id<kinds::Organisation>>,
    proposed_by: Participant,
    message: Prose<2000>,
    proposed_at: DateTime<Utc>,
    status: IntroductionStatus,
    need_accepted_at: Option<DateTime<Utc>>,
    offer_accepted_at: Option<DateTime<Utc>>,
    broker_accepted_at: Option<DateTime<Utc>>,
    declined_at: Option<DateTime<Utc>>,
    declined_by: Option<Participant>,
    decline_reason: Option<Prose<1000>>,
    contracted_at: Option<DateTime<Utc>>,
    contract_id: Option<Id<kinds::Contract>>,
    lapses_on: NaiveDate,
    lapsed_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    closed_by: Option<Participant>,
    close_reason: Option<Prose<1000>>,
}

impl IntroductionRow {
    /// The state with the facts that belong to it; the table's checks see to it that they are
    /// there.
    fn state(&self) -> Option<State> {
        match self.status {
            IntroductionStatus::Proposed => Some(State::Proposed),
            IntroductionStatus::Accepted => Some(State::Accepted),
            IntroductionStatus::Declined => Some(State::Declined {
                by: self.declined_by?,
                at: self.declined_at?,
                reason: self.decline_reason.clone(),
            }),
            IntroductionStatus::Contracted => {
                Some(State::Contracted { contract_id: self.contract_id?, at: self.contracted_at? })
            }
            IntroductionStatus::Lapsed => Some(State::Lapsed { at: self.lapsed_at? }),
            IntroductionStatus::Closed => Some(State::Closed {
                by: self.closed_by?,
                at: self.closed_at?,
                reason: self.close_reason.clone()?,
            }),
        }
    }

    fn introduction(self) -> Outcome<Introduction> {
        let state =
            self.state().ok_or_else(|| anyhow!("introduction {} in an unknown state", self.id))?;
        Ok(Introduction {
            id: self.id,
            version: self.version,
            need_id: self.need_id,
            offer_id: self.offer_id,
            participants: Participants {
                need_side: self.need_organisation_id,
                offer_side: self.offer_organisation_id,
                broker: self.broker_id,
            },
            proposed_by: self.proposed_by,
            message: self.message,
            proposed_at: self.proposed_at,
            lapses_on: self.lapses_on,
            acceptances: Acceptances {
                need_side: self.need_accepted_at,
                offer_side: self.offer_accepted_at,
                broker: self.broker_accepted_at,
            },
            state,
        })
    }
}

impl From<&Introduction> for IntroductionRow {
    fn from(introduction: &Introduction) -> Self {
        let one = introduction.clone();
        let Participants { need_side, offer_side, broker } = one.participants;
        let mut row = Self {
            id: one.id,
            version: one.version,
            need_id: one.need_id,
            offer_id: one.offer_id,
            need_organisation_id: need_side,
            offer_organisation_id: offer_side,
            broker_id: broker,
            proposed_by: one.proposed_by,
            message: one.message,
            proposed_at: one.proposed_at,
            status: one.state.status(),
            need_accepted_at: one.acceptances.need_side,
            offer_accepted_at: one.acceptances.offer_side,
            broker_accepted_at: one.acceptances.broker,
            declined_at: None,
            declined_by: None,
            decline_reason: None,
            contracted_at: None,
            contract_id: None,
            lapses_on: one.lapses_on,
            lapsed_at: None,
            closed_at: None,
            closed_by: None,
            close_reason: None,
        };
        match one.state {
            State::Proposed | State::Accepted => {}
            State::Declined { by, at, reason } => {
                row.declined_at = Some(at);
                row.declined_by = Some(by);
                row.decline_reason = reason;
            }
            State::Contracted { contract_id, at } => {
                row.contracted_at = Some(at);
                row.contract_id = Some(contract_id);
            }
            State::Lapsed { at } => row.lapsed_at = Some(at),
            State::Closed { by, at, reason } => {
                row.closed_at = Some(at);
                row.closed_by = Some(by);
                row.close_reason = Some(reason);
            }
        }
        row
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = introduction_steps)]
#[diesel(check_for_backend(Pg))]
struct StepRow {
    introduction_id: Id<kinds::Introduction>,
    version: Version,
    what: StepKind,
    at: DateTime<Utc>,
    participant: Option<Participant>,
    organisation_id: Option<Id<kinds::Organisation>>,
    account_id: Option<Id<kinds::Account>>,
}

impl From<StepRow> for Step {
    fn from(row: StepRow) -> Self {
        let StepRow {
            introduction_id,
            version,
            what,
            at,
            participant,
            organisation_id,
            account_id,
        } = row;
        let speaker = participant
            .zip(organisation_id)
            .map(|(participant, organisation_id)| Speaker { participant, organisation_id });
        Self { introduction_id, version, what, at, by: speaker.zip(account_id) }
    }
}

impl From<Step> for StepRow {
    fn from(step: Step) -> Self {
        let Step { introduction_id, version, what, at, by } = step;
        let (speaker, account_id) = by.unzip();
        Self {
            introduction_id,
            version,
            what,
            at,
            participant: speaker.map(|speaker| speaker.participant),
            organisation_id: speaker.map(|speaker| speaker.organisation_id),
            account_id,
        }
    }
}

/// An introduction, as it is now.
pub(crate) async fn introduction(
    conn: &mut Conn,
    id: Id<kinds::Introduction>,
) -> Outcome<Option<Introduction>> {
    let found = introductions::table.find(id).select(IntroductionRow::as_select());
    let row: Option<IntroductionRow> = found.first(conn).await.optional()?;
    row.map(IntroductionRow::introduction).transpose()
}

/// An introduction, locked until the transaction ends.
pub(crate) async fn introduction_for_update(
    conn: &mut Conn,
    id: Id<kinds::Introduction>,
) -> Outcome<Option<Introduction>> {
    let row: Option<IntroductionRow> = introductions::table
        .find(id)
        .select(IntroductionRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    row.map(IntroductionRow::introduction).transpose()
}

/// Adds a new introduction.
pub(crate) async fn add_introduction(conn: &mut Conn, introduction: &Introduction) -> Outcome<()> {
    let added = diesel::insert_into(introductions::table)
        .values(IntroductionRow::from(introduction))
        .execute(conn)
        .await;
    on_constraint(added, "introductions_open_pair_key", || INTRODUCTION_EXISTS.refuse())?;
    Ok(())
}

/// Introductions that still wait for an answer after their last day, at most so many, locked; those
/// that somebody is changing come next time.
pub(crate) async fn overdue_introductions(
    conn: &mut Conn,
    today: NaiveDate,
    limit: i64,
) -> Outcome<Vec<Introduction>> {
    let rows: Vec<IntroductionRow> = introductions::table
        .filter(introductions::status.eq(IntroductionStatus::Proposed))
        .filter(introductions::lapses_on.lt(today))
        .order((introductions::lapses_on, introductions::id))
        .limit(limit)
        .select(IntroductionRow::as_select())
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    rows.into_iter().map(IntroductionRow::introduction).collect()
}

/// Notes that those whose answer is awaited are told of the last day, if it is in this time and
/// they have not been told before; at most so many at a time.
pub(crate) async fn note_lapsing(
    conn: &mut Conn,
    from: NaiveDate,
    until: NaiveDate,
    limit: i64,
) -> Outcome<Vec<Introduction>> {
    let due: Vec<Id<kinds::Introduction>> = introductions::table
        .filter(introductions::status.eq(IntroductionStatus::Proposed))
        .filter(introductions::lapses_on.between(from, until))
        .filter(introductions::reminded.eq(false))
        .order((introductions::lapses_on, introductions::id))
        .limit(limit)
        .select(introductions::id)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    let rows: Vec<IntroductionRow> =
        diesel::update(introductions::table.filter(introductions::id.eq_any(due)))
            .set(introductions::reminded.eq(true))
            .returning(IntroductionRow::as_returning())
            .get_results(conn)
            .await?;
    rows.into_iter().map(IntroductionRow::introduction).collect()
}

/// Saves an introduction whose version was `before`.
pub(crate) async fn save_introduction(
    conn: &mut Conn,
    before: Version,
    introduction: &Introduction,
) -> Outcome<()> {
    let saved = diesel::update(introductions::table.find(introduction.id))
        .filter(introductions::version.eq(before))
        .set(IntroductionRow::from(introduction))
        .execute(conn)
        .await?;
    if saved == 1 { Ok(()) } else { Err(STALE.refuse().into()) }
}

/// Adds a step, for ever.
pub(crate) async fn add_step(conn: &mut Conn, step: Step) -> Outcome<()> {
    diesel::insert_into(introduction_steps::table)
        .values(StepRow::from(step))
        .execute(conn)
        .await?;
    Ok(())
}

/// The steps of these introductions, each introduction's in order.
pub(crate) async fn steps(conn: &mut Conn, ids: &[Id<kinds::Introduction>]) -> Outcome<Vec<Step>> {
    let rows: Vec<StepRow> = introduction_steps::table
        .filter(introduction_steps::introduction_id.eq_any(ids))
        .order((introduction_steps::introduction_id, introduction_steps::version))
        .select(StepRow::as_select())
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Step::from).collect())
}

type Condition =
    Box<dyn BoxableExpression<introductions::table, Pg, SqlType = diesel::sql_types::Bool>>;

/// The introductions of an organisation in a role, or in any.
fn of_organisation(organisation: Id<kinds::Organisation>, role: Option<Participant>) -> Condition {
    let need_side = introductions::need_organisation_id.eq(organisation);
    let offer_side = introductions::offer_organisation_id.eq(organisation);
    // Without a broker there is no match, and no NULL that would spread.
    let broker = introductions::broker_id.is_not_distinct_from(organisation);
    match role {
        Some(Participant::NeedSide) => Box::new(need_side),
        Some(Participant::OfferSide) => Box::new(offer_side),
        Some(Participant::Broker) => Box::new(broker),
        None => Box::new(need_side.or(offer_side).or(broker)),
    }
}

fn filtered<'f>(whose: Whose, filter: &'f Filter) -> introductions::BoxedQuery<'f, Pg> {
    let mut query = introductions::table.into_boxed();
    match whose {
        Whose::Everybodys => {}
        Whose::Of(organisation, role) => {
            query = query.filter(of_organisation(organisation, role));
        }
    }
    if let Some(status) = filter.status {
        query = query.filter(introductions::status.eq(status));
    }
    if let Some(listing) = filter.listing_id {
        let either = introductions::need_id.eq(listing).or(introductions::offer_id.eq(listing));
        query = query.filter(either);
    }
    query
}

/// Introductions, newest first.
pub(crate) async fn introductions(
    conn: &mut Conn,
    whose: Whose,
    filter: &Filter,
    after: Option<Id<kinds::Introduction>>,
    limit: i64,
) -> Outcome<Vec<Introduction>> {
    let mut query = filtered(whose, filter).order(introductions::id.desc()).limit(limit);
    if let Some(after) = after {
        query = query.filter(introductions::id.lt(after));
    }
    let rows: Vec<IntroductionRow> = query.select(IntroductionRow::as_select()).load(conn).await?;
    rows.into_iter().map(IntroductionRow::introduction).collect()
}

/// How many introductions a listing has been part of.
pub(crate) async fn count_introductions_of(
    conn: &mut Conn,
    id: Id<kinds::Listing>,
) -> Outcome<i64> {
    let is_part = introductions::need_id.eq(id).or(introductions::offer_id.eq(id));
    let of = introductions::table.filter(is_part);
    Ok(of.count().get_result(conn).await?)
}

/// How many introductions there are in all.
pub(crate) async fn count_introductions(
    conn: &mut Conn,
    whose: Whose,
    filter: &Filter,
) -> Outcome<i64> {
    Ok(filtered(whose, filter).count().get_result(conn).await?)
}
