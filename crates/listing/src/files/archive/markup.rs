//! What a workbook's reader would hold in memory, counted as the parser comes upon it: texts that
//! are shared, formats of cells, and whatever belongs to one cell.

use kernel::Refusal;
use quick_xml::{events::Event, name::QName};

use crate::model::sheet::{
    LAST_ROW, ROWS_EMPTY, WORKBOOK_BOMB, WORKBOOK_DAMAGED, WORKBOOK_ENTITIES,
};

/// A tag or a run of text among cells and shared texts: a cell holds 32,767 characters.
const RUN_MAX: usize = 256 * 1024;
/// One elsewhere: a drawing may have a long one.
const EVENT_MAX: usize = 8 * 1024 * 1024;
/// All that one cell, or one shared text, says.
const TEXT_MAX: usize = RUN_MAX;
/// How many shared texts there may be: each costs a reader far more than its length.
const SHARED_MAX: u64 = 1_000_000;
/// The part that holds them.
const SHARED_TEXTS_MAX: u64 = 64 * 1024 * 1024;
/// Formats, fonts, names and whatever else a reader keeps one by one: programs know 64,000 formats.
const RECORDS_MAX: usize = 200_000;
/// The part that holds those, and what their texts come to if each were the longest.
const RECORDS_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Where in a part the parser is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Among {
    #[default]
    Anything,
    SharedTexts,
    Cells,
}

/// What was come upon in a part.
#[derive(Default)]
pub(super) struct Markup {
    among: Among,
    rows: u64,
    shared: u64,
    records: usize,
    longest: usize,
    /// The name of the text that is open: a shared one, or one in its cell.
    text: Option<String>,
    /// The name of what is open in which nothing but characters stands.
    characters: Option<String>,
    length: usize,
}

impl Markup {
    /// As much as the next tag or run of text may have.
    pub(super) const fn longest_event(&self) -> usize {
        match self.among {
            Among::Anything => EVENT_MAX,
            Among::SharedTexts | Among::Cells => RUN_MAX,
        }
    }

    /// Looks at what the parser has come upon; it is so long, and so much of the part was unpacked
    /// by then.
    pub(super) fn look(
        &mut self,
        event: &Event<'_>,
        length: usize,
        whole: u64,
    ) -> Result<(), Refusal> {
        self.longest = self.longest.max(length);
        match event {
            Event::DocType(_) => return Err(WORKBOOK_ENTITIES.refuse()),
            Event::Start(tag) => {
                self.count(tag.local_name().as_ref(), tag)?;
                if self.among != Among::Anything {
                    self.open(tag.name())?;
                }
            }
            Event::End(tag) if self.among != Among::Anything => self.close(tag.name())?,
            // Comments and the like are kept by the reader until the text ends.
            Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::Comment(_)
            | Event::PI(_) => self.length = self.length.saturating_add(length),
            Event::End(_) | Event::Empty(_) | Event::Decl(_) | Event::Eof => {}
        }
        let is_inside = self.text.is_some() || self.characters.is_some();
        let is_shared_too_long = self.among == Among::SharedTexts && whole > SHARED_TEXTS_MAX;
        if (is_inside && self.length > TEXT_MAX) || is_shared_too_long || self.keeps_too_much(whole)
        {
            return Err(WORKBOOK_BOMB.refuse());
        }
        Ok(())
    }

    fn keeps_too_much(&self, whole: u64) -> bool {
        let bytes = u64::try_from(RECORDS_BYTES_MAX).unwrap_or(u64::MAX);
        self.among == Among::Anything
            && self.records > 0
            && (self.records > RECORDS_MAX
                || self.records.saturating_mul(self.longest) > RECORDS_BYTES_MAX
                || whole > bytes)
    }

    fn count(&mut self, name: &str, tag: &str) -> Result<(), Refusal> {
        match name {
            "row" => self.rows = self.rows.saturating_add(1),
            "si" => self.shared = self.shared.saturating_add(1),
            "sheetData" => self.among = Among::Cells,
            "sst" => {
                self.among = Among::SharedTexts;
                self.shared = self.shared.max(claimed(tag));
            }
            "xf" | "font" | "fill" | "border" | "numFmt" | "definedName" | "sheet"
            | "Relationship" => self.records = self.records.saturating_add(1),
            _ => {}
        }
        if self.rows > u64::from(LAST_ROW) {
            return Err(ROWS_EMPTY.refuse());
        }
        if self.shared > SHARED_MAX { Err(WORKBOOK_BOMB.refuse()) } else { Ok(()) }
    }

    fn open(&mut self, name: QName<'_>) -> Result<(), Refusal> {
        if self.characters.is_some() {
            return Err(WORKBOOK_DAMAGED.refuse());
        }
        let local = name.local_name();
        match local.as_ref() {
            "si" | "is" if self.text.is_none() => {
                self.text = Some(name.as_ref().to_owned());
                self.length = 0;
            }
            "t" | "v" | "f" => {
                self.characters = Some(name.as_ref().to_owned());
                if self.text.is_none() {
                    self.length = 0;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: QName<'_>) -> Result<(), Refusal> {
        match self.characters.take() {
            Some(open) if open != name.as_ref() => return Err(WORKBOOK_DAMAGED.refuse()),
            Some(_) => {}
            None if self.text.as_deref() == Some(name.as_ref()) => self.text = None,
            None => {}
        }
        Ok(())
    }
}

/// How many shared texts there are, as the part says: a reader believes it and makes room.
fn claimed(tag: &str) -> u64 {
    let counts = tag.split("uniqueCount").skip(1).map(|rest| {
        let digits: String = rest
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }
    });
    counts.max().unwrap_or(0)
}
