//! The market's own reactions to what was announced: at least once, in order per aggregate, on
//! any number of servers.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Integer, Jsonb, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use events::Event;
use kernel::Caller;
use serde_json::{Value, json};

use crate::{Command, Db, Outcome, Tx};

/// How many reactions one transaction may settle: enough to carry a burst, few enough to hold
/// its locks only briefly.
const BATCH: i32 = 16;
/// No event has this number: they count from 1.
const NONE: i64 = 0;

/// What a reaction is: it runs inside the transaction that takes the event from the outbox.
pub trait React: Clone + Send + Sync + 'static {
    /// Does what the event causes. Idempotent: an event may come again.
    fn react(&self, tx: &mut Tx<'_>, event: &Event) -> impl Future<Output = Outcome<()>> + Send;
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Jsonb)]
    data: Value,
}

impl Due {
    fn event(&self) -> Outcome<Event> {
        Ok(serde_json::from_value(json!({ "type": self.name, "data": self.data }))?)
    }
}

/// The oldest event of each aggregate that is due. A row that another server holds is skipped,
/// and so are the later ones of its aggregate, since they are not the oldest.
const CLAIM: &str = "
    SELECT o.event_seq AS seq, e.name, e.data
      FROM outbox o JOIN events e ON e.seq = o.event_seq
     WHERE o.not_before <= $1
       AND NOT EXISTS (SELECT 1 FROM outbox earlier
                        WHERE earlier.aggregate_id = o.aggregate_id
                          AND earlier.event_seq < o.event_seq)
     ORDER BY o.event_seq
     LIMIT $2
       FOR UPDATE OF o SKIP LOCKED";

#[derive(Clone)]
struct Settle<R> {
    react: R,
    limit: i32,
    /// Which event is at work, so that a failure can be told from the others of its batch.
    at_work: Arc<AtomicI64>,
}

impl<R: React> Command for Settle<R> {
    const ACT: &'static str = "react";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        self.at_work.store(NONE, Ordering::Relaxed);
        let now = tx.now();
        let due: Vec<Due> = diesel::sql_query(CLAIM)
            .bind::<Timestamptz, _>(now)
            .bind::<Integer, _>(self.limit)
            .load(tx.conn())
            .await?;
        for row in &due {
            self.at_work.store(row.seq, Ordering::Relaxed);
            let event = row.event()?;
            self.react.react(tx, &event).await?;
        }
        if due.len() > 1 {
            // What fails from here on, nobody of the batch can be told from another.
            self.at_work.store(NONE, Ordering::Relaxed);
        }
        let seqs: Vec<i64> = due.iter().map(|row| row.seq).collect();
        diesel::delete(schema::ground::outbox::table)
            .filter(schema::ground::outbox::event_seq.eq_any(&seqs))
            .execute(tx.conn())
            .await?;
        Ok(seqs.len())
    }
}

/// Settles a batch of what is due, in one transaction, and says how many events that were. If a
/// reaction fails, nothing of the batch is kept and that one event is put off, with growing
/// pauses: it holds up only the later events of its own aggregate.
///
/// # Errors
/// If the database does not answer.
pub async fn settle<R: React>(db: &Db, react: &R) -> Outcome<usize> {
    let at_work = Arc::new(AtomicI64::new(NONE));
    let settle = |limit| {
        let at_work = Arc::clone(&at_work);
        db.write(Caller::Anyone, Settle { react: react.clone(), limit, at_work })
    };
    let mut settled = settle(BATCH).await;
    let is_unclear = |settled: &Outcome<usize>| matches!(settled, Err(failure) if !failure.lost_connection() && failure.refusal().is_none());
    if is_unclear(&settled) && at_work.fetch_add(0, Ordering::Relaxed) == NONE {
        settled = settle(1).await;
    }
    let failure = match settled {
        Ok(settled) => return Ok(settled),
        Err(failure) => failure,
    };
    let seq = at_work.swap(NONE, Ordering::Relaxed);
    if seq == NONE || failure.lost_connection() {
        return Err(failure);
    }
    tracing::error!(seq, %failure, "a reaction failed; it will be tried again");
    db.write(Caller::Anyone, Postpone { seq, error: failure.to_string() }).await?;
    Ok(0)
}

/// Puts an event off: 1 s, 2 s, 4 s … up to five minutes.
#[derive(Clone)]
struct Postpone {
    seq: i64,
    error: String,
}

impl Command for Postpone {
    const ACT: &'static str = "postpone_reaction";
    type Output = ();

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<()> {
        use schema::ground::outbox;
        let now = tx.now();
        let row = outbox::table.find(self.seq);
        let attempts: Option<i32> =
            row.select(outbox::attempts).for_update().first(tx.conn()).await.optional()?;
        let Some(attempts) = attempts else { return Ok(()) };
        diesel::update(row)
            .set((
                outbox::attempts.eq(attempts.saturating_add(1)),
                outbox::not_before.eq(now + pause(attempts)),
                outbox::last_error.eq(&self.error),
            ))
            .execute(tx.conn())
            .await?;
        Ok(())
    }
}

fn pause(attempts: i32) -> TimeDelta {
    TimeDelta::seconds((1_i64 << attempts.clamp(0, 9)).min(300))
}

/// How many events wait, and since when the oldest does.
///
/// # Errors
/// If the database does not answer.
pub async fn backlog(db: &Db) -> Outcome<(i64, Option<DateTime<Utc>>)> {
    use schema::ground::{events, outbox};
    let mut conn = db.reader().await?;
    Ok(outbox::table
        .inner_join(events::table)
        .select((diesel::dsl::count_star(), diesel::dsl::min(events::occurred_at)))
        .first(&mut conn)
        .await?)
}
