//! Where an organisation belongs: division codes, and the parks that fund before their districts.

use std::{fmt, str::FromStr};

use diesel::{deserialize::FromSqlRow, expression::AsExpression, sql_types};

use crate::Fault;

words! {
    /// Who pays one half of an award in Xining: the city, or the district, county or park that an
    /// enterprise belongs to (measures of 2020, art. 17). A park goes before its host district.
    pub enum Funder {
        /// The city's own special fund (art. 9).
        City = "630100", "西宁市", "Xining City";
        /// 城东区.
        Chengdong = "630102", "城东区", "Chengdong District";
        /// 城中区.
        Chengzhong = "630103", "城中区", "Chengzhong District";
        /// 城西区.
        Chengxi = "630104", "城西区", "Chengxi District";
        /// 城北区.
        Chengbei = "630105", "城北区", "Chengbei District";
        /// 湟中区.
        Huangzhong = "630106", "湟中区", "Huangzhong District";
        /// 大通回族土族自治县.
        Datong = "630121", "大通回族土族自治县", "Datong County";
        /// 湟源县.
        Huangyuan = "630123", "湟源县", "Huangyuan County";
        /// 东川工业园区.
        ParkDongchuan = "park-dongchuan", "东川工业园区", "Dongchuan Industrial Park";
        /// 南川工业园区.
        ParkNanchuan = "park-nanchuan", "南川工业园区", "Nanchuan Industrial Park";
        /// 甘河工业园区.
        ParkGanhe = "park-ganhe", "甘河工业园区", "Ganhe Industrial Park";
        /// 生物科技产业园区.
        ParkBioscience = "park-bioscience", "生物科技产业园区", "Bioscience Industrial Park";
        /// 青海国家高新技术产业开发区.
        ParkQinghaiHitech = "park-qinghai-hitech", "青海国家高新技术产业开发区", "Qinghai National High-tech Zone";
        /// 北川工业园区.
        ParkBeichuan = "park-beichuan", "北川工业园区", "Beichuan Park";
    }
}

/// The city's special fund, the first funder of every award.
pub const CITY: Funder = Funder::City;

/// Where an organisation or listing belongs: a six-digit division code (GB/T 2260) anywhere in
/// China, one of Xining's parks, or `overseas`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Text)]
pub struct Region(String);

impl Region {
    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The district, county or park of Xining that matches the city's half for those who belong
    /// here; `None` outside Xining and for the city as a whole.
    #[must_use]
    pub fn funder(&self) -> Option<Funder> {
        self.0.parse::<Funder>().ok().filter(|funder| *funder != CITY)
    }

    /// Is it outside China?
    #[must_use]
    pub fn is_overseas(&self) -> bool {
        self.0 == "overseas"
    }
}

impl FromStr for Region {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let division = text.len() == 6
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(text.as_bytes(), [b'1'..=b'8', _, ..]);
        if division || text == "overseas" || text.parse::<Funder>().is_ok() {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(
            "region_malformed",
            "地区应为六位行政区划代码、西宁园区代码(如 park-nanchuan)或 overseas(境外)",
            "a region is a six-digit division code, a park of Xining (such as park-nanchuan) or overseas",
        ))
    }
}

impl From<Funder> for Region {
    fn from(funder: Funder) -> Self {
        Self(funder.as_str().to_owned())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Region {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
deserialize_from_str!(Region);
stored_as_text!(Region);

impl utoipa::PartialSchema for Region {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^([1-8][0-9]{5}|park-[a-z-]+|overseas)$"))
            .description(Some("Division code (GB/T 2260), a park of Xining, or `overseas`."))
            .examples(["630104"])
            .into()
    }
}
impl utoipa::ToSchema for Region {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_districts_counties_and_parks_of_xining_fund() {
        for (code, funds) in [
            ("630102", true),
            ("park-nanchuan", true),
            ("630100", false),
            ("630203", false),
            ("110108", false),
            ("overseas", false),
        ] {
            assert_eq!(code.parse::<Region>().unwrap().funder().is_some(), funds, "{code}");
        }
    }

    #[test]
    fn other_texts_are_no_regions() {
        for code in ["", "63010", "park-nowhere", "9301020", "abcdef", "030102"] {
            assert!(code.parse::<Region>().is_err(), "{code}");
        }
    }
}
