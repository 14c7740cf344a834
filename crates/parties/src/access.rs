//! Who may do what.

use kernel::{Caller, Grant, Id, Relation, Role, acts, kinds::Organisation};

acts! {
    /// Register an organisation and its founding account.
    RegisterOrganisation = "register_organisation" [Grant::Anyone];
    /// Look for organisations.
    SearchOrganisations = "search_organisations" [Grant::Anyone];
    /// Read an organisation's public profile.
    GetOrganisation = "get_organisation" [Grant::Anyone];
    /// Read its credit code and contact unmasked, too, and find it before it is verified.
    ReadWholeOrganisation = "get_organisation.whole" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Registrar),
        Grant::Role(Role::Reviewer),
        Grant::Role(Role::Approver),
        Grant::Role(Role::Treasurer),
        Grant::Role(Role::DistrictOfficer),
        Grant::Role(Role::Auditor),
    ];
    /// Change its name, region, contact.
    UpdateOrganisation = "update_organisation" [
        Grant::RoleIn(Role::OrgAdmin, Relation::Own),
        Grant::Role(Role::Operator),
    ];
    /// Confirm that it is what it says.
    VerifyOrganisation = "verify_organisation" [Grant::Role(Role::Operator)];
    /// Shut it out for now.
    SuspendOrganisation = "suspend_organisation" [Grant::Role(Role::Operator)];
    /// Present it to everybody.
    PutShowcase = "put_showcase" [Grant::RoleIn(Role::OrgAdmin, Relation::Own)];
    /// Read how it presents itself, also while it is suspended.
    GetOrganisationShowcase = "get_organisation_showcase" [
        Grant::In(Relation::Own),
        Grant::Role(Role::Operator),
        Grant::Role(Role::Auditor),
    ];
    /// Present it no longer.
    RemoveShowcase = "remove_showcase" [Grant::RoleIn(Role::OrgAdmin, Relation::Own)];
    /// Sign in.
    CreateSession = "create_session" [Grant::Anyone];
    /// Stay signed in.
    RefreshSession = "refresh_session" [Grant::Anyone];
    /// Sign out.
    EndSession = "end_session" [Grant::SignedIn];
    /// Read who one is.
    GetMe = "get_me" [Grant::SignedIn];
    /// Choose another password.
    ChangePassword = "change_password" [Grant::SignedIn];
    /// Read the public keys of access tokens.
    GetKeys = "get_keys" [Grant::Anyone];
}

/// How the caller stands to an organisation.
#[must_use]
pub fn relations(caller: &Caller, organisation: Id<Organisation>) -> &'static [Relation] {
    if caller.acts_for(organisation) { &[Relation::Own] } else { &[Relation::Stranger] }
}

/// May the caller read everything about this organisation?
#[must_use]
pub fn reads_whole(caller: &Caller, organisation: Id<Organisation>) -> bool {
    kernel::judge::<ReadWholeOrganisation>(caller, relations(caller, organisation)).is_ok()
}

/// May the caller read everything about every organisation?
#[must_use]
pub fn reads_all(caller: &Caller) -> bool {
    kernel::judge::<ReadWholeOrganisation>(caller, &[Relation::Stranger]).is_ok()
}
