//! The one source of secrets: the operating system.

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// Random bytes that nobody can guess.
///
/// # Errors
/// If the operating system has none to give.
pub fn secret<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("the operating system gives no random bytes")?;
    Ok(bytes)
}

/// Random bytes as text that fits into a header or a URL.
///
/// # Errors
/// As [`secret`].
pub fn secret_text<const N: usize>() -> anyhow::Result<String> {
    secret::<N>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}
