//! Patents behind an offer.

use chrono::{Datelike, NaiveDate};
use kernel::{Fault, Field, PatentKind, PatentNumber, PatentStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::{is_strange, strange_date};

/// A patent, or the application for one, behind an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListingPatent)]
#[serde(deny_unknown_fields)]
pub struct Patent {
    /// Its (application) number.
    pub number: PatentNumber,
    /// What right it is; the number says it, too.
    pub kind: PatentKind,
    /// Where it stands; what has lapsed cannot be offered.
    pub status: PatentStatus,
    /// The last day of the right, if it is known. Without it, the right is taken to end with the
    /// year in which its term (Patent Law, art. 42) counted from the year of filing is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_on: Option<NaiveDate>,
}

impl Patent {
    /// What is wrong with the patent in this place of the list.
    pub(super) fn fault(&self, position: usize) -> Option<Field> {
        if self.number.kind() != self.kind {
            let is = self.number.kind().label();
            let fault = Fault::new(
                "patent_kind_mismatch",
                format!("专利号表明这是{}", is.zh),
                format!("by its number this is: {}", is.en),
            );
            return Some(at(position, "kind", fault));
        }
        if self.expires_on.as_ref().is_some_and(is_strange) {
            return Some(at(position, "expires_on", strange_date()));
        }
        (self.status == PatentStatus::Lapsed).then(|| {
            let fault = Fault::new(
                "patent_lapsed",
                "已失效的专利不能发布",
                "a patent that has lapsed cannot be offered",
            );
            at(position, "status", fault)
        })
    }

    /// Why the patent in this place of the list is nothing to offer on this day.
    pub(super) fn fault_on(&self, today: NaiveDate, position: usize) -> Option<Field> {
        if let Some(last) = self.expires_on {
            return (last < today).then(|| {
                let fault = Fault::new(
                    "patent_lapsed",
                    "该专利权已到期,不能发布",
                    "this right has expired: it cannot be offered",
                );
                at(position, "expires_on", fault)
            });
        }
        let last_year = self.number.filed_in().saturating_add(self.term_years());
        (last_year < today.year()).then(|| {
            let fault = Fault::new(
                "patent_term_over",
                format!("按申请年份推算,专利权期限已于 {last_year} 年届满;如有期限补偿,请填写 expires_on"),
                format!("counted from its filing, the right ended in {last_year}; if its term was extended, give `expires_on`"),
            );
            at(position, "number", fault)
        })
    }

    /// For how long the right lasts from its filing, at most (Patent Law, art. 42): designs filed
    /// before June 2021 had ten years, of which nobody can gain by being taken for fifteen.
    const fn term_years(&self) -> i32 {
        match self.kind {
            PatentKind::Invention => 20,
            PatentKind::UtilityModel => 10,
            PatentKind::Design => 15,
        }
    }
}

fn at(position: usize, name: &str, fault: Fault) -> Field {
    Field { pointer: format!("/patents/{position}/{name}"), fault }
}
