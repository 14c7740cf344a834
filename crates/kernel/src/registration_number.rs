//! Registration numbers of recognised technology contracts.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};

use crate::Fault;

/// A contract's registration number: opaque, 14 digits (old printed form) or 16 (later form).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct RegistrationNumber(String);

impl FromStr for RegistrationNumber {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        if matches!(text.len(), 14 | 16) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(
            "registration_number_malformed",
            "登记编号应为 14 位或 16 位数字",
            "a registration number has 14 or 16 digits",
        ))
    }
}

impl fmt::Display for RegistrationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for RegistrationNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
deserialize_from_str!(RegistrationNumber);
stored_as_text!(RegistrationNumber);

impl utoipa::PartialSchema for RegistrationNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^([0-9]{14}|[0-9]{16})$"))
            .examples(["2026630100000123"])
            .into()
    }
}
impl utoipa::ToSchema for RegistrationNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_or_sixteen_digits() {
        for (text, right) in [
            ("20266301000001", true),
            ("2026630100000123", true),
            ("202663010000012", false),
            ("2026630100000A23", false),
            ("20266301000001234", false),
        ] {
            assert_eq!(text.parse::<RegistrationNumber>().is_ok(), right, "{text}");
        }
    }
}
