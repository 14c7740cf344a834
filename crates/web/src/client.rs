//! From which address a request comes.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;

/// The client's address: the peer's, or the last address of `X-Forwarded-For` that is not itself
/// a trusted proxy, if the peer is one.
#[must_use]
pub fn client_address(request: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| {
        // On a dual-stack socket IPv4 peers arrive as ::ffff:a.b.c.d.
        peer.ip().to_canonical()
    });
    let is_trusted = |hop: &IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == *hop);
    if !is_trusted(&peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for");
    let hops: Vec<IpAddr> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|hop| hop.trim().parse::<IpAddr>().ok())
        .map(|hop| hop.to_canonical())
        .collect();
    hops.into_iter().rev().find(|hop| !is_trusted(hop)).unwrap_or(peer)
}
