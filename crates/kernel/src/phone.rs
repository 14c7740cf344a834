//! Telephone numbers: personal data, masked wherever a stranger or a log might read them.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};

use crate::Fault;

/// A telephone number: 5 to 30 characters, of which digits, spaces, `+`, `-` and brackets.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct Phone(String);

impl Phone {
    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first three and last four characters, `138****1234`; nothing of a short one.
    #[must_use]
    pub fn masked(&self) -> String {
        let length = self.0.len();
        match (self.0.get(..3), self.0.get(length.saturating_sub(4)..)) {
            (Some(head), Some(tail)) if length >= 11 => format!("{head}****{tail}"),
            _ => "****".to_owned(),
        }
    }
}

impl FromStr for Phone {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b" +-()".contains(&b));
        if plain && digits >= 5 && text.len() <= 30 {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(
            "phone_malformed",
            "电话号码应为 5 至 30 个字符:数字、空格、+、- 或括号",
            "a telephone number has 5 to 30 characters: digits, spaces, +, - or brackets",
        ))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(****)")
    }
}

impl serde::Serialize for Phone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
deserialize_from_str!(Phone);
stored_as_text!(Phone);

impl utoipa::PartialSchema for Phone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9 +()-]{5,30}$"))
            .examples(["0971-6100000"])
            .into()
    }
}
impl utoipa::ToSchema for Phone {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_has_digits() {
        for right in ["0971-6100000", "+86 (971) 610 0000", "13800001234"] {
            assert!(right.parse::<Phone>().is_ok(), "{right}");
        }
        for wrong in ["", "1234", "call me", "1380000123a", "-----", &"1".repeat(31)] {
            assert_eq!(wrong.parse::<Phone>().unwrap_err().code, "phone_malformed", "{wrong}");
        }
    }

    #[test]
    fn strangers_see_a_mask_and_logs_nothing() {
        let phone = |text: &str| text.parse::<Phone>().unwrap();
        assert_eq!(phone("13800001234").masked(), "138****1234");
        assert_eq!(phone("6100000").masked(), "****");
        assert_eq!(format!("{:?}", phone("13800001234")), "Phone(****)");
    }
}
