//! Ends introductions that not everybody has answered in time, and reminds before that.

use ::store::{Command, Outcome, Tx};
use chrono::Days;
use events::IntroductionLapsing;
use serde_json::json;

use crate::{
    model::introduction::{Step, StepKind},
    store,
};

/// How many introductions one transaction takes, so that it holds its locks only briefly.
const BATCH: i64 = 100;
/// How many days before the last one those whose answer is awaited are reminded.
const REMIND_DAYS: u64 = 7;

/// Lapses some of what is due; answers how many.
#[derive(Clone, Copy, Debug)]
pub struct LapseIntroductions;

impl Command for LapseIntroductions {
    const ACT: &'static str = "lapse_introductions";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let (today, now) = (tx.today(), tx.now());
        let due = store::overdue_introductions(tx.conn(), today, BATCH).await?;
        let mut lapsed = 0_usize;
        for introduction in due {
            let before = introduction.version;
            let Some((introduction, event)) = introduction.lapse(now) else { continue };
            store::save_introduction(tx.conn(), before, &introduction).await?;
            let step = Step {
                introduction_id: introduction.id,
                version: introduction.version,
                what: StepKind::Lapsed,
                at: now,
                by: None,
            };
            store::add_step(tx.conn(), step).await?;
            let facts = json!({ "status": introduction.status() });
            tx.record(introduction.id, introduction.version, facts);
            tx.announce(event);
            lapsed = lapsed.saturating_add(1);
        }
        Ok(lapsed)
    }
}

/// Reminds some of those whose answer is awaited, each introduction's once; answers how many
/// introductions.
#[derive(Clone, Copy, Debug)]
pub struct RemindParticipants;

impl Command for RemindParticipants {
    const ACT: &'static str = "remind_participants";
    type Output = usize;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<usize> {
        let today = tx.today();
        let until = today.checked_add_days(Days::new(REMIND_DAYS)).unwrap_or(today);
        let lapsing = store::note_lapsing(tx.conn(), today, until, BATCH).await?;
        for introduction in &lapsing {
            let awaited = introduction.awaited();
            let participants = introduction.participants;
            let whose = participants.organisations().into_iter().filter(|organisation| {
                let speaker = participants.speaker(*organisation);
                speaker.is_some_and(|speaker| awaited.contains(&speaker.participant))
            });
            tx.announce(IntroductionLapsing {
                introduction_id: introduction.id,
                awaited_organisation_ids: whose.collect(),
                lapses_on: introduction.lapses_on,
            });
        }
        Ok(lapsing.len())
    }
}
