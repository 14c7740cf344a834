//! The table of refusals.

use kernel::{Fault, Field, Reason, Refusal, Status, Words};

/// The text of the contract is not the one that the signatory means to sign.
pub static DOCUMENT_CHANGED: Reason = Reason::new(
    "document_changed",
    Status::Conflict,
    "待签署的文本与您提交的 SHA-256 不符,请重新阅读后再签署",
    "the text is not the one that you sign: read it again",
);
/// One's own organisation has signed this text before.
pub static ALREADY_SIGNED: Reason = Reason::new(
    "already_signed",
    Status::Conflict,
    "本单位已签署此文本",
    "your organisation has signed this text already",
);
/// Only verified organisations sign, and a contract binds none that is suspended.
pub static ORGANISATION_NOT_VERIFIED: Reason = Reason::new(
    "organisation_not_verified",
    Status::Conflict,
    "合同各方须已通过核验且未被停用",
    "every party must be verified, and not suspended",
);
/// What the contract deals is not, or no longer, on the market.
pub static LISTING_NOT_AVAILABLE: Reason = Reason::new(
    "listing_not_available",
    Status::Conflict,
    "合同所涉挂牌信息当前不可交易",
    "what the contract deals is not on the market",
);
/// The introduction that the contract names no longer stands, or does not fit.
pub static INTRODUCTION_DOES_NOT_FIT: Reason = Reason::new(
    "introduction_does_not_fit",
    Status::Conflict,
    "合同所依据的撮合已失效或与合同各方不符",
    "the introduction that the contract names no longer stands, or is one of others",
);
/// No more payments are kept under one contract.
pub static TOO_MANY_PAYMENTS: Reason = Reason::new(
    "too_many_payments",
    Status::Conflict,
    "同一合同最多登记 1000 笔付款,请合并登记",
    "at most 1000 payments are recorded under one contract: put some together",
);
/// The number is that of another contract.
pub static REGISTRATION_NUMBER_TAKEN: Reason = Reason::new(
    "registration_number_taken",
    Status::Conflict,
    "该登记编号已被其他合同使用",
    "another contract is registered under this number",
);
/// Nothing has been offered for signature yet.
pub static NO_DOCUMENT: Reason = Reason::new(
    "no_document",
    Status::NotFound,
    "合同尚未定稿(先发出签署要约)",
    "the contract has no frozen text yet: offer it first",
);

/// Every refusal of this domain.
pub static REASONS: &[&Reason] = &[
    &DOCUMENT_CHANGED,
    &ALREADY_SIGNED,
    &ORGANISATION_NOT_VERIFIED,
    &LISTING_NOT_AVAILABLE,
    &INTRODUCTION_DOES_NOT_FIT,
    &TOO_MANY_PAYMENTS,
    &REGISTRATION_NUMBER_TAKEN,
    &NO_DOCUMENT,
];

/// A state with its label, for the words of a refusal.
pub(crate) type Named = (&'static str, Words<&'static str>);

/// 409 `invalid_state`: what stands how, and in which states the act would work.
pub(crate) fn invalid_state(what: Words<&'static str>, is: Named, works_in: &[Named]) -> Refusal {
    let zh: Vec<_> =
        works_in.iter().map(|(state, label)| format!("{state}({})", label.zh)).collect();
    let en: Vec<_> = works_in.iter().map(|(state, _)| *state).collect();
    let (state, label) = is;
    store::refusals::INVALID_STATE.because(
        format!("{}当前状态为 {state}({}),此操作要求:{}", what.zh, label.zh, zh.join("、")),
        format!("the {} is {state}; this works in: {}", what.en, en.join(", ")),
    )
}

/// Every fault that was found, to be told together.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Field>);

impl Faults {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, fault: Fault) {
        self.0.push(Field { pointer: pointer.into(), fault });
    }

    /// 422 `invalid` if there is any fault.
    pub(crate) fn into_result(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        let refusal = store::refusals::INVALID.refuse();
        Err(self
            .0
            .into_iter()
            .fold(refusal, |refusal, field| refusal.at(field.pointer, field.fault)))
    }
}
