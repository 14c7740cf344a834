//! Who may do what.

use kernel::{Caller, Grant, Id, Relation, Role, acts, judge, kinds::Organisation};

use crate::model::introduction::Participants;

acts! {
    /// See what fits a published listing.
    ListMatches = "list_matches" [Grant::SignedIn];
    /// Ask two sides to talk: as one of them, or as a broker.
    CreateIntroduction = "create_introduction" [
        Grant::RoleIn(Role::Editor, Relation::NeedSide),
        Grant::RoleIn(Role::Editor, Relation::OfferSide),
        Grant::RoleIn(Role::Editor, Relation::Broker),
    ];
    /// Say yes for one's own organisation.
    AcceptIntroduction = "accept_introduction" [
        Grant::RoleIn(Role::Editor, Relation::NeedSide),
        Grant::RoleIn(Role::Editor, Relation::OfferSide),
        Grant::RoleIn(Role::Editor, Relation::Broker),
    ];
    /// Say no for one's own organisation, which ends it.
    DeclineIntroduction = "decline_introduction" [
        Grant::RoleIn(Role::Editor, Relation::NeedSide),
        Grant::RoleIn(Role::Editor, Relation::OfferSide),
        Grant::RoleIn(Role::Editor, Relation::Broker),
    ];
    /// Say for one's own organisation that nothing comes of it.
    CloseIntroduction = "close_introduction" [
        Grant::RoleIn(Role::Editor, Relation::NeedSide),
        Grant::RoleIn(Role::Editor, Relation::OfferSide),
        Grant::RoleIn(Role::Editor, Relation::Broker),
    ];
    /// Write to the other participants.
    PostIntroductionMessage = "post_introduction_message" [
        Grant::RoleIn(Role::Editor, Relation::NeedSide),
        Grant::RoleIn(Role::Editor, Relation::OfferSide),
        Grant::RoleIn(Role::Editor, Relation::Broker),
    ];
    /// Read what the participants wrote to each other: their own business, not the operators'.
    ListIntroductionMessages = "list_introduction_messages" [
        Grant::In(Relation::NeedSide),
        Grant::In(Relation::OfferSide),
        Grant::In(Relation::Broker),
        Grant::Role(Role::Auditor),
    ];
    /// Read an introduction and its steps.
    GetIntroduction = "get_introduction" [
        Grant::In(Relation::NeedSide),
        Grant::In(Relation::OfferSide),
        Grant::In(Relation::Broker),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// Read whom to call, too, once it is accepted.
    ReadContacts = "get_introduction.contacts" [
        Grant::In(Relation::NeedSide),
        Grant::In(Relation::OfferSide),
        Grant::In(Relation::Broker),
    ];
    /// List one's own organisation's introductions.
    ListIntroductions = "list_introductions" [Grant::SignedIn];
    /// List everybody's.
    ListAllIntroductions = "list_introductions.all" [
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
}

/// How the caller's organisation stands to an introduction.
#[must_use]
pub fn relations(caller: &Caller, participants: &Participants) -> &'static [Relation] {
    let acts_for = |organisation: Id<Organisation>| caller.acts_for(organisation);
    if acts_for(participants.need_side) {
        &[Relation::NeedSide]
    } else if acts_for(participants.offer_side) {
        &[Relation::OfferSide]
    } else if participants.broker.is_some_and(acts_for) {
        &[Relation::Broker]
    } else {
        &[Relation::Stranger]
    }
}

/// May the caller know of the introduction?
#[must_use]
pub fn may_know(caller: &Caller, participants: &Participants) -> bool {
    judge::<GetIntroduction>(caller, relations(caller, participants)).is_ok()
}

/// May the caller know whom to call?
#[must_use]
pub fn reads_contacts(caller: &Caller, participants: &Participants) -> bool {
    judge::<ReadContacts>(caller, relations(caller, participants)).is_ok()
}

/// May the caller list everybody's introductions?
#[must_use]
pub fn lists_all(caller: &Caller) -> bool {
    judge::<ListAllIntroductions>(caller, &[Relation::Stranger]).is_ok()
}
