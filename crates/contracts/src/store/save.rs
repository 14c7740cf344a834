//! Saving a contract's own row, its parties and its listings.

use diesel::{
    ExpressionMethods, QueryDsl,
    dsl::sql,
    prelude::Insertable,
    result::Error as SqlError,
    sql_query,
    sql_types::{BigInt, Jsonb, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use kernel::{
    BasisPoints, Id, PartyRole, Version,
    kinds::{self, Listing, Organisation},
};
use schema::contracts::{contract_listings, contract_parties, contracts};
use serde_json::{Value, json};
use store::{Conn, Outcome, on_constraint};

use super::rows::{HeadRow, StateRow, TermsRow};
use crate::{
    error,
    model::{Contract, Identities},
};

#[derive(Insertable)]
#[diesel(table_name = contract_parties)]
struct NewPartyRow {
    contract_id: Id<kinds::Contract>,
    organisation_id: Id<Organisation>,
    position: i32,
    role: PartyRole,
    share_bp: BasisPoints,
    affiliated: Option<bool>,
}

#[derive(Insertable)]
#[diesel(table_name = contract_listings)]
struct NewListingRow {
    contract_id: Id<kinds::Contract>,
    listing_id: Id<Listing>,
    position: i32,
}

/// The next running number.
pub(crate) async fn next_serial(conn: &mut Conn) -> Outcome<i64> {
    let serial = diesel::select(sql::<BigInt>("nextval('contract_numbers')"));
    Ok(serial.get_result(conn).await?)
}

/// Saves a new draft.
pub(crate) async fn insert(conn: &mut Conn, contract: &Contract) -> Outcome<()> {
    let row = (HeadRow::from(contract), TermsRow::of(&contract.terms)?, StateRow::from(contract));
    diesel::insert_into(contracts::table).values(row).execute(conn).await?;
    insert_named(conn, contract).await
}

/// Saves altered terms.
pub(crate) async fn save_terms(conn: &mut Conn, contract: &Contract, from: Version) -> Outcome<()> {
    let terms = TermsRow::of(&contract.terms)?;
    let saved = diesel::update(contracts::table.find(contract.id))
        .filter(contracts::version.eq(from))
        .set((contracts::version.eq(contract.version), &terms))
        .execute(conn)
        .await?;
    expect_saved(saved)?;
    let parties = contract_parties::table.filter(contract_parties::contract_id.eq(contract.id));
    diesel::delete(parties).execute(conn).await?;
    let listings = contract_listings::table.filter(contract_listings::contract_id.eq(contract.id));
    diesel::delete(listings).execute(conn).await?;
    insert_named(conn, contract).await
}

/// Saves where a contract stands.
pub(crate) async fn save_state(conn: &mut Conn, contract: &Contract, from: Version) -> Outcome<()> {
    let saved = diesel::update(contracts::table.find(contract.id))
        .filter(contracts::version.eq(from))
        .set((contracts::version.eq(contract.version), &StateRow::from(contract)))
        .execute(conn)
        .await;
    // Two contracts of one introduction may both be offered; the one signed first has it.
    if matches!(&saved, Err(SqlError::DatabaseError(_, info))
        if info.constraint_name() == Some("contracts_introduction_signed"))
    {
        return Err(error::INTRODUCTION_DOES_NOT_FIT.refuse().into());
    }
    let taken = || error::REGISTRATION_NUMBER_TAKEN.refuse();
    expect_saved(on_constraint(saved, "contracts_registration_number_key", taken)?)
}

fn expect_saved(rows: usize) -> Outcome<()> {
    if rows == 1 { Ok(()) } else { Err(store::refusals::STALE.refuse().into()) }
}

async fn insert_named(conn: &mut Conn, contract: &Contract) -> Outcome<()> {
    let parties: Vec<_> = (0..)
        .zip(&contract.terms.parties)
        .map(|(position, party)| NewPartyRow {
            contract_id: contract.id,
            organisation_id: party.organisation_id,
            position,
            role: party.role,
            share_bp: party.share_bp,
            affiliated: party.affiliated,
        })
        .collect();
    diesel::insert_into(contract_parties::table).values(&parties).execute(conn).await?;
    if contract.terms.listing_ids.is_empty() {
        return Ok(());
    }
    let listings: Vec<_> = (0..)
        .zip(&contract.terms.listing_ids)
        .map(|(position, listing_id)| NewListingRow {
            contract_id: contract.id,
            listing_id: *listing_id,
            position,
        })
        .collect();
    diesel::insert_into(contract_listings::table).values(&listings).execute(conn).await?;
    Ok(())
}

/// Keeps the parties as they are now.
pub(crate) async fn freeze_parties(
    conn: &mut Conn,
    id: Id<kinds::Contract>,
    identities: &Identities,
) -> Outcome<()> {
    let rows = identities.iter().map(|(organisation, identity)| {
        json!({
            "organisation_id": organisation,
            "name": identity.name,
            "kind": identity.kind,
            "credit_code": identity.credit_code,
            "region": identity.region,
            "state_organ": identity.state_organ,
        })
    });
    sql_query(
        "UPDATE contract_parties AS p SET name = f.name, kind = f.kind, \
         credit_code = f.credit_code, region = f.region, state_organ = f.state_organ \
         FROM jsonb_to_recordset($2) AS f (organisation_id uuid, name text, kind text, \
         credit_code text, region text, state_organ boolean) \
         WHERE p.contract_id = $1 AND p.organisation_id = f.organisation_id",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Jsonb, _>(Value::Array(rows.collect()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets how the parties were: those of a draft are shown as they are.
pub(crate) async fn thaw_parties(conn: &mut Conn, id: Id<kinds::Contract>) -> Outcome<()> {
    use contract_parties as p;
    diesel::update(p::table.filter(p::contract_id.eq(id)))
        .set((
            p::name.eq(None::<String>),
            p::kind.eq(None::<String>),
            p::credit_code.eq(None::<String>),
            p::region.eq(None::<String>),
            p::state_organ.eq(None::<bool>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
