//! The table `listing_import_errors`.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Fault, Id, kinds};
use schema::listing_imports::listing_import_errors::{self, dsl};
use store::{Conn, Outcome};

use crate::model::sheet::CellFault;

type ImportId = Id<kinds::ListingImport>;

/// More than PostgreSQL takes in one statement, divided by the columns of a row.
const AT_ONCE: usize = 5000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = listing_import_errors, check_for_backend(diesel::pg::Pg))]
struct ErrorRow {
    import_id: ImportId,
    position: i32,
    sheet_row: i32,
    cell: Option<String>,
    column_head: Option<String>,
    code: String,
    words_zh: String,
    words_en: String,
    value: Option<String>,
}

impl From<ErrorRow> for CellFault {
    fn from(row: ErrorRow) -> Self {
        Self {
            row: u32::try_from(row.sheet_row).unwrap_or(0),
            cell: row.cell,
            column: row.column_head,
            fault: Fault::new(&row.code, row.words_zh, row.words_en),
            value: row.value,
        }
    }
}

/// What PostgreSQL cannot store is not shown either.
fn storable(text: String) -> String {
    text.replace('\0', "\u{FFFD}")
}

/// Adds errors behind the first `kept` of an import.
pub(crate) async fn add_errors(
    conn: &mut Conn,
    import: ImportId,
    kept: u32,
    faults: Vec<CellFault>,
) -> Outcome<()> {
    let rows: Vec<ErrorRow> = (kept..)
        .zip(faults)
        .map(|(position, found)| ErrorRow {
            import_id: import,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            sheet_row: i32::try_from(found.row).unwrap_or(i32::MAX),
            cell: found.cell.map(storable),
            column_head: found.column.map(storable),
            code: found.fault.code,
            words_zh: storable(found.fault.words.zh),
            words_en: storable(found.fault.words.en),
            value: found.value.map(storable),
        })
        .collect();
    for part in rows.chunks(AT_ONCE) {
        diesel::insert_into(dsl::listing_import_errors).values(part).execute(conn).await?;
    }
    Ok(())
}

/// The errors of an import, in the order in which they were found, at most `limit` behind one.
pub(crate) async fn errors(
    conn: &mut Conn,
    import: ImportId,
    after: Option<i32>,
    limit: i64,
) -> Outcome<Vec<(i32, CellFault)>> {
    let rows: Vec<ErrorRow> = dsl::listing_import_errors
        .filter(dsl::import_id.eq(import))
        .filter(dsl::position.gt(after.unwrap_or(-1)))
        .order(dsl::position)
        .select(ErrorRow::as_select())
        .limit(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.position, row.into())).collect())
}

/// Which rows of an import are wrong.
pub(crate) async fn faulty_rows(conn: &mut Conn, import: ImportId) -> Outcome<HashSet<u32>> {
    let rows: Vec<i32> = dsl::listing_import_errors
        .filter(dsl::import_id.eq(import))
        .select(dsl::sheet_row)
        .distinct()
        .load(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|row| u32::try_from(row).ok()).collect())
}
