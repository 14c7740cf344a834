//! What a command has in its hands.

use chrono::{DateTime, NaiveDate, Utc};
use events::Event;
use kernel::{Actor, Caller, Id, Kind, Version, kinds};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Conn, Outcome};

/// An open transaction: a connection, one instant, the caller, and what will be recorded and
/// announced when it commits.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    caller: Caller,
    now: DateTime<Utc>,
    audit: Vec<Value>,
    news: Vec<Value>,
}

impl<'c> Tx<'c> {
    pub(crate) const fn new(conn: &'c mut Conn, caller: Caller, now: DateTime<Utc>) -> Self {
        Self { conn, caller, now, audit: Vec::new(), news: Vec::new() }
    }

    /// The connection, for reads and writes of this transaction.
    pub const fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// The instant of this transaction: the same wherever it is asked.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The civil date in Shanghai at that instant.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        kernel::civil_date(self.now)
    }

    /// Who asks.
    #[must_use]
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Who has signed in.
    ///
    /// # Errors
    /// 401 if nobody has.
    pub fn actor(&self) -> Outcome<Actor> {
        self.caller.actor().copied().ok_or_else(|| kernel::UNAUTHENTICATED.refuse().into())
    }

    /// A new id, in order of time.
    #[must_use]
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        let unix_ms = u64::try_from(self.now.timestamp_millis()).unwrap_or(0);
        Id::from_parts(unix_ms, &rand::random())
    }

    /// Records in the audit trail that a thing has reached a new version. `facts` say what has
    /// changed, without personal data and without secrets.
    pub fn record<K: Kind>(&mut self, id: Id<K>, version: Version, facts: impl Serialize) {
        let facts = serde_json::to_value(facts).unwrap_or(Value::Null);
        self.audit.push(json!({ "kind": K::NAME, "id": id, "version": version, "facts": facts }));
    }

    /// Announces an event, to be delivered after the commit.
    pub fn announce(&mut self, event: impl Into<Event>) {
        let event: Event = event.into();
        let aggregate = event.aggregate();
        let id: Id<kinds::Event> = self.new_id();
        let data = serde_json::to_value(&event).unwrap_or(Value::Null);
        self.news.push(json!({
            "id": id, "name": event.name(), "kind": aggregate.kind, "aggregate": aggregate.id,
            "data": data.get("data"),
        }));
    }

    /// Hands over what is to be recorded and announced.
    pub(crate) fn take_notes(&mut self) -> (Vec<Value>, Vec<Value>) {
        (std::mem::take(&mut self.audit), std::mem::take(&mut self.news))
    }
}
