//! What the edge needs to know.

use std::{net::IpAddr, time::Duration};

use crate::{BodyRoom, CursorKey, Gates, UploadSettings};

/// What the edge needs to know; one per server, in the application's data.
#[derive(Clone)]
pub struct Settings {
    /// Signs cursors and fingerprints requests; the same on all servers of one database.
    pub key: CursorKey,
    /// Largest JSON body, in bytes.
    pub body_limit: usize,
    /// The memory of all JSON bodies on their way in.
    pub body_room: BodyRoom,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
    /// How long a request may take in all; longer by what an upload may take if it is one.
    pub request_deadline: Duration,
    /// How files are received.
    pub uploads: UploadSettings,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Who may be served at once.
    pub gates: Gates,
}

impl Settings {
    /// The defaults, with the server's own key.
    #[must_use]
    pub fn new(key: CursorKey) -> Self {
        Self {
            key,
            body_limit: 1024 * 1024,
            body_room: BodyRoom::of_pieces(16 * 1024),
            body_deadline: Duration::from_secs(10),
            request_deadline: Duration::from_secs(10),
            uploads: UploadSettings::default(),
            trusted_proxies: Vec::new(),
            gates: Gates::default(),
        }
    }
}
