//! `post_introduction_message`: a participant writes to the others.

use ::store::{Command, Outcome, Tx};
use events::IntroductionMessagePosted;
use kernel::{Id, Prose, Version, judge, kinds};
use serde_json::json;

use crate::{
    access,
    commands::{known_introduction, speaker},
    error::TOO_MANY_MESSAGES,
    model::message::{MESSAGES_MAX, Message},
    store,
};

/// Writes to the other participants.
#[derive(Clone, Debug)]
pub struct PostIntroductionMessage {
    /// In which introduction.
    pub introduction_id: Id<kinds::Introduction>,
    /// What.
    pub text: Prose<4000>,
}

impl Command for PostIntroductionMessage {
    const ACT: &'static str = "post_introduction_message";
    type Output = Message;

    async fn run(self, tx: &mut Tx<'_>) -> Outcome<Message> {
        let introduction = known_introduction(tx, self.introduction_id).await?;
        let relations = access::relations(tx.caller(), &introduction.participants);
        let _permit = judge::<access::PostIntroductionMessage>(tx.caller(), relations)?;
        introduction.expect_talk()?;
        let by = speaker(tx, &introduction)?;
        let account = tx.actor()?.account;
        // The introduction is locked: nobody else adds one meanwhile.
        if store::count_messages(tx.conn(), introduction.id).await? >= MESSAGES_MAX {
            return Err(TOO_MANY_MESSAGES.refuse().into());
        }
        let message = Message {
            id: tx.new_id(),
            introduction_id: introduction.id,
            posted_at: tx.now(),
            by,
            account_id: account,
            text: self.text,
        };
        store::add_message(tx.conn(), &message).await?;
        tx.record(message.id, Version::FIRST, json!({ "introduction_id": introduction.id }));
        let mut to = introduction.participants.organisations();
        to.retain(|organisation| *organisation != by.organisation_id);
        tx.announce(IntroductionMessagePosted {
            introduction_id: introduction.id,
            message_id: message.id,
            by_organisation_id: by.organisation_id,
            to_organisation_ids: to,
        });
        Ok(message)
    }
}
