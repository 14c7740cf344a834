//! The audit trail, read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Id, Kind, Version, kinds};
use schema::ground::audit_entries;
use serde_json::Value;

use crate::{Conn, Outcome};

/// One step of a thing's history.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_entries, check_for_backend(diesel::pg::Pg))]
pub struct Step {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; nobody for what the market did by itself.
    pub account_id: Option<Id<kinds::Account>>,
    /// For which organisation.
    pub organisation_id: Option<Id<kinds::Organisation>>,
    /// The operation id, or the name of the job.
    pub act: String,
    /// The version that the thing came to.
    #[diesel(column_name = object_version)]
    pub version: Version,
    /// What changed.
    pub facts: Value,
}

/// The history of a thing, the newest step first, from before a version on.
///
/// # Errors
/// If the database does not answer.
pub async fn history<K: Kind>(
    conn: &mut Conn,
    id: Id<K>,
    before: Option<Version>,
    limit: i64,
) -> Outcome<Vec<Step>> {
    use audit_entries::dsl;
    let mut query = dsl::audit_entries
        .filter(dsl::object_kind.eq(K::NAME))
        .filter(dsl::object_id.eq(id.uuid()))
        .order(dsl::object_version.desc())
        .limit(limit)
        .select(Step::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(dsl::object_version.lt(before));
    }
    Ok(query.load(conn).await?)
}
