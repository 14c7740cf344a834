//! The tables `sessions`, `refresh_tokens` and `login_failures`.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Timestamptz},
};
use diesel_async::RunQueryDsl;
use kernel::{Id, kinds};
use schema::parties::{
    login_failures::{self, dsl as failures},
    refresh_tokens::{self, dsl as tokens},
    sessions::{self, dsl},
};
use store::{Conn, Outcome};

use crate::model::{Failures, SessionEnd};

/// A login.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(crate) struct SessionRow {
    pub(crate) id: Id<kinds::Session>,
    pub(crate) account_id: Id<kinds::Account>,
    pub(crate) opened_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    pub(crate) ended_by: Option<SessionEnd>,
}

/// A refresh token, by its digest.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(crate) struct RefreshTokenRow {
    pub(crate) token_sha256: Vec<u8>,
    pub(crate) session_id: Id<kinds::Session>,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) spent_at: Option<DateTime<Utc>>,
}

/// Opens a login with its first refresh token.
pub(crate) async fn add_session(
    conn: &mut Conn,
    session: &SessionRow,
    token: &RefreshTokenRow,
) -> Outcome<()> {
    diesel::insert_into(dsl::sessions).values(session).execute(conn).await?;
    add_refresh_token(conn, token).await
}

/// Adds a refresh token to its login.
pub(crate) async fn add_refresh_token(conn: &mut Conn, token: &RefreshTokenRow) -> Outcome<()> {
    diesel::insert_into(tokens::refresh_tokens).values(token).execute(conn).await?;
    Ok(())
}

/// The login that a refresh token belongs to, locked, and the token as it then is.
pub(crate) async fn session_of_token_for_update(
    conn: &mut Conn,
    token_sha256: &[u8],
) -> Outcome<Option<(SessionRow, RefreshTokenRow)>> {
    let token = || tokens::refresh_tokens.find(token_sha256);
    let session: Option<Id<kinds::Session>> =
        token().select(tokens::session_id).first(conn).await.optional()?;
    let Some(session) = session else { return Ok(None) };
    let session: SessionRow = dsl::sessions
        .find(session)
        .select(SessionRow::as_select())
        .for_update()
        .first(conn)
        .await?;
    // Read again now that nobody else can spend it.
    let token: RefreshTokenRow = token().select(RefreshTokenRow::as_select()).first(conn).await?;
    Ok(Some((session, token)))
}

/// Marks a refresh token as spent.
pub(crate) async fn spend_refresh_token(
    conn: &mut Conn,
    token_sha256: &[u8],
    now: DateTime<Utc>,
) -> Outcome<()> {
    diesel::update(tokens::refresh_tokens.find(token_sha256))
        .set(tokens::spent_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends one login; false if it had ended before.
pub(crate) async fn end_session(
    conn: &mut Conn,
    id: Id<kinds::Session>,
    end: SessionEnd,
    now: DateTime<Utc>,
) -> Outcome<bool> {
    let ended = diesel::update(dsl::sessions.find(id))
        .filter(dsl::ended_at.is_null())
        .set((dsl::ended_at.eq(now), dsl::ended_by.eq(end)))
        .execute(conn)
        .await?;
    Ok(ended == 1)
}

/// Ends every login of these accounts, except one; answers which.
pub(crate) async fn end_sessions(
    conn: &mut Conn,
    accounts: &[Id<kinds::Account>],
    except: Option<Id<kinds::Session>>,
    end: SessionEnd,
    now: DateTime<Utc>,
) -> Outcome<Vec<Id<kinds::Session>>> {
    let mut open: Vec<Id<kinds::Session>> = dsl::sessions
        .filter(dsl::account_id.eq_any(accounts))
        .filter(dsl::ended_at.is_null())
        .order(dsl::id)
        .select(dsl::id)
        .for_update()
        .load(conn)
        .await?;
    open.retain(|id| Some(*id) != except);
    diesel::update(dsl::sessions)
        .filter(dsl::id.eq_any(&open))
        .set((dsl::ended_at.eq(now), dsl::ended_by.eq(end)))
        .execute(conn)
        .await?;
    Ok(open)
}

/// The logins that have ended since an instant.
pub(crate) async fn sessions_ended_since(
    conn: &mut Conn,
    since: DateTime<Utc>,
) -> Outcome<Vec<Id<kinds::Session>>> {
    Ok(dsl::sessions.filter(dsl::ended_at.ge(since)).select(dsl::id).load(conn).await?)
}

/// Forgets so many refresh tokens of logins that ended or expired before an instant.
pub(crate) async fn forget_tokens_before(
    conn: &mut Conn,
    before: DateTime<Utc>,
    at_most: i64,
) -> Outcome<usize> {
    let old = "DELETE FROM refresh_tokens WHERE token_sha256 IN (
                   SELECT token_sha256 FROM refresh_tokens
                   JOIN sessions ON sessions.id = session_id
                   WHERE sessions.ended_at < $1 OR sessions.expires_at < $1 LIMIT $2)";
    forget(conn, old, before, at_most).await
}

/// Forgets so many logins that ended or expired before an instant and have no tokens left.
pub(crate) async fn forget_logins_before(
    conn: &mut Conn,
    before: DateTime<Utc>,
    at_most: i64,
) -> Outcome<usize> {
    let old = "DELETE FROM sessions WHERE id IN (
                   SELECT id FROM sessions
                   WHERE (ended_at < $1 OR expires_at < $1)
                     AND NOT EXISTS (SELECT FROM refresh_tokens WHERE session_id = sessions.id)
                   LIMIT $2)";
    forget(conn, old, before, at_most).await
}

