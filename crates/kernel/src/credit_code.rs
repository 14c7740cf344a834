//! Unified social credit codes (GB 32100-2015).

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};

use crate::Fault;

/// A unified social credit code whose check character is right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct CreditCode(String);

/// The alphabet of GB 32100: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights 3^(i-1) mod 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

impl CreditCode {
    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Does it name a state organ? Registered with the staffing authorities (1) as an organ (1);
    /// institutions are 12 (GB 32100-2015, table 1).
    #[must_use]
    pub fn is_state_organ(&self) -> bool {
        self.0.starts_with("11")
    }

    /// Does it name a sole trader, who is no legal person? Registered with the market regulators
    /// (9) as an individual business (2); enterprises are 91, farmers' cooperatives 93 (GB
    /// 32100-2015, table 1).
    #[must_use]
    pub fn is_sole_trader(&self) -> bool {
        self.0.starts_with("92")
    }
}

impl FromStr for CreditCode {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_ascii_uppercase();
        let values: Option<Vec<usize>> =
            text.bytes().map(|byte| ALPHABET.iter().position(|known| *known == byte)).collect();
        let Some(values) = values.filter(|values| values.len() == 18) else {
            return Err(Fault::new(
                "credit_code_malformed",
                "统一社会信用代码应为 18 位数字或大写字母(不含 I、O、S、V、Z)",
                "a credit code has 18 digits or capital letters (no I, O, S, V, Z)",
            ));
        };
        let division_is_digits = text.bytes().skip(2).take(6).all(|byte| byte.is_ascii_digit());
        if !division_is_digits {
            return Err(Fault::new(
                "credit_code_malformed",
                "统一社会信用代码第 3 至 8 位应为登记机关行政区划码(数字)",
                "characters 3 to 8 of a credit code are the division code (digits)",
            ));
        }
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        if values.last() != Some(&((31 - sum % 31) % 31)) {
            return Err(Fault::new(
                "credit_code_check_failed",
                "统一社会信用代码的校验位不符,请核对(GB 32100-2015)",
                "the check character of the credit code is wrong (GB 32100-2015)",
            ));
        }
        Ok(Self(text))
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for CreditCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
deserialize_from_str!(CreditCode);
stored_as_text!(CreditCode);

impl utoipa::PartialSchema for CreditCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"))
            .description(Some("统一社会信用代码, unified social credit code (GB 32100-2015)"))
            .examples(["91630102MA75X0012D"])
            .into()
    }
}
impl utoipa::ToSchema for CreditCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_codes_are_accepted() {
        for code in [
            "91350100M000100Y43",
            "91110000600037341L",
            "12630000MB0X00019A",
            "91630102MA75X0012D",
            "92630104MA75X008X2",
            "52630000MJX0000933",
            " 91350100m000100y43 ",
        ] {
            assert!(code.parse::<CreditCode>().is_ok(), "{code}");
        }
    }

    #[test]
    fn a_code_says_who_is_no_legal_person_and_who_is_a_state_organ() {
        for (code, organ, sole_trader) in [
            ("12630000MB0X00019A", false, false),
            ("91630102MA75X0012D", false, false),
            ("92630104MA75X008X2", false, true),
            ("52630000MJX0000933", false, false),
        ] {
            let code: CreditCode = code.parse().unwrap();
            assert_eq!((code.is_state_organ(), code.is_sole_trader()), (organ, sole_trader));
        }
        let organ = (0..31).find_map(|check| {
            let check = char::from(ALPHABET[check]);
            format!("11630000MB0X00019{check}").parse::<CreditCode>().ok()
        });
        assert!(organ.unwrap().is_state_organ());
    }

    #[test]
    fn wrong_codes_are_refused_with_what_is_wrong() {
        for (code, fault) in [
            ("91350100M000100Y4Z", "credit_code_malformed"),
            ("91350100M000100Y34", "credit_code_check_failed"),
            ("91350100O000100Y43", "credit_code_malformed"),
            ("9135010XM000100Y43", "credit_code_malformed"),
            ("91350100M000100Y4", "credit_code_malformed"),
            ("", "credit_code_malformed"),
        ] {
            assert_eq!(code.parse::<CreditCode>().unwrap_err().code, fault, "{code}");
        }
    }
}
