//! Who may do what.

use kernel::{Caller, Grant, Id, Relation, Role, acts, kinds::Organisation};

acts! {
    /// Calculate what a contract or an application would bring; stores nothing.
    CalculateSubsidies = "calculate_subsidies" [Grant::Anyone];
    /// Read which policies there are.
    ListPolicies = "list_policies" [Grant::Anyone];
    /// Read a policy.
    GetPolicy = "get_policy" [Grant::Anyone];
    /// List awards: one's own organisation's.
    ListAwards = "list_awards" [Grant::SignedIn];
    /// List and read everybody's.
    ReadAllAwards = "list_awards.all" [
        Grant::Role(Role::Registrar),
        Grant::Role(Role::Reviewer),
        Grant::Role(Role::Approver),
        Grant::Role(Role::Treasurer),
        Grant::Role(Role::DistrictOfficer),
        Grant::Role(Role::Auditor),
    ];
    /// Read an award.
    GetAward = "get_award" [
        Grant::In(Relation::Beneficiary),
        Grant::Role(Role::Registrar),
        Grant::Role(Role::Reviewer),
        Grant::Role(Role::Approver),
        Grant::Role(Role::Treasurer),
        Grant::Role(Role::DistrictOfficer),
        Grant::Role(Role::Auditor),
    ];
    /// Read what a contract brings, or why nothing: every party the whole of it, with the awards of
    /// the others. It follows from the terms that all of them have signed, and the public
    /// calculation gives the same figures for those terms to anybody; to hide it would protect
    /// nothing, and would leave the parties unable to check that shares and caps of one contract
    /// were split rightly among them. What becomes of an award later (review, payment, account) is
    /// the beneficiary's own, and is shown by `get_award` to nobody else.
    GetContractAssessment = "get_contract_assessment" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Registrar),
        Grant::Role(Role::Reviewer),
        Grant::Role(Role::Approver),
        Grant::Role(Role::Treasurer),
        Grant::Role(Role::DistrictOfficer),
        Grant::Role(Role::Auditor),
    ];
}

/// How the caller stands to an award.
pub(crate) fn to_award(caller: &Caller, beneficiary: Id<Organisation>) -> Relation {
    if caller.acts_for(beneficiary) { Relation::Beneficiary } else { Relation::Stranger }
}

/// How the caller stands to the assessment of a contract.
pub(crate) fn to_assessment(caller: &Caller, parties: &[Id<Organisation>]) -> Relation {
    let own = parties.iter().any(|party| caller.acts_for(*party));
    if own { Relation::Own } else { Relation::Stranger }
}

/// May the caller read everybody's awards?
pub(crate) fn reads_all(caller: &Caller) -> bool {
    kernel::judge::<ReadAllAwards>(caller, &[Relation::Stranger]).is_ok()
}
