//! The table of refusals.

use ::store::refusals::{INVALID, INVALID_STATE};
use kernel::{Fault, Field, ListingStatus, Reason, Refusal, Status};

use crate::model::DisclosureStatus;
use crate::model::ImportStatus;

/// Only verified organisations come before the public.
pub static ORGANISATION_NOT_VERIFIED: Reason = Reason::new(
    "organisation_not_verified",
    Status::Conflict,
    "单位须先通过核验",
    "the organisation must be verified first",
);
/// The owner has another listing under this number of its own.
pub static REFERENCE_TAKEN: Reason = Reason::new(
    "reference_taken",
    Status::Conflict,
    "本单位已有使用此编号的发布项",
    "your organisation has another listing under this reference",
);
/// An organisation brings in more files at once than it may.
pub static IMPORTS_TOO_MANY: Reason = Reason::new(
    "imports_too_many",
    Status::Conflict,
    "本单位未完成的导入过多,请等待其完成",
    "your organisation has too many imports under way: wait for them to finish",
);
/// Rows are wrong, and it should be all or nothing.
pub static ROWS_FAULTY: Reason = Reason::new(
    "rows_faulty",
    Status::Conflict,
    "有行存在错误,按“全部或全不”未写入任何一行",
    "some rows are wrong, so that nothing was written: it should be all or nothing",
);
/// An import that broke again and again.
pub static IMPORT_BROKEN: Reason = Reason::new(
    "import_broken",
    Status::Conflict,
    "导入多次中断,已停止;请联系市场工作人员",
    "the import broke off again and again and was given up: ask the market's staff",
);
/// The file of an import is no longer kept.
pub static IMPORT_FILE_GONE: Reason = Reason::new(
    "import_file_gone",
    Status::Conflict,
    "导入文件已过保存期",
    "the file of this import is no longer kept",
);
/// No row of an import is to be mended.
pub static NOTHING_TO_CORRECT: Reason = Reason::new(
    "nothing_to_correct",
    Status::Conflict,
    "此导入没有需要更正的行",
    "no row of this import is to be mended",
);
/// An operator reads the next text of a published listing.
pub static REVISION_SUBMITTED: Reason = Reason::new(
    "revision_submitted",
    Status::Conflict,
    "修改稿正在审核,审核结束后方可再改;也可先用 DELETE /listings/{id}/revision 撤回",
    "the revision is being reviewed: it can be changed again afterwards, or given up with \
     DELETE /listings/{id}/revision",
);
/// A published listing has no next text.
pub static NO_REVISION: Reason =
    Reason::new("no_revision", Status::Conflict, "没有待处理的修改稿", "there is no revision");
/// Another operator reviews it.
pub static REVIEW_TAKEN: Reason = Reason::new(
    "review_taken",
    Status::Conflict,
    "该项已由其他运营人员领取审核",
    "another operator has taken this on for review",
);
/// This server is still building its search index.
pub static INDEX_NOT_READY: Reason = Reason::new(
    "index_not_ready",
    Status::Unavailable,
    "检索索引正在建立,请稍后再试",
    "the search index is being built: try again shortly",
);
/// The account keeps as many searches as it may.
pub static TOO_MANY_SAVED_SEARCHES: Reason = Reason::new(
    "too_many_saved_searches",
    Status::Conflict,
    "保存的检索已达上限 100 条,请先删除不用的",
    "you keep 100 searches, as many as you may: remove one first",
);
/// The account follows as many listings as it may.
pub static TOO_MANY_FOLLOWED: Reason = Reason::new(
    "too_many_followed",
    Status::Conflict,
    "关注的发布项已达上限 1000 条,请先取消不用的",
    "you follow 1000 listings, as many as you may: unfollow one first",
);

/// What is protected is seen only by those whom the owner lets.
pub static DISCLOSURE_REQUIRED: Reason = Reason::new(
    "disclosure_required",
    Status::Forbidden,
    "此内容受保护,须经发布单位同意后查阅;请用 POST /listings/{id}/disclosures 提出申请",
    "this is protected, and its owner has to let you see it: ask with \
     POST /listings/{id}/disclosures",
);
/// The organisation has asked already, or may see it already.
pub static DISCLOSURE_EXISTS: Reason = Reason::new(
    "disclosure_exists",
    Status::Conflict,
    "本单位已就此发布项提出申请或已获同意",
    "your organisation has asked already, or may see it already",
);
/// There is nothing to ask for.
pub static NOTHING_PROTECTED: Reason = Reason::new(
    "nothing_protected",
    Status::Conflict,
    "此发布项没有受保护的内容",
    "nothing of this listing is protected",
);
/// A listing has as many files as it may have.
pub static TOO_MANY_ATTACHMENTS: Reason = Reason::new(
    "too_many_attachments",
    Status::Conflict,
    "此发布项的附件已达上限",
    "the listing has as many files as it may have",
);
/// An organisation keeps as much as it may keep.
pub static STORAGE_FULL: Reason = Reason::new(
    "storage_full",
    Status::Conflict,
    "本单位的附件总容量已达上限",
    "your organisation keeps as many bytes as it may keep",
);

