//! Chinese patent application numbers with their check digit.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};

use crate::{Fault, PatentKind};

/// A patent (application) number whose check digit is right, in the form `CN202010123456.2`
/// (since October 2003) or `CN97101765.4` (before).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct PatentNumber(String);

const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

impl PatentNumber {
    /// The number with its prefix `CN`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What right was applied for: the digit behind the year (GA 6-2003). International
    /// applications have digits of their own.
    #[must_use]
    pub fn kind(&self) -> PatentKind {
        match self.year_and_rest().1.bytes().next() {
            Some(b'2' | b'9') => PatentKind::UtilityModel,
            Some(b'3') => PatentKind::Design,
            _ => PatentKind::Invention,
        }
    }

    /// The year in which it was filed.
    #[must_use]
    pub fn filed_in(&self) -> i32 {
        let year = self.year_and_rest().0;
        let number = year.parse().unwrap_or_default();
        match year.len() {
            // Numbers of two-digit years were given from April 1985 to September 2003.
            2 if number >= 85 => 1900 + number,
            2 => 2000 + number,
            _ => number,
        }
    }

    /// The digits of the year, and those behind it.
    fn year_and_rest(&self) -> (&str, &str) {
        let digits = self.0.trim_start_matches("CN");
        let years = if digits.len() == "97101765.4".len() { 2 } else { 4 };
        digits.split_at_checked(years).unwrap_or((digits, ""))
    }
}

impl FromStr for PatentNumber {
    type Err = Fault;

    /// Accepts `CN…`, `ZL…` (granted) and the bare number, with or without the dot.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim().to_ascii_uppercase();
        let bare = text.strip_prefix("CN").or_else(|| text.strip_prefix("ZL")).unwrap_or(&text);
        let mut characters: Vec<char> = bare.chars().filter(|c| *c != '.').collect();
        let check = characters.pop();
        let digits: Option<Vec<u32>> = characters.iter().map(|c| c.to_digit(10)).collect();
        let digits = digits.filter(|digits| kind_is_known(digits)).ok_or_else(malformed)?;
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
        let expected = match sum % 11 {
            10 => Some('X'),
            digit => char::from_digit(digit, 10),
        };
        if check != expected {
            return Err(Fault::new(
                "patent_number_check_failed",
                "专利号(申请号)的校验位不符,请核对",
                "the check digit of the patent number is wrong",
            ));
        }
        let number: String = characters.into_iter().collect();
        Ok(Self(format!("CN{number}.{}", check.unwrap_or_default())))
    }
}

/// `YYYY t NNNNNNN` with t in 1 2 3 8 9, or before 2003 `YY t NNNNN` with t in 1 2 3 8 9.
fn kind_is_known(digits: &[u32]) -> bool {
    let kind = match digits.len() {
        12 => digits.get(4),
        8 => digits.get(2),
        _ => None,
    };
    matches!(kind, Some(1 | 2 | 3 | 8 | 9))
}

fn malformed() -> Fault {
    Fault::new(
        "patent_number_malformed",
        "专利号(申请号)应形如 CN202010123456.2",
        "a patent number looks like CN202010123456.2",
    )
}

impl fmt::Display for PatentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for PatentNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
deserialize_from_str!(PatentNumber);
stored_as_text!(PatentNumber);

impl utoipa::PartialSchema for PatentNumber {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("Chinese patent application number with check digit"))
            .examples(["CN202010123456.2"])
            .into()
    }
}
impl utoipa::ToSchema for PatentNumber {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_numbers_are_accepted_and_written_one_way() {
        for number in [
            "CN201710601862.3",
            "ZL201310699744.2",
            "97101765.4",
            "95115608.X",
            "CN202380012345.6",
            "CN202490000012.1",
            "CN202110000004.x",
        ] {
            assert!(number.parse::<PatentNumber>().is_ok(), "{number}");
        }
        let one = "ZL2017106018623".parse::<PatentNumber>().unwrap();
        assert_eq!(one.as_str(), "CN201710601862.3");
    }

    #[test]
    fn a_number_tells_its_kind_and_the_year_of_its_filing() {
        for (number, kind, year) in [
            ("CN201710601862.3", PatentKind::Invention, 2017),
            ("97101765.4", PatentKind::Invention, 1997),
            ("CN202380012345.6", PatentKind::Invention, 2023),
            ("CN202490000012.1", PatentKind::UtilityModel, 2024),
        ] {
            let number = number.parse::<PatentNumber>().unwrap();
            assert_eq!((number.kind(), number.filed_in()), (kind, year), "{number}");
        }
    }

    #[test]
    fn wrong_numbers_are_refused() {
        for number in ["CN201710601862.4", "CN201740601862.3", "CN1", "", "专利"] {
            assert!(number.parse::<PatentNumber>().is_err(), "{number}");
        }
    }
}
