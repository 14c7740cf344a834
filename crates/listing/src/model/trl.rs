//! How far a technology has come.

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::Integer,
};
use kernel::{Fault, words};
use serde::{Deserialize, Serialize};

/// A technology readiness level (GB/T 22900): 1, a principle observed, to 9, proven in use.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = Integer)]
#[serde(try_from = "u8")]
pub struct Trl(u8);

impl Trl {
    /// The bare level.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Trl {
    type Error = Fault;

    fn try_from(level: u8) -> Result<Self, Fault> {
        if (1..=9).contains(&level) {
            return Ok(Self(level));
        }
        Err(Fault::new(
            "trl_out_of_range",
            "技术成熟度为 1 到 9 级",
            "a technology readiness level is from 1 to 9",
        ))
    }
}

impl ToSql<Integer, Pg> for Trl {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &i32::from(self.0).to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Integer, Pg> for Trl {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let level = <i32 as FromSql<Integer, Pg>>::from_sql(bytes)?;
        Ok(Self::try_from(u8::try_from(level)?)?)
    }
}

impl utoipa::PartialSchema for Trl {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .minimum(Some(1))
            .maximum(Some(9))
            .description(Some("Technology readiness level (GB/T 22900)."))
            .examples([6])
            .into()
    }
}
impl utoipa::ToSchema for Trl {}

words! {
    /// By which scale a readiness level is meant. Both have nine levels.
    pub enum TrlScale {
        /// The national standard.
        GbT22900 = "gb_t_22900", "GB/T 22900", "GB/T 22900";
        /// The international one, of space systems.
        Iso16290 = "iso_16290", "ISO 16290", "ISO 16290";
    }
}

words! {
    /// How far a product has come, in the words of transfer offices.
    pub enum Stage {
        /// 在研.
        Research = "research", "在研", "being researched";
        /// 样品.
        Sample = "sample", "样品", "sample";
        /// 小试.
        BenchScale = "bench_scale", "小试", "bench scale";
        /// 中试.
        PilotScale = "pilot_scale", "中试", "pilot scale";
        /// 量产.
        Production = "production", "量产", "in production";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_nine_levels() {
        for (level, right) in [(0, false), (1, true), (9, true), (10, false)] {
            assert_eq!(Trl::try_from(level).is_ok(), right, "{level}");
        }
        assert_eq!(serde_json::to_string(&Trl(6)).unwrap(), "6");
    }
}