/// Forgets so many failed logins from before an instant.
pub(crate) async fn forget_failures_before(
    conn: &mut Conn,
    before: DateTime<Utc>,
    at_most: i64,
) -> Outcome<usize> {
    let old = "DELETE FROM login_failures WHERE (email_sha256, network) IN (
                   SELECT email_sha256, network FROM login_failures
                   WHERE last_failed_at < $1 LIMIT $2)";
    forget(conn, old, before, at_most).await
}

async fn forget(conn: &mut Conn, old: &str, before: DateTime<Utc>, at_most: i64) -> Outcome<usize> {
    let forgotten = diesel::sql_query(old)
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(at_most)
        .execute(conn)
        .await?;
    Ok(forgotten)
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = login_failures, treat_none_as_null = true)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct FailuresRow {
    failures: i32,
    last_failed_at: DateTime<Utc>,
    locked_until: Option<DateTime<Utc>>,
}

impl From<FailuresRow> for Failures {
    fn from(row: FailuresRow) -> Self {
        let FailuresRow { failures, last_failed_at, locked_until } = row;
        Self { count: failures, last_failed_at, locked_until }
    }
}

impl From<Failures> for FailuresRow {
    fn from(failed: Failures) -> Self {
        let Failures { count, last_failed_at, locked_until } = failed;
        Self { failures: count, last_failed_at, locked_until }
    }
}

/// Whose failed logins from where: an address's digest and a network.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) email_sha256: Vec<u8>,
    pub(crate) network: String,
}

/// The failed logins of a pair.
pub(crate) async fn failures_of(conn: &mut Conn, pair: &Pair) -> Outcome<Option<Failures>> {
    let row: Option<FailuresRow> = failures::login_failures
        .find((&pair.email_sha256, &pair.network))
        .select(FailuresRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Failures::from))
}

/// The failed logins of a pair, locked until the transaction ends.
pub(crate) async fn failures_for_update(conn: &mut Conn, pair: &Pair) -> Outcome<Option<Failures>> {
    let row: Option<FailuresRow> = failures::login_failures
        .find((&pair.email_sha256, &pair.network))
        .select(FailuresRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Failures::from))
}

/// Adds the first failure of a pair; false if somebody else was faster.
pub(crate) async fn add_failures(conn: &mut Conn, pair: &Pair, first: Failures) -> Outcome<bool> {
    let added = diesel::insert_into(failures::login_failures)
        .values((
            failures::email_sha256.eq(&pair.email_sha256),
            failures::network.eq(&pair.network),
            FailuresRow::from(first),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(added == 1)
}

/// Saves the failed logins of a pair.
pub(crate) async fn save_failures(conn: &mut Conn, pair: &Pair, now: Failures) -> Outcome<()> {
    diesel::update(failures::login_failures.find((&pair.email_sha256, &pair.network)))
        .set(FailuresRow::from(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets the failed logins of a pair: its owner has got in.
pub(crate) async fn forget_failures(conn: &mut Conn, pair: &Pair) -> Outcome<()> {
    diesel::delete(failures::login_failures.find((&pair.email_sha256, &pair.network)))
        .execute(conn)
        .await?;
    Ok(())
}
