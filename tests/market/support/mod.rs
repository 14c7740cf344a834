//! What the tests stand on.

pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod cast;
pub(crate) mod cluster;
pub(crate) mod deal;
pub(crate) mod description;
pub(crate) mod sheets;
