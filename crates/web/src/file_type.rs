//! What a file is: told by its content, never by its name.
//!
//! Few types are taken: what people read and what nobody's program runs. A document or picture with
//! a ZIP archive behind it is refused: who checks it would look at one, who opens it would meet the
//! other.

mod office;
mod text;

use std::io::{Read, Seek, SeekFrom};

use file_format::{FileFormat, Kind};
use kernel::{Fault, FileType};
use store::{Failure, Outcome};

use crate::{FileName, invalid};

/// As much of a file's beginning and of its end as tells what it is.
const EDGE: u64 = 4096;
/// An archive's last record, and the longest comment that may follow it.
const ARCHIVE_TAIL: u64 = 22 + 65_535;

/// What begins with a mark of its own, but for archives.
const BINARY: [(FileFormat, FileType); 4] = [
    (FileFormat::PortableDocumentFormat, FileType::Pdf),
    (FileFormat::PortableNetworkGraphics, FileType::Png),
    (FileFormat::JointPhotographicExpertsGroup, FileType::Jpeg),
    (FileFormat::Webp, FileType::Webp),
];

/// What the file is. Only text needs the name: whether it is a table nobody can tell from inside.
///
/// # Errors
/// 422 `invalid` at `/file` if it is nothing that is taken, or damaged, or has macros.
pub fn file_type<R: Read + Seek>(file: &mut R, name: &FileName) -> Outcome<FileType> {
    let length = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    if length == 0 {
        return Err(refuse(Fault::new("file_empty", "文件是空的", "the file is empty")));
    }
    let head = slice(file, 0, EDGE)?;
    let format = FileFormat::from_bytes(&head);
    if head.starts_with(b"PK\x03\x04") {
        return office::which(file, length);
    }
    if format == FileFormat::ArbitraryBinaryData || format == FileFormat::PlainText {
        text::check(file, &head)?;
        return Ok(text_named(name));
    }
    // "MZ-12 型…" and "BM25 …" begin like programs and pictures, which are never all text.
    if matches!(format.kind(), Kind::Executable | Kind::Image | Kind::Audio)
        && text::check(file, &head).is_ok()
    {
        return Ok(text_named(name));
    }
    let found = BINARY.into_iter().find(|(known, _)| *known == format).map(|(_, kind)| kind);
    let found = found.ok_or_else(|| refuse(not_taken(format.name())))?;
    let tail = slice(file, length.saturating_sub(ARCHIVE_TAIL), ARCHIVE_TAIL)?;
    if has_archive(&tail) {
        return Err(refuse(two_at_once()));
    }
    if is_whole(found, &head, &tail, length) { Ok(found) } else { Err(refuse(damaged())) }
}

/// Whether a text is a table nobody can tell from inside.
fn text_named(name: &FileName) -> FileType {
    let is_table = FileType::Csv.extensions().contains(&name.extension().as_str());
    if is_table { FileType::Csv } else { FileType::Text }
}

/// Does the file begin and end as its type demands? Something hidden behind it shows here, too.
fn is_whole(found: FileType, head: &[u8], tail: &[u8], length: u64) -> bool {
    match found {
        FileType::Pdf => {
            let end = tail.get(tail.len().saturating_sub(2048)..).unwrap_or_default();
            head.starts_with(b"%PDF-") && contains(end, b"%%EOF")
        }
        FileType::Png => tail.ends_with(b"\0\0\0\0IEND\xAE\x42\x60\x82"),
        FileType::Jpeg => {
            // Some cameras fill up with zeros.
            let end = tail.iter().rposition(|byte| *byte != 0).unwrap_or_default();
            tail.get(..=end).is_some_and(|tail| tail.ends_with(&[0xFF, 0xD9]))
        }
        FileType::Webp => {
            let size = head.get(4..8).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
            size.is_some_and(|size| u64::from(size).saturating_add(8) == length)
        }
        FileType::Docx | FileType::Xlsx | FileType::Pptx | FileType::Text | FileType::Csv => true,
    }
}

/// Is there the end of an archive? Programs that unpack look for it from behind.
fn has_archive(tail: &[u8]) -> bool {
    let mut windows = tail.windows(4).enumerate();
    windows.any(|(at, window)| {
        let comment = tail.get(at.saturating_add(20)..at.saturating_add(22));
        window == b"PK\x05\x06"
            && comment
                .and_then(|length| length.try_into().ok())
                .map(u16::from_le_bytes)
                .is_some_and(|length| {
                    at.saturating_add(22).saturating_add(usize::from(length)) <= tail.len()
                })
    })
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// At most `most` bytes from `from` on.
fn slice<R: Read + Seek>(file: &mut R, from: u64, most: u64) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from)).map_err(unreadable)?;
    file.by_ref().take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::Broken(anyhow::Error::new(error).context("reading an uploaded file"))
}

fn refuse(fault: Fault) -> Failure {
    invalid().at("/file", fault).into()
}

fn not_taken(what: &str) -> Fault {
    Fault::new(
        "file_type_not_allowed",
        format!("不接受此类文件({what});可上传 pdf、png、jpeg、webp、docx、xlsx、pptx、txt、csv"),
        format!(
            "this kind of file is not taken ({what}); pdf, png, jpeg, webp, docx, xlsx, pptx, txt \
             and csv are"
        ),
    )
}

fn damaged() -> Fault {
    Fault::new(
        "file_damaged",
        "文件不完整或已损坏,或末尾附有其他内容",
        "the file is damaged or cut off, or something else follows it",
    )
}

fn two_at_once() -> Fault {
    Fault::new(
        "file_ambiguous",
        "文件同时包含压缩包,不予接受",
        "the file is an archive as well, and is not taken",
    )
}

#[cfg(test)]
mod tests;
