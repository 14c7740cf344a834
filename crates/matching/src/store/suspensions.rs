//! The table `match_suspensions`.

use std::collections::HashSet;

use ::store::{Conn, Outcome};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Id, kinds};
use schema::matching::match_suspensions::dsl;

/// Notes that an organisation is suspended.
pub(crate) async fn add_suspension(conn: &mut Conn, id: Id<kinds::Organisation>) -> Outcome<()> {
    diesel::insert_into(dsl::match_suspensions)
        .values(dsl::organisation_id.eq(id))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that an organisation is not, or no longer, suspended.
pub(crate) async fn lift_suspension(conn: &mut Conn, id: Id<kinds::Organisation>) -> Outcome<()> {
    diesel::delete(dsl::match_suspensions.find(id)).execute(conn).await?;
    Ok(())
}

/// Who is suspended now.
pub(crate) async fn suspended(conn: &mut Conn) -> Outcome<HashSet<Id<kinds::Organisation>>> {
    let ids: Vec<_> = dsl::match_suspensions.select(dsl::organisation_id).load(conn).await?;
    Ok(ids.into_iter().collect())
}
