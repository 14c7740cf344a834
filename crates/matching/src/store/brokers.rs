//! The table `match_brokers`.

use std::collections::HashMap;

use ::store::{Conn, Outcome};
use diesel::{dsl::exists, prelude::*, select};
use diesel_async::RunQueryDsl;
use events::OrganisationVerified;
use kernel::{Id, kinds};
use schema::matching::match_brokers::dsl;

/// Notes a broker, or what it is called now.
pub(crate) async fn save_broker(conn: &mut Conn, broker: &OrganisationVerified) -> Outcome<()> {
    let facts =
        (dsl::kind.eq(broker.kind), dsl::name.eq(&broker.name), dsl::region.eq(&broker.region));
    diesel::insert_into(dsl::match_brokers)
        .values((dsl::organisation_id.eq(broker.organisation_id), facts))
        .on_conflict(dsl::organisation_id)
        .do_update()
        .set(facts)
        .execute(conn)
        .await?;
    Ok(())
}

/// Has the organisation ever been verified as a broker?
pub(crate) async fn is_broker(conn: &mut Conn, id: Id<kinds::Organisation>) -> Outcome<bool> {
    Ok(select(exists(dsl::match_brokers.find(id))).get_result(conn).await?)
}

/// What these brokers are called.
pub(crate) async fn broker_names(
    conn: &mut Conn,
    ids: &[Id<kinds::Organisation>],
) -> Outcome<HashMap<Id<kinds::Organisation>, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let names: Vec<(Id<kinds::Organisation>, String)> = dsl::match_brokers
        .filter(dsl::organisation_id.eq_any(ids))
        .select((dsl::organisation_id, dsl::name))
        .load(conn)
        .await?;
    Ok(names.into_iter().collect())
}
