//! Reads for screens.

use kernel::{
    Caller, ContractStatus, Id, PartyRole, RecognitionStatus,
    kinds::{self, Organisation},
};
use store::{Conn, Outcome};

use crate::{
    access, error,
    model::{Contract, Document, Identities, Payment},
    ports::Ports,
    store::{self as tables, ListFilter, Listed, Loaded},
};

pub(crate) use crate::store::ListKey;

/// A contract with everything that is shown of it.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The contract.
    pub contract: Contract,
    /// Its parties: as they are while it is a draft, as they were when its text was frozen since.
    pub identities: Identities,
    /// What has been paid, oldest first.
    pub payments: Vec<Payment>,
}

impl Dossier {
    /// What is shown of a contract; a draft's parties are looked up.
    pub(crate) async fn of(conn: &mut Conn, ports: &dyn Ports, loaded: Loaded) -> Outcome<Self> {
        let Loaded { contract, payments } = loaded;
        let identities = match contract.identities() {
            Some(identities) => identities.clone(),
            None => identities(conn, ports, &contract.terms.organisation_ids()).await?,
        };
        Ok(Self { contract, identities, payments })
    }

    /// What is shown of a contract whose text is frozen.
    pub(crate) fn frozen(contract: Contract, payments: Vec<Payment>) -> Self {
        let identities = contract.identities().cloned().unwrap_or_default();
        Self { contract, identities, payments }
    }
}

async fn identities(
    conn: &mut Conn,
    ports: &dyn Ports,
    ids: &[Id<Organisation>],
) -> Outcome<Identities> {
    let organisations = ports.organisations(conn, ids).await?;
    Ok(organisations.into_iter().map(|(id, facts)| (id, facts.identity)).collect())
}

/// A contract.
///
/// # Errors
/// 401 if nobody has signed in; 404 for strangers.
pub async fn contract(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    id: Id<kinds::Contract>,
) -> Outcome<Dossier> {
    let loaded = known(conn, caller, id).await?;
    Dossier::of(conn, ports, loaded).await
}

/// A frozen text of a contract: the one with this number, else the one that waits for signatures
/// or is signed. Each is read by those who were its parties: whoever has left the contract keeps
/// what they were offered, and whoever has come later does not see what others were.
///
/// # Errors
/// 401 if nobody has signed in; 404 for strangers, and for a text that there is not, or that is
/// one of others.
pub async fn document(
    conn: &mut Conn,
    caller: &Caller,
    id: Id<kinds::Contract>,
    number: Option<i32>,
) -> Outcome<Document> {
    expect_somebody(caller)?;
    let Loaded { contract, .. } = tables::load(conn, id).await?;
    let number = number.or_else(|| contract.offered().map(|offered| offered.document_number));
    let document = match number {
        Some(number) => tables::document(conn, id, number).await?,
        None => None,
    };
    let may_read = |document: &Document| {
        let relation = access::to_document(caller, document);
        kernel::judge::<access::ReadDocument>(caller, &[relation]).is_ok()
    };
    if let Some(document) = document.filter(may_read) {
        return Ok(document);
    }
    access::may_know(caller, &contract)?;
    Err(error::NO_DOCUMENT.refuse().into())
}

fn expect_somebody(caller: &Caller) -> Outcome<()> {
    if caller.actor().is_none() {
        return Err(kernel::UNAUTHENTICATED.refuse().into());
    }
    Ok(())
}

async fn known(conn: &mut Conn, caller: &Caller, id: Id<kinds::Contract>) -> Outcome<Loaded> {
    expect_somebody(caller)?;
    let loaded = tables::load(conn, id).await?;
    access::may_know(caller, &loaded.contract)?;
    Ok(loaded)
}

/// Which contracts are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only those of this organisation: its own, or any for staff.
    pub organisation: Option<Id<Organisation>>,
    /// Only those in which it is this.
    pub role: Option<PartyRole>,
    /// Only in this status.
    pub status: Option<ContractStatus>,
    /// Only in this status of recognition.
    pub recognition_status: Option<RecognitionStatus>,
}

/// Contracts, at most `limit` after a key: all for the staff who may read every contract, else
/// those of one's own organisation. With `count`, also how many there are in all.
///
/// # Errors
/// 401 if nobody has signed in; 403 for another organisation's.
pub(crate) async fn list(
    conn: &mut Conn,
    ports: &dyn Ports,
    caller: &Caller,
    wanted: Wanted,
    page: PageWanted,
) -> Outcome<(Vec<Listed>, Option<i64>)> {
    let filter = filter(caller, wanted)?;
    let mut rows = tables::list(conn, filter, page.after, page.limit).await?;
    fill_in_drafts(conn, ports, &mut rows).await?;
    let total = if page.count { Some(tables::count(conn, filter).await?) } else { None };
    Ok((rows, total))
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageWanted {
    /// What comes after this.
    pub(crate) after: Option<ListKey>,
    /// How many at most.
    pub(crate) limit: i64,
    /// How many there are in all, too?
    pub(crate) count: bool,
}

fn filter(caller: &Caller, wanted: Wanted) -> Outcome<ListFilter> {
    kernel::judge::<access::List>(caller, &[])?;
    let all = access::reads_all(caller);
    let organisation = match wanted.organisation {
        Some(organisation) if all || caller.acts_for(organisation) => Some(organisation),
        Some(_) => return Err(kernel::FORBIDDEN.refuse().into()),
        None if all && wanted.role.is_none() => None,
        None => caller.actor().map(|actor| actor.organisation),
    };
    Ok(ListFilter {
        party: organisation.map(|organisation| (organisation, wanted.role)),
        status: wanted.status,
        recognition_status: wanted.recognition_status,
    })
}

/// Looks up the parties of drafts, all at once.
async fn fill_in_drafts(conn: &mut Conn, ports: &dyn Ports, rows: &mut [Listed]) -> Outcome<()> {
    let parties = || rows.iter().flat_map(|listed| &listed.parties);
    let mut unknown: Vec<_> = parties()
        .filter(|(_, identity)| identity.is_none())
        .map(|(party, _)| party.organisation_id)
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    unknown.sort_unstable();
    unknown.dedup();
    let known = identities(conn, ports, &unknown).await?;
    for (party, identity) in rows.iter_mut().flat_map(|listed| &mut listed.parties) {
        if identity.is_none() {
            *identity = known.get(&party.organisation_id).cloned();
        }
    }
    Ok(())
}
