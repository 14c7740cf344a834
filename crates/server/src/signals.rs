//! SIGTERM and SIGINT: from the first line on they are a wish to end, never a sudden death, which
//! would leave the embedded PostgreSQL running.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The wishes to end; none that comes after [`Signals::listen`] is lost.
#[derive(Debug)]
pub struct Signals {
    term: Signal,
    int: Signal,
}

/// Which wish it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// SIGTERM, by whatever runs servers.
    Terminate,
    /// SIGINT, by somebody at the terminal.
    Interrupt,
}

impl Signals {
    /// Takes the signals from now on.
    ///
    /// # Errors
    /// If the system does not allow it.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.term.recv() => Told::Terminate,
            _ = self.int.recv() => Told::Interrupt,
        }
    }

    /// Does the work, or gives it up when told to end.
    ///
    /// # Errors
    /// What the work says, or that it was interrupted.
    pub async fn or_done<T>(
        &mut self,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        tokio::select! {
            done = work => done,
            _ = self.next() => Err(anyhow::anyhow!("interrupted")),
        }
    }
}
