//! Lists of contracts, a page at a time.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, SelectableHelper,
    dsl::sql,
    pg::Pg,
    prelude::{Queryable, Selectable},
    sql_types::Jsonb,
};
use diesel_async::RunQueryDsl;
use kernel::{
    ContractStatus, ContractType, Domain, Fen, Id, Line, PartyRole, RecognitionStatus,
    RegistrationNumber, Version,
    kinds::{self, Organisation},
};
use schema::contracts::{contract_parties, contracts};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Conn, Outcome};

use super::{load::PARTIES, rows::PartyRow};
use crate::model::{ContractNumber, Identity, Party, Subtype};

/// Which contracts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ListFilter {
    /// Only those to which this organisation is a party, in this role if one is given.
    pub(crate) party: Option<(Id<Organisation>, Option<PartyRole>)>,
    pub(crate) status: Option<ContractStatus>,
    pub(crate) recognition_status: Option<RecognitionStatus>,
}

impl ListFilter {
    /// Applications are listed by deadline, for the registrar; everything else newest first.
    const fn is_queue(&self) -> bool {
        matches!(self.recognition_status, Some(RecognitionStatus::Applied))
    }
}

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct ListKey {
    decide_by: Option<NaiveDate>,
    id: Id<kinds::Contract>,
}

/// A contract as a list shows it.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) row: ListedRow,
    pub(crate) parties: Vec<(Party, Option<Identity>)>,
}

impl Listed {
    /// What it is ordered by.
    pub(crate) const fn key(&self) -> ListKey {
        ListKey { decide_by: self.row.decide_by, id: self.row.id }
    }
}

/// The columns that a list shows.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = contracts, check_for_backend(Pg))]
pub(crate) struct ListedRow {
    pub(crate) id: Id<kinds::Contract>,
    pub(crate) version: Version,
    pub(crate) number: ContractNumber,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) contract_type: ContractType,
    pub(crate) subtype: Option<Subtype>,
    pub(crate) title: Line<200>,
    pub(crate) domain: Domain,
    pub(crate) total_amount_fen: Fen,
    pub(crate) technology_amount_fen: Fen,
    pub(crate) status: ContractStatus,
    pub(crate) signed_on: Option<NaiveDate>,
    pub(crate) paid_amount_fen: Fen,
    pub(crate) recognition_status: RecognitionStatus,
    pub(crate) decide_by: Option<NaiveDate>,
    pub(crate) recognised_technology_amount_fen: Option<Fen>,
    pub(crate) registration_number: Option<RegistrationNumber>,
}

/// Narrows a boxed query over contracts, joined with parties or not.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let mut query = $query;
        if let Some(status) = $filter.status {
            query = query.filter(contracts::status.eq(status));
        }
        if let Some(status) = $filter.recognition_status {
            query = query.filter(contracts::recognition_status.eq(status));
        }
        query
    }};
}

/// The contracts of a party, boxed: a macro, since the type of a join is not to be written down.
macro_rules! of_party {
    ($organisation:expr, $role:expr) => {{
        let mut query = contracts::table
            .inner_join(contract_parties::table)
            .filter(contract_parties::organisation_id.eq($organisation))
            .into_boxed();
        if let Some(role) = $role {
            query = query.filter(contract_parties::role.eq(role));
        }
        query
    }};
}

/// Orders and cuts a query into the page after a key.
macro_rules! paged {
    ($query:expr, $filter:expr, $after:expr, $limit:expr) => {{
        let mut query = $query;
        if $filter.is_queue() {
            if let Some(ListKey { decide_by: Some(day), id }) = $after {
                let later = contracts::decide_by.gt(day);
                let same_day = contracts::decide_by.eq(day).and(contracts::id.gt(id));
                query = query.filter(later.or(same_day));
            }
            query = query.order_by((contracts::decide_by.asc(), contracts::id.asc()));
        } else {
            if let Some(ListKey { id, .. }) = $after {
                query = query.filter(contracts::id.lt(id));
            }
            // Ids are in order of time.
            query = query.order_by(contracts::id.desc());
        }
        query.limit($limit).select((ListedRow::as_select(), sql::<Jsonb>(PARTIES)))
    }};
}

/// At most `limit` contracts after a key.
pub(crate) async fn list(
    conn: &mut Conn,
    filter: ListFilter,
    after: Option<ListKey>,
    limit: i64,
) -> Outcome<Vec<Listed>> {
    let rows: Vec<(ListedRow, Value)> = match filter.party {
        Some((organisation, role)) => {
            let query = narrowed!(of_party!(organisation, role), filter);
            paged!(query, filter, after, limit).load(conn).await?
        }
        None => {
            let query = narrowed!(contracts::table.into_boxed(), filter);
            paged!(query, filter, after, limit).load(conn).await?
        }
    };
    rows.into_iter()
        .map(|(row, parties)| {
            let parties: Vec<PartyRow> = serde_json::from_value(parties)?;
            let parties = parties.into_iter().map(|p| (p.party(), p.identity())).collect();
            Ok(Listed { row, parties })
        })
        .collect()
}

/// How many there are in all.
pub(crate) async fn count(conn: &mut Conn, filter: ListFilter) -> Outcome<i64> {
    Ok(match filter.party {
        Some((organisation, role)) => {
            narrowed!(of_party!(organisation, role), filter).count().get_result(conn).await?
        }
        None => narrowed!(contracts::table.into_boxed(), filter).count().get_result(conn).await?,
    })
}