/// Every refusal of this domain, but for those of [`crate::model::sheet::REFUSED_FILES`].
pub static REASONS: &[&Reason] = &[
    &ORGANISATION_NOT_VERIFIED,
    &REFERENCE_TAKEN,
    &IMPORTS_TOO_MANY,
    &ROWS_FAULTY,
    &IMPORT_BROKEN,
    &IMPORT_FILE_GONE,
    &NOTHING_TO_CORRECT,
    &DISCLOSURE_REQUIRED,
    &DISCLOSURE_EXISTS,
    &NOTHING_PROTECTED,
    &TOO_MANY_ATTACHMENTS,
    &STORAGE_FULL,
    &REVISION_SUBMITTED,
    &NO_REVISION,
    &REVIEW_TAKEN,
    &INDEX_NOT_READY,
    &TOO_MANY_SAVED_SEARCHES,
    &TOO_MANY_FOLLOWED,
];

/// A listing that is to become one of another kind.
pub(crate) fn kind_fixed() -> Fault {
    Fault::new(
        "kind_fixed",
        "类别建立后不能更改",
        "a listing stays of the kind that it was made as",
    )
}

/// 409 `invalid_state` of an import that is finished.
#[must_use]
pub(crate) fn import_is_finished(is: ImportStatus) -> Refusal {
    let label = is.label();
    INVALID_STATE.because(
        format!("导入{},不能再取消", label.zh),
        format!("the import is {is} and cannot be called off"),
    )
}

/// 422 `invalid` with every fault, if there are any.
///
/// # Errors
/// Whenever there is a fault.
pub(crate) fn refuse_faults(fields: Vec<Field>) -> Result<(), Refusal> {
    if fields.is_empty() { Ok(()) } else { Err(Refusal { fields, ..INVALID.refuse() }) }
}

/// 409 `invalid_state`: the listing's state, and those in which the act would work.
#[must_use]
pub(crate) fn invalid_state(is: ListingStatus, works_in: &[ListingStatus]) -> Refusal {
    let list = |separator: &str, name: fn(&ListingStatus) -> String| {
        works_in.iter().map(name).collect::<Vec<_>>().join(separator)
    };
    let chinese = |status: &ListingStatus| format!("{status}({})", status.label().zh);
    INVALID_STATE.because(
        format!("当前状态为 {},此操作要求:{}", chinese(&is), list("、", chinese)),
        format!("the listing is {is}; this works in: {}", list(", ", ListingStatus::to_string)),
    )
}

/// 409 `invalid_state`: what the published listing says has been reviewed, and nothing else is
/// there.
#[must_use]
pub(crate) fn nothing_revised() -> Refusal {
    INVALID_STATE.because(
        "已发布的内容没有修改稿可提交;请先用 PATCH /listings/{id} 修改",
        "the published listing has no revision to submit: change it with PATCH /listings/{id} first",
    )
}

/// 409 `invalid_state`: the listing is published, and no revision of it is submitted.
#[must_use]
pub(crate) fn no_revision_waits() -> Refusal {
    INVALID_STATE.because(
        "已发布,且没有已提交的修改稿等待审核",
        "the listing is published, and no revision of it waits for review",
    )
}

/// 409 `invalid_state`: where a request to see what is protected stands, and where the act would
/// work.
#[must_use]
pub(crate) fn invalid_disclosure_state(is: DisclosureStatus, wanted: DisclosureStatus) -> Refusal {
    let label = |status: DisclosureStatus| status.label().zh;
    INVALID_STATE.because(
        format!("当前状态为 {is}({}),此操作要求:{wanted}({})", label(is), label(wanted)),
        format!("the request is {is}; this works in: {wanted}"),
    )
}

/// 409 `invalid_state`: nothing of the listing waits for an operator.
#[must_use]
pub(crate) fn nothing_to_review(is: ListingStatus) -> Refusal {
    invalid_state(is, &[ListingStatus::Submitted])
}
