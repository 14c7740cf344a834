//! What this domain asks of others; the server answers.

use futures::future::BoxFuture;
use kernel::{Id, Line, OrganisationKind, Region, kinds};
use store::{Conn, Outcome};

/// What an owner of listings is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationFacts {
    /// Which one.
    pub id: Id<kinds::Organisation>,
    /// Its name.
    pub name: Line<200>,
    /// What it is.
    pub kind: OrganisationKind,
    /// Where it belongs.
    pub region: Region,
    /// Has an operator checked that it is what it says, and does that still stand?
    pub verified: bool,
}

/// Questions to other domains.
pub trait Ports: Send + Sync {
    /// What is this organisation? `None` if there is none.
    fn organisation<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: Id<kinds::Organisation>,
    ) -> BoxFuture<'a, Outcome<Option<OrganisationFacts>>>;

    /// How many introductions has this listing been part of, whatever came of them?
    fn introductions<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: Id<kinds::Listing>,
    ) -> BoxFuture<'a, Outcome<i64>>;
}
