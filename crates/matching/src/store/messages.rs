//! The table `introduction_messages`.

use ::store::{Conn, Outcome};
use chrono::{DateTime, Utc};
use diesel::{pg::Pg, prelude::*};
use diesel_async::RunQueryDsl;
use kernel::{Id, Prose, kinds};
use schema::matching::introduction_messages::{self, dsl};

use crate::model::{
    introduction::{Participant, Speaker},
    message::Message,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = introduction_messages)]
#[diesel(check_for_backend(Pg))]
struct MessageRow {
    id: Id<kinds::IntroductionMessage>,
    introduction_id: Id<kinds::Introduction>,
    posted_at: DateTime<Utc>,
    participant: Participant,
    organisation_id: Id<kinds::Organisation>,
    account_id: Id<kinds::Account>,
    text: Prose<4000>,
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let MessageRow {
            id,
            introduction_id,
            posted_at,
            participant,
            organisation_id,
            account_id,
            text,
        } = row;
        let by = Speaker { participant, organisation_id };
        Self { id, introduction_id, posted_at, by, account_id, text }
    }
}

/// Adds a message, for ever.
pub(crate) async fn add_message(conn: &mut Conn, message: &Message) -> Outcome<()> {
    let Message { id, introduction_id, posted_at, by, account_id, text } = message.clone();
    let Speaker { participant, organisation_id } = by;
    let row = MessageRow {
        id,
        introduction_id,
        posted_at,
        participant,
        organisation_id,
        account_id,
        text,
    };
    diesel::insert_into(introduction_messages::table).values(row).execute(conn).await?;
    Ok(())
}

/// How many messages an introduction holds.
pub(crate) async fn count_messages(conn: &mut Conn, id: Id<kinds::Introduction>) -> Outcome<i64> {
    let of = dsl::introduction_messages.filter(dsl::introduction_id.eq(id));
    Ok(of.count().get_result(conn).await?)
}

/// The messages of an introduction, newest first.
pub(crate) async fn messages(
    conn: &mut Conn,
    id: Id<kinds::Introduction>,
    after: Option<Id<kinds::IntroductionMessage>>,
    limit: i64,
) -> Outcome<Vec<Message>> {
    let mut query = dsl::introduction_messages
        .filter(dsl::introduction_id.eq(id))
        .order(dsl::id.desc())
        .limit(limit)
        .select(MessageRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(dsl::id.lt(after));
    }
    let rows: Vec<MessageRow> = query.load(conn).await?;
    Ok(rows.into_iter().map(Message::from).collect())
}
