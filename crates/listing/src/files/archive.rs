//! Is a workbook's archive one that may be opened? Everything in it is unpacked once, counted and
//! thrown away, before a reader that believes what an archive says of itself sees it.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use ::store::Outcome;
use anyhow::Context;
use zip::ZipArchive;

use crate::model::sheet::{
    FILE_UNREADABLE, LAST_ROW, ROWS_EMPTY, WORKBOOK_BOMB, WORKBOOK_DAMAGED, WORKBOOK_ENCRYPTED,
    WORKBOOK_ENTITIES, WORKBOOK_MACROS,
};

/// Workbooks of people have a few dozen parts.
const PARTS_MAX: usize = 1000;
/// All parts, unpacked. A reader holds the shared texts in memory, and streams the rest.
const UNPACKED_MAX: u64 = 320 * 1024 * 1024;
const SHARED_TEXTS_MAX: u64 = 128 * 1024 * 1024;
/// How many times its size a workbook may unpack to, once that is much.
const RATIO_MAX: u64 = 200;
const RATIO_COUNTS_FROM: u64 = 16 * 1024 * 1024;
/// How many shared texts a workbook may say that it has; room for so many is made.
const SHARED_COUNT_MAX: u64 = 4_000_000;
/// An archive's last record, and the longest comment that may follow it.
const TAIL: u64 = 22 + 65_535;

/// Unpacks everything.
///
/// # Errors
/// 422 with the code of what is wrong with it.
pub(super) fn check(file: &File) -> Outcome<()> {
    let mut file = file.try_clone().context("opening a file again")?;
    let size = file.seek(SeekFrom::End(0)).context("measuring a file")?;
    if claimed_parts(&mut file, size)?.is_some_and(|parts| parts > PARTS_MAX) {
        return Err(WORKBOOK_BOMB.refuse().into());
    }
    file.rewind().context("rewinding a file")?;
    let mut archive =
        ZipArchive::new(BufReader::new(file)).map_err(|_| WORKBOOK_DAMAGED.refuse())?;
    if archive.len() > PARTS_MAX {
        return Err(WORKBOOK_BOMB.refuse().into());
    }
    let mut budget = Budget { size, unpacked: 0 };
    let mut is_workbook = false;
    for position in 0..archive.len() {
        let part = archive.by_index(position).map_err(|error| unreadable(&error))?;
        if part.encrypted() {
            return Err(WORKBOOK_ENCRYPTED.refuse().into());
        }
        let name = part.name().map_err(|_| WORKBOOK_DAMAGED.refuse())?.to_ascii_lowercase();
        if name.ends_with("vbaproject.bin") || name.contains("/macrosheets/") {
            return Err(WORKBOOK_MACROS.refuse().into());
        }
        is_workbook |= name.ends_with("workbook.xml");
        unpack(&name, part, &mut budget)?;
    }
    if is_workbook { Ok(()) } else { Err(FILE_UNREADABLE.refuse().into()) }
}

fn unreadable(error: &zip::result::ZipError) -> kernel::Refusal {
    let words = error.to_string();
    if words.to_ascii_lowercase().contains("password") {
        return WORKBOOK_ENCRYPTED.refuse();
    }
    WORKBOOK_DAMAGED.refuse()
}

/// How many parts the archive's last record speaks of, if it can be found.
fn claimed_parts(file: &mut File, size: u64) -> Outcome<Option<usize>> {
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL))).context("seeking")?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail).context("reading a file's end")?;
    let record = tail.windows(12).rev().find(|window| window.starts_with(b"PK\x05\x06"));
    let count = record.and_then(|record| record.get(10..12)?.try_into().ok());
    Ok(count.map(u16::from_le_bytes).map(usize::from))
}

/// How much has been unpacked.
struct Budget {
    size: u64,
    unpacked: u64,
}

impl Budget {
    fn spend(&mut self, bytes: usize) -> Outcome<()> {
        self.unpacked = self.unpacked.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let is_steep = self.unpacked > RATIO_COUNTS_FROM
            && self.unpacked.checked_div(self.size).is_none_or(|ratio| ratio > RATIO_MAX);
        if self.unpacked > UNPACKED_MAX || is_steep {
            return Err(WORKBOOK_BOMB.refuse().into());
        }
        Ok(())
    }
}

/// What is looked for in what is unpacked.
#[derive(Default)]
struct Findings {
    rows: u64,
    entities: bool,
}

/// Longer than anything that is looked for.
const OVERLAP: usize = 16;

impl Findings {
    /// Looks through a piece, of which the first `seen` bytes were looked through before.
    fn look(&mut self, piece: &[u8], seen: usize) {
        for at in memchr::memchr_iter(b'<', piece) {
            // What ends beyond the piece is looked at with the next one.
            let Some(window) = piece.get(at..at.saturating_add(OVERLAP)) else { break };
            if at.saturating_add(OVERLAP) <= seen {
                continue;
            }
            if window.starts_with(b"<row") {
                self.rows = self.rows.saturating_add(1);
            } else if let Some(word) = window.get(..9) {
                self.entities |= word.eq_ignore_ascii_case(b"<!DOCTYPE")
                    || word.get(..8).is_some_and(|w| w.eq_ignore_ascii_case(b"<!ENTITY"));
            }
        }
    }
}

fn unpack(name: &str, mut part: impl Read, budget: &mut Budget) -> Outcome<()> {
    let is_xml = name.ends_with(".xml") || name.ends_with(".rels") || name.ends_with(".vml");
    let is_shared = name.ends_with("sharedstrings.xml");
    let mut findings = Findings::default();
    let (mut buffer, mut kept, mut whole) = (vec![0; 64 * 1024], Vec::new(), 0_u64);
    loop {
        let read = part.read(&mut buffer).map_err(|_| WORKBOOK_DAMAGED.refuse())?;
        let piece = buffer.get(..read).unwrap_or_default();
        budget.spend(read)?;
        if is_xml {
            if whole == 0 {
                look_at_beginning(piece, is_shared)?;
            }
            let seen = kept.len();
            kept.extend_from_slice(piece);
            if read == 0 {
                kept.extend([0; OVERLAP]);
            }
            findings.look(&kept, seen);
            kept.drain(..kept.len().saturating_sub(OVERLAP));
        }
        whole = whole.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if is_shared && whole > SHARED_TEXTS_MAX {
            return Err(WORKBOOK_BOMB.refuse().into());
        }
        if findings.entities {
            return Err(WORKBOOK_ENTITIES.refuse().into());
        }
        if findings.rows > u64::from(LAST_ROW) {
            return Err(ROWS_EMPTY.refuse().into());
        }
        if read == 0 {
            return Ok(());
        }
    }
}

/// XML in another encoding would hide what is looked for; and how many shared texts there are is
/// believed by the reader.
fn look_at_beginning(piece: &[u8], is_shared: bool) -> Outcome<()> {
    let head = piece.get(..piece.len().min(4096)).unwrap_or_default();
    if head.contains(&0) || head.starts_with(b"\xFE\xFF") || head.starts_with(b"\xFF\xFE") {
        return Err(WORKBOOK_DAMAGED.refuse().into());
    }
    if is_shared {
        let text = String::from_utf8_lossy(head);
        let digits = text.split("uniqueCount").nth(1).unwrap_or_default();
        let digits: String = digits
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        let claimed = digits.parse::<u64>().unwrap_or(if digits.is_empty() { 0 } else { u64::MAX });
        if claimed > SHARED_COUNT_MAX {
            return Err(WORKBOOK_BOMB.refuse().into());
        }
    }
    Ok(())
}
