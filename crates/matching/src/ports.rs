//! What matching asks of others.

use std::{collections::BTreeSet, fmt};

use ::store::{Conn, Outcome};
use futures::future::BoxFuture;
use kernel::{Id, kinds};

/// Whom to call at an organisation.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// Which organisation.
    pub organisation_id: Id<kinds::Organisation>,
    /// A person's name.
    pub name: String,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

impl fmt::Debug for Contact {
    /// Masked: personal data does not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({:?})", self.organisation_id)
    }
}

/// Questions to other domains.
pub trait Ports: Send + Sync + 'static {
    /// Whom to call at these organisations, in no order; unknown ones are left out.
    fn contacts<'a>(
        &'a self,
        conn: &'a mut Conn,
        organisations: &'a [Id<kinds::Organisation>],
    ) -> BoxFuture<'a, Outcome<Vec<Contact>>>;

    /// Which of these organisations the market has verified, and not suspended since.
    fn verified<'a>(
        &'a self,
        conn: &'a mut Conn,
        organisations: &'a [Id<kinds::Organisation>],
    ) -> BoxFuture<'a, Outcome<BTreeSet<Id<kinds::Organisation>>>>;
}
