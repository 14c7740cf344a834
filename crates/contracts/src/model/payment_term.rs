//! When what is to be paid.

use chrono::NaiveDate;
use kernel::{Fault, Fen, Line};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a sum falls due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// On a day.
    On(NaiveDate),
    /// When something is reached.
    Milestone(Line<200>),
}

/// A sum that falls due on a day or at a milestone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PaymentTermFields", into = "PaymentTermFields")]
pub struct PaymentTerm {
    /// When.
    pub due: Due,
    /// How much.
    pub amount_fen: Fen,
}

impl PaymentTerm {
    /// The day, if it is due on a day.
    #[must_use]
    pub const fn due_on(&self) -> Option<NaiveDate> {
        match &self.due {
            Due::On(date) => Some(*date),
            Due::Milestone(_) => None,
        }
    }

    /// The milestone, if it is due at one.
    #[must_use]
    pub const fn milestone(&self) -> Option<&Line<200>> {
        match &self.due {
            Due::On(_) => None,
            Due::Milestone(milestone) => Some(milestone),
        }
    }
}

/// A payment term as it is spelled: exactly one of `due_on` and `milestone`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentTerm)]
pub struct PaymentTermFields {
    /// Due on this day; or else name a milestone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_on: Option<NaiveDate>,
    /// Due when this is reached; or else name a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "技术资料交付并验收合格")]
    milestone: Option<Line<200>>,
    /// How much.
    #[schema(example = 300_000_00)]
    amount_fen: Fen,
}

impl TryFrom<PaymentTermFields> for PaymentTerm {
    type Error = Fault;

    fn try_from(fields: PaymentTermFields) -> Result<Self, Fault> {
        let PaymentTermFields { due_on, milestone, amount_fen } = fields;
        let due = match (due_on, milestone) {
            (Some(date), None) => Due::On(date),
            (None, Some(milestone)) => Due::Milestone(milestone),
            (None, None) | (Some(_), Some(_)) => {
                return Err(Fault::new(
                    "due_on_or_milestone",
                    "应填写到期日或里程碑之一",
                    "give a day or a milestone, one of the two",
                ));
            }
        };
        Ok(Self { due, amount_fen })
    }
}

impl From<PaymentTerm> for PaymentTermFields {
    fn from(PaymentTerm { due, amount_fen }: PaymentTerm) -> Self {
        match due {
            Due::On(date) => Self { due_on: Some(date), milestone: None, amount_fen },
            Due::Milestone(milestone) => {
                Self { due_on: None, milestone: Some(milestone), amount_fen }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_due_on_a_day_or_at_a_milestone() {
        let read = serde_json::from_str::<PaymentTerm>;
        let day = r#"{"due_on":"2026-03-01","amount_fen":1}"#;
        let milestone = r#"{"milestone":"验收","amount_fen":1}"#;
        for text in [day, milestone] {
            assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
        }
        for text in
            [r#"{"amount_fen":1}"#, r#"{"due_on":"2026-03-01","milestone":"验收","amount_fen":1}"#]
        {
            let error = read(text).unwrap_err().to_string();
            assert_eq!(Fault::parse(&error).unwrap().code, "due_on_or_milestone");
        }
    }
}
