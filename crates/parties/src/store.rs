//! Rows and SQL of this domain's tables.

mod accounts;
mod organisations;
mod sessions;
mod showcases;
mod signing_keys;

pub(crate) use accounts::*;
pub(crate) use organisations::*;
pub(crate) use sessions::*;
pub(crate) use showcases::*;
pub(crate) use signing_keys::*;
