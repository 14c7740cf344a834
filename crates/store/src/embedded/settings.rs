//! How the server is set up: for one market on a small machine.

use std::path::Path;

use super::log::Log;

/// What a commit is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// What was acknowledged is there after a crash.
    Durable,
    /// Nothing waits for the disk: many times faster, and lost when the machine stops.
    ForTestsOnly,
}

pub(super) fn all(durability: Durability, socket: &Path, log: &Log) -> Vec<(&'static str, String)> {
    let safe = match durability {
        Durability::Durable => "on",
        Durability::ForTestsOnly => "off",
    };
    let fixed = [
        // Nobody comes in over the network, and only the server's own user over the socket.
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("max_connections", "100"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("shared_buffers", "256MB"),
        ("max_wal_size", "2GB"),
        // Made for disks that turn; these do not.
        ("random_page_cost", "1.1"),
        ("fsync", safe),
        ("synchronous_commit", safe),
        ("full_page_writes", safe),
    ];
    let mut settings: Vec<_> =
        fixed.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    settings.push(("unix_socket_directories", socket.display().to_string()));
    settings.extend(log.settings());
    settings
}
