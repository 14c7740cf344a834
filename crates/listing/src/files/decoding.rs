//! Text in whatever encoding it comes, as UTF-8.

use std::io::{self, Read, Seek};

use ::store::Outcome;
use anyhow::Context;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, CoderResult, Decoder, Encoding, GB18030, UTF_8};

use crate::model::sheet::ENCODING_UNKNOWN;

const PIECE: usize = 64 * 1024;

/// Does a file that begins so look like text? What no text contains is a sign that it is none; a
/// page of the web is text, but no table.
pub(super) fn is_text(head: &[u8]) -> bool {
    let is_wide = Encoding::for_bom(head).is_some_and(|(encoding, _)| encoding != UTF_8);
    let odd = |byte: &u8| matches!(byte, 0..=8 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F);
    let is_markup = head.trim_ascii_start().first() == Some(&b'<');
    let is_pdf = head.starts_with(b"%PDF");
    (is_wide || !head.iter().any(odd)) && !is_markup && !is_pdf
}

/// The encoding of a text: its byte order mark tells, else that it is UTF-8 throughout, else what
/// it most probably is among what is written in China.
///
/// # Errors
/// Only if the file cannot be read.
pub(super) fn encoding_of(text: &mut (impl Read + Seek)) -> Outcome<&'static Encoding> {
    text.rewind().context("rewinding a file")?;
    let mut utf8 = UTF_8.new_decoder_without_bom_handling();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut is_utf8, mut at_start) = (true, true);
    let (mut piece, mut decoded) = (vec![0; PIECE], String::with_capacity(4 * PIECE));
    loop {
        let read = text.read(&mut piece).context("reading a file")?;
        let bytes = piece.get(..read).unwrap_or_default();
        if at_start && let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return Ok(encoding);
        }
        at_start = false;
        let is_last = read == 0;
        detector.feed(bytes, is_last);
        if is_utf8 {
            decoded.clear();
            let (_, _, wrong) = utf8.decode_to_string(bytes, &mut decoded, is_last);
            is_utf8 = !wrong;
        }
        if is_last {
            break;
        }
    }
    if is_utf8 {
        return Ok(UTF_8);
    }
    // GB18030 contains GBK; what is guessed from other parts of the world is no guess to follow.
    let guessed = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    Ok(if guessed == BIG5 { BIG5 } else { GB18030 })
}

/// A text as UTF-8. What cannot be read in its encoding ends the reading with an error.
pub(super) struct Decoded<R> {
    text: R,
    decoder: Decoder,
    piece: Vec<u8>,
    /// How much of the piece is still to be decoded, and from where on.
    left: std::ops::Range<usize>,
    ended: bool,
    /// A decoder that was told of the end takes nothing more.
    finished: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(text: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { text, decoder, piece: vec![0; PIECE], left: 0..0, ended: false, finished: false }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.finished {
                return Ok(0);
            }
            if self.left.is_empty() && !self.ended {
                let read = self.text.read(&mut self.piece)?;
                self.left = 0..read;
                self.ended = read == 0;
            }
            let bytes = self.piece.get(self.left.clone()).unwrap_or_default();
            let (result, read, written, wrong) =
                self.decoder.decode_to_utf8(bytes, into, self.ended);
            self.left.start += read;
            if wrong {
                return Err(io::Error::new(io::ErrorKind::InvalidData, ENCODING_UNKNOWN.code));
            }
            let is_over = self.ended && result == CoderResult::InputEmpty;
            self.finished = is_over;
            if written > 0 || is_over || into.is_empty() {
                return Ok(written);
            }
        }
    }
}
