//! Files, what is protected, and who may see it.

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use chrono::NaiveDate;
use kernel::{Caller, Id, ListingStatus, Prose, UNAUTHENTICATED, Version, judge, kinds, words};

use crate::{
    access,
    model::{Attachment, DisclosureStatus, Listing, Visibility},
    store::{self, Look, NamedDisclosure, WantedDisclosures, Whose},
};

/// What is protected of a listing.
#[derive(Clone, Debug)]
pub struct Protected {
    /// The listing.
    pub listing_id: Id<kinds::Listing>,
    /// In which version.
    pub version: Version,
    /// The protected description, if there is one.
    pub description: Option<Prose<20000>>,
}

/// A request to see what is protected, as it stands on a day.
#[derive(Clone, Debug)]
pub struct ShownDisclosure {
    /// The request.
    pub(crate) named: NamedDisclosure,
    /// The day.
    pub(crate) today: NaiveDate,
}

/// The grant by which the caller may see what is protected of a listing in this state.
pub(crate) async fn grant(
    conn: &mut Conn,
    caller: &Caller,
    listing: Id<kinds::Listing>,
    status: ListingStatus,
    today: NaiveDate,
) -> Outcome<Option<Id<kinds::Disclosure>>> {
    match caller.actor() {
        Some(actor) if access::is_public(status) => {
            store::open_grant(conn, listing, actor.organisation, today).await
        }
        Some(_) | None => Ok(None),
    }
}

/// May the caller look at the protected description? Asked before a look is recorded, so that who
/// may not costs no transaction.
///
/// # Errors
/// 401, 404 or 403 `disclosure_required` if not.
pub(crate) async fn expect_may_look(
    conn: &mut Conn,
    caller: &Caller,
    listing: Id<kinds::Listing>,
    today: NaiveDate,
) -> Outcome<()> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let (listing, _) = super::listing(conn, caller, listing).await?;
    let grant = grant(conn, caller, listing.id, listing.state.status(), today).await?;
    let owner = listing.organisation.id;
    access::permit_protected::<access::GetProtectedDescription>(caller, owner, grant.is_some())?;
    Ok(())
}

/// May the caller know of protected files of the listing?
async fn knows_protected(
    conn: &mut Conn,
    caller: &Caller,
    listing: &Listing,
    today: NaiveDate,
) -> Outcome<bool> {
    let grant = grant(conn, caller, listing.id, listing.state.status(), today).await?;
    let owner = listing.organisation.id;
    let relations = access::relations_to_protected(caller, owner, grant.is_some());
    Ok(judge::<access::KnowProtectedAttachments>(caller, relations).is_ok())
}

/// A listing, and those of its files that the caller may know of.
///
/// # Errors
/// 404 if there is no listing that the caller may know of.
pub(crate) async fn attachments(
    conn: &mut Conn,
    caller: &Caller,
    listing: Id<kinds::Listing>,
    today: NaiveDate,
) -> Outcome<(Listing, Vec<Attachment>)> {
    let (listing, _) = super::listing(conn, caller, listing).await?;
    let all = knows_protected(conn, caller, &listing, today).await?;
    let mut files = store::attachments(conn, listing.id).await?;
    files.retain(|file| all || file.visibility == Visibility::Public);
    Ok((listing, files))
}

/// A file of a listing, and the listing.
///
/// # Errors
/// 404 if there is none that the caller may know of.
pub(crate) async fn attachment(
    conn: &mut Conn,
    caller: &Caller,
    listing: Id<kinds::Listing>,
    id: Id<kinds::Attachment>,
    today: NaiveDate,
) -> Outcome<(Listing, Attachment)> {
    let (listing, _) = super::listing(conn, caller, listing).await?;
    let file = store::attachment(conn, listing.id, id).await?;
    if file.visibility == Visibility::Protected
        && !knows_protected(conn, caller, &listing, today).await?
    {
        return Err(NOT_FOUND.refuse().into());
    }
    Ok((listing, file))
}

/// The looks at what is protected of a listing, newest first, and, if asked, how many in all.
///
/// # Errors
/// 404 if the caller may not know of the listing, 403 if they may not know who looked.
pub(crate) async fn looks(
    conn: &mut Conn,
    caller: &Caller,
    listing: Id<kinds::Listing>,
    after: Option<i64>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<(i64, Look)>, Option<i64>)> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let (listing, _) = super::listing(conn, caller, listing).await?;
    let relations = access::relations(caller, listing.organisation.id);
    judge::<access::ListDisclosureLooks>(caller, relations)?;
    store::looks(conn, listing.id, after, limit, count).await
}

words! {
    /// What one's own organisation is in a request to see what is protected.
    pub enum DisclosureRole {
        /// The listing is its own.
        Owner = "owner", "发布单位", "owner";
        /// It asks.
        Requester = "requester", "申请单位", "requester";
    }
}

/// Which requests are looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DisclosureFilter {
    pub(crate) listing_id: Option<Id<kinds::Listing>>,
    pub(crate) status: Option<DisclosureStatus>,
    pub(crate) role: Option<DisclosureRole>,
}

/// One's own organisation's requests and those to it, or everybody's for those who may read
/// all, newest first, and, if asked, how many in all.
///
/// # Errors
/// 401 if nobody has signed in.
pub(crate) async fn disclosures(
    conn: &mut Conn,
    caller: &Caller,
    filter: DisclosureFilter,
    today: NaiveDate,
    (after, limit): (Option<Id<kinds::Disclosure>>, i64),
    count: bool,
) -> Outcome<(Vec<ShownDisclosure>, Option<i64>)> {
    judge::<access::ListDisclosures>(caller, &[])?;
    let own = caller.actor().ok_or_else(|| UNAUTHENTICATED.refuse())?.organisation;
    let whose = match filter.role {
        None if access::reads_all(caller) => Whose::Everybodys,
        None => Whose::Around(own),
        Some(DisclosureRole::Owner) => Whose::To(own),
        Some(DisclosureRole::Requester) => Whose::Of(own),
    };
    let DisclosureFilter { listing_id, status, .. } = filter;
    let wanted = WantedDisclosures { whose, listing_id, status, today };
    let (found, total) = store::disclosures(conn, &wanted, after, limit, count).await?;
    Ok((found.into_iter().map(|named| ShownDisclosure { named, today }).collect(), total))
}

/// A request to see what is protected.
///
/// # Errors
/// 401 if nobody has signed in; 404 if there is none that the caller may know of.
pub(crate) async fn disclosure(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Disclosure>,
    today: NaiveDate,
) -> Outcome<ShownDisclosure> {
    if caller.actor().is_none() {
        return Err(UNAUTHENTICATED.refuse().into());
    }
    let named = store::disclosure(conn, id).await?;
    access::expect_knows_disclosure(caller, &named.disclosure)?;
    Ok(ShownDisclosure { named, today })
}
