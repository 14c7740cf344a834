//! Versions of a thing: 1 when it is made, one more with each change.

use std::fmt;

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types,
};

/// The version of a thing; its strong `ETag` is `"v<number>"`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = sql_types::BigInt)]
#[serde(transparent)]
pub struct Version(i64);

impl Version {
    /// The version of a thing just made.
    pub const FIRST: Self = Self(1);

    /// A version read from a column or an `If-Match` header; `None` below 1.
    #[must_use]
    pub const fn new(number: i64) -> Option<Self> {
        if number < 1 { None } else { Some(Self(number)) }
    }

    /// The next version.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The bare number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ToSql<sql_types::BigInt, Pg> for Version {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::BigInt, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<sql_types::BigInt, Pg> for Version {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let number = <i64 as FromSql<sql_types::BigInt, Pg>>::from_sql(bytes)?;
        Self::new(number).ok_or_else(|| "a version is 1 or more".into())
    }
}

impl utoipa::PartialSchema for Version {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).into()
    }
}
impl utoipa::ToSchema for Version {}
