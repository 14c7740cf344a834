//! The table of refusals.

use kernel::{Fault, IntroductionStatus, Reason, Refusal, Status, Words};

/// The two are being introduced already.
pub static INTRODUCTION_EXISTS: Reason = Reason::new(
    "introduction_exists",
    Status::Conflict,
    "该需求与该成果之间已有进行中的对接",
    "there is an open introduction between this need and this offer",
);
/// Who accepts has accepted before.
pub static ALREADY_ACCEPTED: Reason = Reason::new(
    "already_accepted",
    Status::Conflict,
    "本单位已接受,正在等待其他方",
    "your organisation has accepted already; others are awaited",
);
/// A participant has been suspended since it was proposed.
pub static PARTICIPANT_NOT_VERIFIED: Reason = Reason::new(
    "participant_not_verified",
    Status::Conflict,
    "有参与方已被停用,暂不能接受此对接",
    "a participant has been suspended: the introduction cannot be accepted for now",
);
/// An introduction holds so many messages and no more.
pub static TOO_MANY_MESSAGES: Reason = Reason::new(
    "too_many_messages",
    Status::Conflict,
    "此对接的留言已达 1,000 条上限,请另行联系",
    "this introduction holds 1,000 messages, and no more: talk to each other directly",
);
/// This server is still reading the published listings.
pub static INDEX_NOT_READY: Reason = Reason::new(
    "index_not_ready",
    Status::Unavailable,
    "匹配索引正在建立,请稍后再试",
    "the index of matches is being built: try again shortly",
);

/// Every refusal of this domain.
pub static REASONS: &[&Reason] = &[
    &INTRODUCTION_EXISTS,
    &ALREADY_ACCEPTED,
    &PARTICIPANT_NOT_VERIFIED,
    &TOO_MANY_MESSAGES,
    &INDEX_NOT_READY,
];

/// 409 `invalid_state`: the introduction's state, and those in which the act would work.
#[must_use]
pub(crate) fn invalid_state(is: IntroductionStatus, works_in: &[IntroductionStatus]) -> Refusal {
    let list = |say: fn(Words<&'static str>) -> &'static str, separator: &str| {
        let named = works_in.iter().map(|state| format!("{} {}", state, say(state.label())));
        named.collect::<Vec<_>>().join(separator)
    };
    let (zh, en) = (list(|words| words.zh, "、"), list(|words| words.en, ", "));
    store::refusals::INVALID_STATE.because(
        format!("对接当前状态为 {is}({}),此操作要求:{zh}", is.label().zh),
        format!("the introduction is {is}; this works in: {en}"),
    )
}

/// The need is unknown, not published, no need, or past its deadline.
pub(crate) fn no_open_need() -> Fault {
    Fault::new("no_open_need", "不是已发布且仍有效的需求", "not a published, open need")
}

/// The offer is unknown, not published, or no offer.
pub(crate) fn no_open_offer() -> Fault {
    Fault::new("no_open_offer", "不是已发布的成果或专利", "not a published result or patent")
}

/// Both listings are of one organisation.
pub(crate) fn same_organisation() -> Fault {
    Fault::new(
        "same_organisation",
        "需求与成果属于同一单位",
        "the need and the offer belong to the same organisation",
    )
}

/// The broker is no verified broker.
pub(crate) fn unknown_broker() -> Fault {
    Fault::new(
        "unknown_broker",
        "不是已核验的技术经纪人或中介服务机构",
        "not a verified broker or broker agency",
    )
}

/// The broker owns one of the listings.
pub(crate) fn broker_is_a_side() -> Fault {
    Fault::new(
        "broker_is_a_side",
        "经纪方不能同时是需求方或供给方",
        "the broker cannot be one of the two sides",
    )
}

/// A broker names another broker.
pub(crate) fn other_broker() -> Fault {
    Fault::new(
        "other_broker",
        "经纪方只能以本单位名义提出对接",
        "a broker proposes in its own name only",
    )
}
