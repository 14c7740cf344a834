//! Everything that changes something, a file for each act.

mod change_password;
mod create_session;
mod create_staff;
mod end_session;
mod enter_organisations;
mod forget_old;
mod put_showcase;
mod refresh_session;
mod register_organisation;
mod rotate_keys;
mod signed_in;
mod suspend_organisation;
mod update_organisation;
mod verify_organisation;

pub use change_password::{ChangePassword, PasswordChange, change_password};
pub use create_session::{Login, OpenSession, RecordFailure, create_session};
pub use create_staff::{CreateStaff, NewStaff, StaffCreated, create_staff};
pub use end_session::EndSession;
pub use enter_organisations::{EnterOrganisations, Entered};
pub use forget_old::ForgetOld;
pub use put_showcase::{PutShowcase, RemoveShowcase};
pub use refresh_session::{RefreshSession, Refreshed};
pub use register_organisation::{
    Founder, NewOrganisation, RegisterOrganisation, register_organisation,
};
pub use rotate_keys::RotateKeys;
pub use signed_in::{RefreshToken, SignedIn};
pub use suspend_organisation::SuspendOrganisation;
pub use update_organisation::UpdateOrganisation;
pub use verify_organisation::VerifyOrganisation;
