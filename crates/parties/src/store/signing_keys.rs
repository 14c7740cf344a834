//! The table `signing_keys`.

use anyhow::anyhow;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::Id;
use schema::parties::signing_keys::{self, dsl};
use store::{Conn, Outcome};

use crate::keys::{Key, KeyRing, Place, SEALING, Sealer, SigningKey, Span};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct SigningKeyRow {
    id: Id<SigningKey>,
    public_key: Vec<u8>,
    sealing: String,
    sealed_private_key: Vec<u8>,
    created_at: DateTime<Utc>,
    activates_at: DateTime<Utc>,
    retires_at: Option<DateTime<Utc>>,
}

impl SigningKeyRow {
    fn span(&self) -> Span {
        Span {
            id: self.id,
            created_at: self.created_at,
            activates_at: self.activates_at,
            retires_at: self.retires_at,
        }
    }

    /// Opens the private key.
    fn open(&self, sealer: &Sealer) -> anyhow::Result<Key> {
        let private = sealer.open(place(self.id), &self.sealed_private_key).ok_or_else(|| {
            anyhow!(
                "the master key does not open the signing keys in this database: it is not the \
                 one that this market was set up with. Start with the right key file, or, if it \
                 is lost, delete the rows of `signing_keys`: new keys are then made and everybody \
                 has to sign in again"
            )
        })?;
        let private = private.as_slice().try_into()?;
        let key = Key::new(self.span(), private)?;
        if key.public().as_slice() == self.public_key {
            Ok(key)
        } else {
            Err(anyhow!("the two halves of {:?} do not belong together", self.id))
        }
    }
}

const fn place(id: Id<SigningKey>) -> Place {
    Place { table: "signing_keys", column: "sealed_private_key", row: id.uuid() }
}

/// Servers that start at the same time make one key, not one each: the lock holds until the
/// transaction ends.
pub(crate) async fn lock_signing_keys(conn: &mut Conn) -> Outcome<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('signing_keys', 0))")
        .execute(conn)
        .await?;
    Ok(())
}

/// When each key signs and verifies.
pub(crate) async fn key_spans(conn: &mut Conn) -> Outcome<Vec<Span>> {
    let rows: Vec<SigningKeyRow> =
        dsl::signing_keys.select(SigningKeyRow::as_select()).load(conn).await?;
    Ok(rows.iter().map(SigningKeyRow::span).collect())
}

/// The keys that verify now or will.
pub(crate) async fn key_ring(
    conn: &mut Conn,
    sealer: &Sealer,
    now: DateTime<Utc>,
) -> Outcome<KeyRing> {
    let rows: Vec<SigningKeyRow> = dsl::signing_keys
        .filter(dsl::retires_at.is_null().or(dsl::retires_at.gt(now).assume_not_null()))
        .select(SigningKeyRow::as_select())
        .load(conn)
        .await?;
    let keys: anyhow::Result<Vec<Key>> = rows.iter().map(|row| row.open(sealer)).collect();
    Ok(KeyRing::new(keys?))
}

/// Adds a key whose private half is sealed.
pub(crate) async fn add_key(
    conn: &mut Conn,
    sealer: &Sealer,
    span: Span,
    private: &[u8; 32],
) -> Outcome<()> {
    let key = Key::new(span, private)?;
    let row = SigningKeyRow {
        id: span.id,
        public_key: key.public().to_vec(),
        sealing: SEALING.to_owned(),
        sealed_private_key: sealer.seal(place(span.id), private)?,
        created_at: span.created_at,
        activates_at: span.activates_at,
        retires_at: span.retires_at,
    };
    diesel::insert_into(dsl::signing_keys).values(row).execute(conn).await?;
    Ok(())
}

/// Sets when a key stops verifying.
pub(crate) async fn retire_key(
    conn: &mut Conn,
    id: Id<SigningKey>,
    at: DateTime<Utc>,
) -> Outcome<()> {
    diesel::update(dsl::signing_keys.find(id)).set(dsl::retires_at.eq(at)).execute(conn).await?;
    Ok(())
}

/// Forgets keys that retired before an instant.
pub(crate) async fn forget_keys_before(conn: &mut Conn, before: DateTime<Utc>) -> Outcome<usize> {
    Ok(diesel::delete(dsl::signing_keys.filter(dsl::retires_at.lt(before))).execute(conn).await?)
}
