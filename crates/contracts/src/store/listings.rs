//! Which listings a contract takes off the market: each is dealt once.

use diesel::{ExpressionMethods, QueryDsl, dsl::exists};
use diesel_async::RunQueryDsl;
use kernel::{
    Id, Refusal,
    kinds::{self, Listing},
};
use schema::contracts::contract_listings as l;
use store::{Conn, Outcome, on_constraint};

use crate::error::LISTING_NOT_AVAILABLE;

/// Notes, when the text is frozen, which listings the contract will take off the market.
pub(crate) async fn note_dealt(
    conn: &mut Conn,
    contract: Id<kinds::Contract>,
    dealt: &[Id<Listing>],
) -> Outcome<()> {
    diesel::update(l::table.filter(l::contract_id.eq(contract)))
        .set(l::deals.eq(l::listing_id.eq_any(dealt)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the listings, when every party has signed. Where two contracts would take the same one,
/// the unique key lets the second wait for the first, and refuses it.
pub(crate) async fn take_listings(conn: &mut Conn, contract: Id<kinds::Contract>) -> Outcome<()> {
    let others = diesel::alias!(schema::contracts::contract_listings as others);
    let taken_by_other = others
        .filter(others.field(l::listing_id).eq(l::listing_id))
        .filter(others.field(l::contract_id).ne(contract))
        .filter(others.field(l::dealt));
    let gone: Vec<Id<Listing>> = l::table
        .filter(l::contract_id.eq(contract))
        .filter(exists(taken_by_other))
        .order(l::position)
        .select(l::listing_id)
        .load(conn)
        .await?;
    if !gone.is_empty() {
        return Err(dealt_by_another(&gone).into());
    }
    let ours = l::table.filter(l::contract_id.eq(contract)).filter(l::deals);
    let taken = diesel::update(ours).set(l::dealt.eq(true)).execute(conn).await;
    on_constraint(taken, "contract_listings_dealt_once", || dealt_by_another(&[]))?;
    Ok(())
}

fn dealt_by_another(listings: &[Id<Listing>]) -> Refusal {
    let ids: Vec<_> = listings.iter().map(ToString::to_string).collect();
    LISTING_NOT_AVAILABLE.because(
        format!("挂牌信息已由另一份合同成交:{}", ids.join("、")),
        format!("another contract has dealt a listing of this one: {}", ids.join(", ")),
    )
}
