//! The market's own number of a contract.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};
use kernel::Fault;

/// A contract's human number, such as `C2026-000123`: the year of its draft and a running number.
/// It is the market's own, and not the registration number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct ContractNumber(String);

impl ContractNumber {
    /// The number of the contract that is `serial` in the market, drafted in `year`.
    #[must_use]
    pub fn new(year: i32, serial: i64) -> Self {
        Self(format!("C{year:04}-{serial:06}"))
    }
}

impl FromStr for ContractNumber {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let right = text.strip_prefix('C').and_then(|rest| rest.split_once('-')).is_some_and(
            |(year, serial)| {
                year.len() == 4
                    && digits(year)
                    && (6..=19).contains(&serial.len())
                    && digits(serial)
            },
        );
        if right {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(
            "contract_number_malformed",
            "合同编号形如 C2026-000123",
            "a contract's number looks like C2026-000123",
        ))
    }
}

impl fmt::Display for ContractNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for ContractNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
kernel::stored_as_text!(ContractNumber);

impl utoipa::PartialSchema for ContractNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^C[0-9]{4}-[0-9]{6,}$"))
            .examples(["C2026-000123"])
            .into()
    }
}
impl utoipa::ToSchema for ContractNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for (year, serial, text) in
            [(2026, 123, "C2026-000123"), (2026, 1_234_567, "C2026-1234567")]
        {
            let number = ContractNumber::new(year, serial);
            assert_eq!(number.to_string(), text);
            assert_eq!(text.parse(), Ok(number));
        }
        for wrong in ["", "C2026", "C2026-123", "L2026-000123", "C26-000123", "C2026-00012x"] {
            assert!(wrong.parse::<ContractNumber>().is_err(), "{wrong}");
        }
    }
}
