//! Is a workbook's archive one that may be opened? Everything in it is unpacked once, counted and
//! thrown away, before a reader that believes what an archive says of itself sees it.

mod markup;
mod part;

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use ::store::Outcome;
use anyhow::Context;
use zip::ZipArchive;

use crate::model::sheet::{
    FILE_UNREADABLE, WORKBOOK_BOMB, WORKBOOK_DAMAGED, WORKBOOK_ENCRYPTED, WORKBOOK_MACROS,
};

/// Workbooks of people have a few dozen parts.
const PARTS_MAX: usize = 1000;
/// All parts, unpacked. A reader streams what is large, but for the shared texts.
const UNPACKED_MAX: u64 = 320 * 1024 * 1024;
/// How many times its size a workbook may unpack to, once that is much.
const RATIO_MAX: u64 = 200;
const RATIO_COUNTS_FROM: u64 = 16 * 1024 * 1024;
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
        part::check(&name, part, &mut budget)?;
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
    /// Counts what was unpacked; false if it is too much.
    fn spend(&mut self, bytes: usize) -> bool {
        self.unpacked = self.unpacked.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let is_steep = self.unpacked > RATIO_COUNTS_FROM
            && self.unpacked.checked_div(self.size).is_none_or(|ratio| ratio > RATIO_MAX);
        self.unpacked <= UNPACKED_MAX && !is_steep
    }
}
