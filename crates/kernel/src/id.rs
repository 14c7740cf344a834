//! Ids: UUIDv7 (RFC 9562), typed by the thing they name.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types,
};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use crate::Fault;

/// A kind of thing that has ids.
pub trait Kind: Send + Sync + 'static {
    /// The glossary's word for it.
    const NAME: &'static str;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $name {}
            impl Kind for $name { const NAME: &'static str = $word; }
            // Only so that `Id<$name>` may stand in a field of a described type.
            impl utoipa::__dev::ComposeSchema for $name {
                fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
                    uuid_schema()
                }
            }
            impl utoipa::ToSchema for $name {
                fn name() -> std::borrow::Cow<'static, str> {
                    std::borrow::Cow::Borrowed(stringify!($name))
                }
            }
        )+
    };
}

kinds! {
    /// An organisation.
    Organisation = "organisation";
    /// A person's account.
    Account = "account";
    /// A family of refresh tokens: one login.
    Session = "session";
    /// A listing.
    Listing = "listing";
    /// A file of listings that is brought in.
    ListingImport = "listing_import";
    /// Listings that somebody has taken away.
    Export = "export";
    /// A file that belongs to a listing.
    Attachment = "attachment";
    /// A request to see what is protected of a listing.
    Disclosure = "disclosure";
    /// A search that somebody keeps.
    SavedSearch = "saved_search";
    /// An introduction.
    Introduction = "introduction";
    /// What a participant of an introduction writes to the others.
    IntroductionMessage = "introduction_message";
    /// A technology contract.
    Contract = "contract";
    /// A payment recorded under a contract.
    Payment = "payment";
    /// An award of a subsidy.
    Award = "award";
    /// An announced event.
    Event = "event";
}

/// The id of one `K`; an id of another kind does not fit in its place.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Uuid)]
pub struct Id<K: Kind>(Uuid, PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// A new id in order of time: the instant in milliseconds since 1970, then 74 random bits.
    #[must_use]
    pub const fn from_parts(unix_ms: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, random).into_uuid(), PhantomData)
    }

    /// An id read from a column or a token.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K: Kind> Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", K::NAME, self.0)
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        // Only the hyphenated form: one thing, one address.
        if text.len() == 36
            && let Ok(uuid) = Uuid::try_parse(text)
        {
            return Ok(Self::from_uuid(uuid));
        }
        Err(Fault::new("invalid_id", "不是有效的标识符(UUID)", "not a valid id (UUID)"))
    }
}

impl<K: Kind> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, K: Kind> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<K: Kind> ToSql<sql_types::Uuid, Pg> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Uuid, Pg>::to_sql(&self.0, out)
    }
}

impl<K: Kind> FromSql<sql_types::Uuid, Pg> for Id<K> {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<sql_types::Uuid, Pg>>::from_sql(bytes).map(Self::from_uuid)
    }
}

// utoipa's derive asks this of every generic type that stands in a field (`PartialSchema` follows).
impl<K: Kind> utoipa::__dev::ComposeSchema for Id<K> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        uuid_schema()
    }
}
impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("Id")
    }
}

fn uuid_schema() -> RefOr<Schema> {
    use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_seven_and_ordered_by_time() {
        let early = Id::<Listing>::from_parts(1_000, &[0xFF; 10]);
        let late = Id::<Listing>::from_parts(1_001, &[0; 10]);
        assert_eq!(early.uuid().get_version_num(), 7);
        assert!(early < late);
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        let id = Id::<Listing>::from_parts(1_000, &[7; 10]);
        assert_eq!(id.to_string().parse::<Id<Listing>>(), Ok(id));
        assert!(id.uuid().simple().to_string().parse::<Id<Listing>>().is_err());
        assert!("".parse::<Id<Listing>>().is_err());
    }
}
