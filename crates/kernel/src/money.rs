//! Money in integer fen (1 yuan = 100 fen) and rates in basis points. There are no floats.

use std::fmt;

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types,
};

use crate::Fault;

/// A sum of money: 0 … 10^15 fen (ten trillion yuan).
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = sql_types::BigInt)]
#[serde(transparent)]
pub struct Fen(i64);

/// A sum left the range of [`Fen`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sum of money is out of range (0 to 10^15 fen)")]
pub struct MoneyError;

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest sum: 10^15 fen.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// A sum of `fen`.
    ///
    /// # Errors
    /// [`MoneyError`] below 0 or above 10^15.
    pub const fn new(fen: i64) -> Result<Self, MoneyError> {
        if fen < 0 || fen > Self::MAX.0 { Err(MoneyError) } else { Ok(Self(fen)) }
    }

    /// The bare number of fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Is there no money?
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum of both.
    ///
    /// # Errors
    /// [`MoneyError`] above 10^15 fen.
    pub const fn add(self, other: Self) -> Result<Self, MoneyError> {
        Self::new(self.0 + other.0) // both are at most 10^15: no overflow
    }

    /// What is left of `self` after taking `other` away.
    ///
    /// # Errors
    /// [`MoneyError`] if `other` is more.
    pub const fn sub(self, other: Self) -> Result<Self, MoneyError> {
        Self::new(self.0 - other.0)
    }

    /// The sum of all.
    ///
    /// # Errors
    /// [`MoneyError`] above 10^15 fen.
    pub fn sum(parts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::ZERO, Self::add)
    }

    /// Yuan with two decimals, as documents show it: `30000.00`.
    #[must_use]
    pub fn yuan(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Display for Fen {
    /// Yuan with thousands separators, for people: `30,000.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = (self.0 / 100).to_string();
        for (position, digit) in yuan.chars().enumerate() {
            if position > 0 && (yuan.len() - position).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{:02}", self.0 % 100)
    }
}

impl<'de> serde::Deserialize<'de> for Fen {
    /// Only a JSON integer: a fraction, a string or a float is a wrong type, not a sum.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Integer;
        impl serde::de::Visitor<'_> for Integer {
            type Value = Fen;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer number of fen")
            }
            fn visit_i64<E: serde::de::Error>(self, fen: i64) -> Result<Fen, E> {
                Fen::new(fen).map_err(|_| E::custom(out_of_range()))
            }
            fn visit_u64<E: serde::de::Error>(self, fen: u64) -> Result<Fen, E> {
                i64::try_from(fen)
                    .ok()
                    .and_then(|fen| Fen::new(fen).ok())
                    .ok_or_else(|| E::custom(out_of_range()))
            }
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Fen, E> {
                // JSON integers beyond 64 bits arrive as floats: too large, not of a wrong type.
                if number.abs() >= 9.2e18 {
                    return Err(E::custom(out_of_range()));
                }
                Err(E::invalid_type(serde::de::Unexpected::Float(number), &self))
            }
        }
        deserializer.deserialize_i64(Integer)
    }
}

fn out_of_range() -> Fault {
    Fault::new(
        "amount_out_of_range",
        "金额应为 0 到 10^15 分之间的整数",
        "an amount is an integer from 0 to 10^15 fen",
    )
}

impl ToSql<sql_types::BigInt, Pg> for Fen {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::BigInt, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<sql_types::BigInt, Pg> for Fen {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let fen = <i64 as FromSql<sql_types::BigInt, Pg>>::from_sql(bytes)?;
        Ok(Self::new(fen)?)
    }
}

impl utoipa::PartialSchema for Fen {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(0))
            .maximum(Some(1_000_000_000_000_000_i64))
            .description(Some("A sum of money in fen (1 yuan = 100 fen); integers only."))
            .into()
    }
}
impl utoipa::ToSchema for Fen {}

/// A share or rate in basis points: 0 … 10,000 (100 %).
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
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = sql_types::Integer)]
#[serde(transparent)]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// 100 %.
    pub const WHOLE: Self = Self(10_000);

    /// A share of `points` / 10,000.
    ///
    /// # Errors
    /// [`MoneyError`] above 10,000.
    pub const fn new(points: u16) -> Result<Self, MoneyError> {
        if points > Self::WHOLE.0 { Err(MoneyError) } else { Ok(Self(points)) }
    }

    /// The bare number of basis points.
    #[must_use]
    pub const fn points(self) -> u16 {
        self.0
    }

    /// The sum of many shares, which may be more than a whole.
    pub fn total(shares: impl IntoIterator<Item = Self>) -> u64 {
        shares.into_iter().map(|share| u64::from(share.0)).sum()
    }
}

