//! `market probe`.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
    time::Duration,
};

use anyhow::{Context, bail};

use crate::config::Config;

/// Health checks give up after a few seconds; this gives its reason before that.
const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only whether the process lives, whatever its database does
    #[arg(long)]
    live: bool,
    /// Which server; without it, the one that MARKET_LISTEN names on this machine
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl Arguments {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<()> {
        let base = match self.url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", near(&config.listen)?),
        };
        let url = format!("{base}/{}", if self.live { "healthz" } else { "readyz" });
        // A proxy of the environment is for elsewhere.
        let client = reqwest::Client::builder()
            .no_proxy()
            // It asks in plain HTTP: a machine without certificates is none the worse.
            .tls_certs_only([])
            .timeout(PATIENCE)
            .build()?;
        let answer = client.get(&url).send().await.with_context(|| format!("asking {url}"))?;
        let status = answer.status();
        let said = answer.text().await?;
        if !status.is_success() {
            bail!("{url} answers {status}: {said}");
        }
        Ok(writeln!(io::stdout(), "{said}")?)
    }
}

/// Where a server that listens there is reached from this machine: one that listens everywhere,
/// over the loopback.
fn near(listen: &str) -> anyhow::Result<SocketAddr> {
    let mut address = listen.to_socket_addrs()?.next().context("MARKET_LISTEN names no address")?;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_over_the_loopback() {
        for (listen, asked) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.7:8080", "192.0.2.7:8080"),
        ] {
            assert_eq!(near(listen).unwrap().to_string(), asked);
        }
    }
}
