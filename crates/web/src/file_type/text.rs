//! Text: UTF-8 or GB18030, and nothing that a browser would run.

use std::io::{Read, Seek, SeekFrom};

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};
use kernel::Fault;
use store::Outcome;

use super::{not_taken, refuse, unreadable};

const PIECE: usize = 64 * 1024;

/// Checks that the whole file is text.
pub(super) fn check<R: Read + Seek>(file: &mut R, head: &[u8]) -> Outcome<()> {
    let start = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    // HTML, SVG and other XML begin so, and nothing that people write does.
    if start.starts_with(b"<") {
        return Err(refuse(not_taken("HTML/SVG/XML")));
    }
    if start.starts_with(b"#!") {
        return Err(refuse(not_taken("script")));
    }
    for encoding in [UTF_8, GB18030] {
        if is_text_in(file, encoding)? {
            return Ok(());
        }
    }
    Err(refuse(Fault::new(
        "file_type_not_allowed",
        "文件既不是可接受的文档或图片,也不是 UTF-8 或 GB18030 文本",
        "the file is neither a document or picture that is taken, nor text in UTF-8 or GB18030",
    )))
}

/// Is the whole file text in this encoding, without control characters?
fn is_text_in<R: Read + Seek>(file: &mut R, encoding: &'static Encoding) -> Outcome<bool> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let (mut bytes, mut text) = (vec![0; PIECE], String::with_capacity(PIECE.saturating_mul(4)));
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    loop {
        let read = file.read(&mut bytes).map_err(unreadable)?;
        let piece = bytes.get(..read).unwrap_or_default();
        text.clear();
        let (result, _) = decoder.decode_to_string_without_replacement(piece, &mut text, read == 0);
        let printable = text.chars().all(|c| !c.is_control() || "\t\n\r\u{C}".contains(c));
        match result {
            DecoderResult::InputEmpty if !printable => return Ok(false),
            DecoderResult::InputEmpty if read == 0 => return Ok(true),
            DecoderResult::InputEmpty => {}
            // The room for a piece's text is more than any encoding needs.
            DecoderResult::OutputFull | DecoderResult::Malformed(..) => return Ok(false),
        }
    }
}