impl fmt::Display for BasisPoints {
    /// As a percentage without needless zeros: `3%`, `0.5%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match part {
            0 => write!(f, "{whole}%"),
            part if part % 10 == 0 => write!(f, "{whole}.{}%", part / 10),
            part => write!(f, "{whole}.{part:02}%"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for BasisPoints {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let points = i64::deserialize(deserializer)?;
        u16::try_from(points).ok().and_then(|points| Self::new(points).ok()).ok_or_else(|| {
            serde::de::Error::custom(Fault::new(
                "share_out_of_range",
                "比例应为 0 到 10000 个基点",
                "a share is from 0 to 10000 basis points",
            ))
        })
    }
}

impl ToSql<sql_types::Integer, Pg> for BasisPoints {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Integer, Pg>::to_sql(&i32::from(self.0), &mut out.reborrow())
    }
}

impl FromSql<sql_types::Integer, Pg> for BasisPoints {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let points = <i32 as FromSql<sql_types::Integer, Pg>>::from_sql(bytes)?;
        Ok(Self::new(u16::try_from(points)?)?)
    }
}

impl utoipa::PartialSchema for BasisPoints {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(0))
            .maximum(Some(10_000))
            .description(Some("A share in basis points (10000 = the whole)."))
            .into()
    }
}
impl utoipa::ToSchema for BasisPoints {}

/// Splits `total` by whole-number `weights` with the largest remainder method: each part gets its
/// floor, and the fen left over go one each to the largest remainders, ties to the earlier part.
/// The parts always add up to `total`; with no weight at all there is nothing to give and every
/// part is zero.
#[must_use]
pub fn split_by_shares(total: Fen, weights: &[u64]) -> Vec<Fen> {
    let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if whole == 0 {
        return vec![Fen::ZERO; weights.len()];
    }
    let mut parts: Vec<(i128, i128)> = weights
        .iter()
        .map(|weight| {
            let product = i128::from(total.0) * i128::from(*weight);
            (product / whole, product % whole)
        })
        .collect();
    let given: i128 = parts.iter().map(|(floor, _)| floor).sum();
    let left = usize::try_from(i128::from(total.0) - given).unwrap_or(0);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(parts.get(index).map(|part| part.1)));
    for index in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(index) {
            part.0 += 1;
        }
    }
    parts
        .into_iter()
        .map(|(fen, _)| i64::try_from(fen).ok().and_then(|fen| Fen::new(fen).ok()))
        .map(|part| part.unwrap_or(Fen::ZERO)) // a part is never more than the total
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn money_is_a_json_integer_and_nothing_else() {
        assert_eq!(serde_json::from_str::<Fen>("100").unwrap().fen(), 100);
        for wrong in ["1.0", "1e3", "\"100\"", "null", "1.5"] {
            let error = serde_json::from_str::<Fen>(wrong).unwrap_err().to_string();
            assert_eq!(Fault::parse(&error), None, "{wrong} is a wrong type: {error}");
        }
        for wrong in ["-1", "1000000000000001", "18446744073709551615"] {
            let error = serde_json::from_str::<Fen>(wrong).unwrap_err().to_string();
            assert_eq!(Fault::parse(&error).unwrap().code, "amount_out_of_range", "{wrong}");
        }
    }

    #[test]
    fn money_is_shown_in_yuan() {
        let sum = Fen::new(123_456_789).unwrap();
        assert_eq!((sum.yuan().as_str(), sum.to_string().as_str()), ("1234567.89", "1,234,567.89"));
        assert_eq!(Fen::new(5).unwrap().to_string(), "0.05");
        assert_eq!(Fen::new(100_000).unwrap().to_string(), "1,000.00");
    }

    #[test]
    fn the_last_fen_goes_to_the_largest_remainder() {
        let parts = split_by_shares(Fen::new(2_345_679).unwrap(), &[6_000, 4_000]);
        assert_eq!(parts.iter().map(|p| p.fen()).collect::<Vec<_>>(), [1_407_407, 938_272]);
    }

    #[test]
    fn ties_go_to_the_earlier_part() {
        let parts = split_by_shares(Fen::new(1).unwrap(), &[5_000, 5_000]);
        assert_eq!(parts.iter().map(|p| p.fen()).collect::<Vec<_>>(), [1, 0]);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_differ_from_exact_by_less_than_a_fen(
            total in 0_i64..=1_000_000_000_000_000,
            weights in proptest::collection::vec(1_u64..=10_000, 1..20),
        ) {
            let total = Fen::new(total).unwrap();
            let parts = split_by_shares(total, &weights);
            prop_assert_eq!(Fen::sum(parts.iter().copied()).unwrap(), total);
            let whole: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(total.fen()) * i128::from(*weight);
                let gap = i128::from(part.fen()) * whole - exact;
                prop_assert!(gap.abs() < whole);
            }
        }
    }
}
