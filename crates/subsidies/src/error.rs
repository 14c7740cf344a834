//! What this domain refuses.

use kernel::{Reason, Status};

/// The policy that was named does not exist.
pub static UNKNOWN_POLICY: Reason = Reason::new(
    "unknown_policy",
    Status::NotFound,
    "没有这项政策或这个版本",
    "there is no such policy, or no such version of it",
);

/// Every refusal of this domain.
pub static REASONS: &[&Reason] = &[&UNKNOWN_POLICY];
