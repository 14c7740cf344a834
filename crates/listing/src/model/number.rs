//! The human number of a listing.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};
use kernel::Fault;

/// A listing's number, `L2026-000123`: the year in which it was made, and a number that is given
/// once. The database gives it (`listing_next_number`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct ListingNumber(String);

impl FromStr for ListingNumber {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let right = text.strip_prefix('L').and_then(|rest| rest.split_once('-')).is_some_and(
            |(year, number)| year.len() == 4 && number.len() >= 6 && digits(year) && digits(number),
        );
        if right {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(
            "listing_number_malformed",
            "编号应形如 L2026-000123",
            "a listing's number looks like L2026-000123",
        ))
    }
}

impl fmt::Display for ListingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for ListingNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
kernel::stored_as_text!(ListingNumber);

impl utoipa::PartialSchema for ListingNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^L[0-9]{4}-[0-9]{6,}$"))
            .description(Some("The number by which people name a listing."))
            .examples(["L2026-000123"])
            .into()
    }
}
impl utoipa::ToSchema for ListingNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_year_and_six_digits_or_more() {
        for (text, right) in [
            ("L2026-000123", true),
            ("L2026-1234567", true),
            ("L2026-123", false),
            ("L26-000123", false),
            ("2026-000123", false),
            ("L2026-00012x", false),
        ] {
            assert_eq!(text.parse::<ListingNumber>().is_ok(), right, "{text}");
        }
    }
}
