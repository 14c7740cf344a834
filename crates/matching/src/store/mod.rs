//! Rows and SQL of this domain's tables.

mod brokers;
mod documents;
mod introductions;
mod messages;
mod suspensions;

pub(crate) use brokers::{broker_names, is_broker, save_broker};
pub(crate) use documents::{
    Changed, Read, changed_since, documents, documents_after, documents_for_share, horizon,
    learn_document, lose_document, published_document, published_total, stamp_anew,
};
pub(crate) use introductions::{
    add_introduction, add_step, count_introductions, count_introductions_of, introduction,
    introduction_for_update, introductions, note_lapsing, overdue_introductions, save_introduction,
    steps,
};
pub(crate) use messages::{add_message, count_messages, messages};
pub(crate) use suspensions::{add_suspension, lift_suspension, suspended};
