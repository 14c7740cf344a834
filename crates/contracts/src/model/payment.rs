//! Money paid under a contract: never more than was agreed.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Fault, Fen, Id, Line, MoneyError, Refusal, kinds};

use crate::{
    error::{Faults, TOO_MANY_PAYMENTS},
    model::{amount_zero, strange_date},
};

/// At most so many payments under one contract: each is shown with it, and each makes an assessment
/// of its awards.
const PAYMENTS: usize = 1000;

/// A payment as somebody reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPayment {
    /// When it was paid.
    pub paid_on: NaiveDate,
    /// How much.
    pub amount_fen: Fen,
    /// How much of it for technology.
    pub technology_amount_fen: Fen,
    /// The receipt's or invoice's number.
    pub reference: Option<Line<100>>,
}

/// A recorded payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: Id<kinds::Payment>,
    /// What was reported.
    pub payment: NewPayment,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub account_id: Id<kinds::Account>,
}

/// What has been paid in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// In all.
    pub amount_fen: Fen,
    /// Of it for technology.
    pub technology_amount_fen: Fen,
    /// In how many payments.
    pub payments: usize,
}

/// How much may be paid in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// In all.
    pub(crate) total: Fen,
    /// Of it for technology: as recognised, if it is.
    pub(crate) technology: Fen,
}

impl Paid {
    /// What has been paid with one more payment.
    ///
    /// # Errors
    /// 409 `too_many_payments`; 422 `invalid` for a payment that cannot be, or that exceeds what was
    /// agreed.
    pub(crate) fn with(
        self,
        payment: &NewPayment,
        agreed: Agreed,
        today: NaiveDate,
    ) -> Result<Self, Refusal> {
        if self.payments >= PAYMENTS {
            return Err(TOO_MANY_PAYMENTS.refuse());
        }
        let mut faults = Faults::default();
        if payment.amount_fen.is_zero() {
            faults.add("/amount_fen", amount_zero());
        }
        if payment.technology_amount_fen > payment.amount_fen {
            faults.add("/technology_amount_fen", technology_above_amount());
        }
        if let Some(fault) = strange_date(payment.paid_on) {
            faults.add("/paid_on", fault);
        } else if payment.paid_on > today {
            let fault = Fault::new(
                "date_in_the_future",
                "付款日期不能晚于今天",
                "what has been paid was not paid later than today",
            );
            faults.add("/paid_on", fault);
        }
        let amount = self.amount_fen.add(payment.amount_fen);
        if !fits(amount, agreed.total) {
            faults.add(
                "/amount_fen",
                paid_above("合同成交额", "total", agreed.total, self.amount_fen),
            );
        }
        let technology = self.technology_amount_fen.add(payment.technology_amount_fen);
        // Recognition may have settled on less than had been paid: then nothing more is for
        // technology, but the rest may still be paid.
        if !payment.technology_amount_fen.is_zero() && !fits(technology, agreed.technology) {
            let paid = self.technology_amount_fen;
            faults.add(
                "/technology_amount_fen",
                paid_above("技术交易额", "technology", agreed.technology, paid),
            );
        }
        faults.into_result()?;
        Ok(Self {
            amount_fen: amount.unwrap_or(agreed.total),
            technology_amount_fen: technology.unwrap_or(agreed.technology),
            payments: self.payments.saturating_add(1),
        })
    }
}

fn fits(sum: Result<Fen, MoneyError>, most: Fen) -> bool {
    sum.is_ok_and(|sum| sum <= most)
}

fn technology_above_amount() -> Fault {
    Fault::new(
        "technology_above_amount",
        "其中的技术金额不能超过付款金额",
        "the part for technology cannot be more than the payment",
    )
}

fn paid_above(zh: &str, en: &str, most: Fen, paid: Fen) -> Fault {
    Fault::new(
        "paid_above_contract",
        format!("累计付款将超过{zh} {most} 元(此前已付 {paid} 元)"),
        format!("with it, more is paid than the {en} amount of {most} yuan ({paid} yuan before)"),
    )
}
