//! What contracts asks of the other domains; answered where they meet.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::{
    Id,
    kinds::{Introduction, Listing, Organisation},
};
use store::{Conn, Outcome};

pub use crate::model::{Identity, IntroductionFacts, ListingFacts, OrganisationFacts};

/// The questions. Answers are those of the moment, read on the given connection; nothing is
/// locked for them.
pub trait Ports: Send + Sync {
    /// Who these organisations are; unknown ones are left out.
    fn organisations<'a>(
        &'a self,
        conn: &'a mut Conn,
        ids: &'a [Id<Organisation>],
    ) -> BoxFuture<'a, Outcome<BTreeMap<Id<Organisation>, OrganisationFacts>>>;

    /// Whose these listings are, and where they stand, whatever their state; unknown ones are left
    /// out.
    fn listings<'a>(
        &'a self,
        conn: &'a mut Conn,
        ids: &'a [Id<Listing>],
    ) -> BoxFuture<'a, Outcome<BTreeMap<Id<Listing>, ListingFacts>>>;

    /// Who was introduced to whom; `None` if there is no such introduction.
    fn introduction<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: Id<Introduction>,
    ) -> BoxFuture<'a, Outcome<Option<IntroductionFacts>>>;
}
