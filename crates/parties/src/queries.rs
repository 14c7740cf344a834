//! Reads for screens, and the answers to siblings' questions.

use ::store::{Conn, Outcome, refusals::NOT_FOUND};
use chrono::{DateTime, Utc};
use kernel::{
    Caller, CreditCode, Email, Id, Line, OrganisationKind, OrganisationStatus, Region, judge, kinds,
};

use crate::{
    access,
    model::{Account, Contact, Organisation, ShortName, Showcase},
    store::{self, Unverified, Wanted},
};

/// What siblings may know of an organisation.
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
    /// Where it stands.
    pub status: OrganisationStatus,
    /// Is it a state organ? Those are no beneficiaries of subsidies.
    pub state_organ: bool,
    /// Its credit code.
    pub credit_code: Option<CreditCode>,
}

/// The facts of these organisations, in no order; unknown ids are left out.
///
/// # Errors
/// If the database does not answer.
pub async fn organisation_facts(
    conn: &mut Conn,
    ids: &[Id<kinds::Organisation>],
) -> Outcome<Vec<OrganisationFacts>> {
    let organisations = store::organisations_of(conn, ids).await?;
    let facts = organisations.into_iter().map(|organisation| OrganisationFacts {
        id: organisation.id,
        kind: organisation.kind,
        status: organisation.standing.status(),
        state_organ: organisation.is_state_organ(),
        name: organisation.name,
        region: organisation.region,
        credit_code: organisation.credit_code,
    });
    Ok(facts.collect())
}

/// An organisation.
///
/// # Errors
/// 404 if there is none.
pub async fn organisation(conn: &mut Conn, id: Id<kinds::Organisation>) -> Outcome<Organisation> {
    store::organisation(conn, id).await
}

/// How an organisation presents itself, for itself and for staff.
///
/// # Errors
/// 401, 403; 404 if it does not.
pub async fn own_showcase(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Organisation>,
) -> Outcome<(Organisation, Showcase)> {
    judge::<access::GetOrganisationShowcase>(caller, access::relations(caller, id))?;
    let organisation = store::organisation(conn, id).await?;
    let showcase = store::showcase_of(conn, id).await?;
    Ok((organisation, showcase.ok_or_else(|| NOT_FOUND.refuse())?))
}

/// The verified organisation that presents itself under a short name, and how.
///
/// # Errors
/// 404 if there is none.
pub async fn showcase(
    conn: &mut Conn,
    short_name: &ShortName,
) -> Outcome<(Organisation, Showcase)> {
    store::showcase_named(conn, short_name).await
}

/// At most so many short names of verified organisations, and when they changed, last.
///
/// # Errors
/// If the database does not answer.
pub async fn showcase_names(
    conn: &mut Conn,
    most: i64,
) -> Outcome<Vec<(ShortName, DateTime<Utc>)>> {
    store::showcase_names(conn, most).await
}

/// Which organisations are looked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the name.
    pub q: Option<String>,
    /// What they are.
    pub kind: Option<OrganisationKind>,
    /// Where they belong.
    pub region: Option<Region>,
    /// Where they stand.
    pub status: Option<OrganisationStatus>,
}

/// Organisations, newest first: at most `limit` of those registered before `after`, and, if
/// asked, how many there are in all. Strangers find only verified ones; everybody finds their
/// own, and staff find all.
///
/// # Errors
/// If the database does not answer.
pub async fn search_organisations(
    conn: &mut Conn,
    caller: &Caller,
    filter: Filter,
    after: Option<Id<kinds::Organisation>>,
    limit: i64,
    count: bool,
) -> Outcome<(Vec<Organisation>, Option<i64>)> {
    let unverified = match caller.actor() {
        _ if access::reads_all(caller) => Unverified::All,
        Some(actor) => Unverified::Own(actor.organisation),
        None => Unverified::None,
    };
    let Filter { q, kind, region, status } = filter;
    let wanted = Wanted { text: q, kind, region, status, unverified };
    let found = store::search_organisations(conn, &wanted, after, limit).await?;
    let total = if count { Some(store::count_organisations(conn, &wanted).await?) } else { None };
    Ok((found, total))
}

/// Who somebody is: their account and organisation.
///
/// # Errors
/// 404 if the account is gone.
pub async fn me(conn: &mut Conn, account: Id<kinds::Account>) -> Outcome<(Account, Organisation)> {
    let account = store::account(conn, account).await?;
    let organisation = store::organisation(conn, account.organisation_id).await?;
    Ok((account, organisation))
}

/// Is there nobody in the market yet, or somebody with this address: may what has this account be
/// loaded into it, to try it out?
///
/// # Errors
/// If the database does not answer.
pub async fn is_to_be_tried(conn: &mut Conn, first: &Email) -> Outcome<bool> {
    let nobody = !store::has_organisations(conn).await?;
    Ok(nobody || store::account_of_email(conn, first).await?.is_some())
}

/// Whom to call at an organisation. Personal data: for those only who may know it.
#[derive(Clone, Debug)]
pub struct OrganisationContact {
    /// Which organisation.
    pub id: Id<kinds::Organisation>,
    /// Whom.
    pub contact: Contact,
}

/// Whom to call at these organisations, in no order; unknown ids are left out.
///
/// # Errors
/// If the database does not answer.
pub async fn contacts(
    conn: &mut Conn,
    ids: &[Id<kinds::Organisation>],
) -> Outcome<Vec<OrganisationContact>> {
    let organisations = store::organisations_of(conn, ids).await?;
    let contacts = organisations.into_iter();
    Ok(contacts.map(|found| OrganisationContact { id: found.id, contact: found.contact }).collect())
}
