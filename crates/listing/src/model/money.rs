//! What an offer costs, and what a need has to spend.

use kernel::{Fault, Fen, Field, PriceMode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an offer costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListingPrice)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// How the price is found.
    pub mode: PriceMode,
    /// The price, or where talks about it begin; a fixed price needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_fen: Option<Fen>,
}

impl Price {
    /// A price, if it is said how it is found.
    #[must_use]
    pub fn of(mode: Option<PriceMode>, amount_fen: Option<Fen>) -> Option<Self> {
        mode.map(|mode| Self { mode, amount_fen })
    }

    /// Is it lower than another one that is found in the same way?
    #[must_use]
    pub fn is_cheaper_than(self, other: Self) -> bool {
        match (self.amount_fen, other.amount_fen) {
            (Some(this), Some(other_amount)) => self.mode == other.mode && this < other_amount,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    pub(super) fn fault(self) -> Option<Field> {
        (self.mode == PriceMode::Fixed && self.amount_fen.is_none()).then(|| Field {
            pointer: "/price/amount_fen".to_owned(),
            fault: Fault::new("required", "定价须填写金额", "a fixed price needs an amount"),
        })
    }
}

/// What a need has to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListingBudget)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// At least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_fen: Option<Fen>,
    /// At most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_fen: Option<Fen>,
}

impl Budget {
    /// A budget, if it has a minimum or a maximum.
    #[must_use]
    pub fn of(min_fen: Option<Fen>, max_fen: Option<Fen>) -> Option<Self> {
        (min_fen.is_some() || max_fen.is_some()).then_some(Self { min_fen, max_fen })
    }

    pub(super) fn fault(self) -> Option<Field> {
        match (self.min_fen, self.max_fen) {
            (Some(min), Some(max)) if min > max => Some(Field {
                pointer: "/budget/max_fen".to_owned(),
                fault: Fault::new(
                    "budget_reversed",
                    "预算上限不能低于下限",
                    "a budget's maximum is not below its minimum",
                ),
            }),
            (None, None) => Some(Field {
                pointer: "/budget".to_owned(),
                fault: Fault::new(
                    "required",
                    "预算须填写下限或上限",
                    "a budget has a minimum or a maximum",
                ),
            }),
            (_, _) => None,
        }
    }
}
