//! One part of the archive, unpacked and looked at piece by piece.
//!
//! What is markup is read by the parser that the workbook's reader uses, set as it is there: so
//! nothing can be hidden from the one that the other would see. That parser holds each tag and each
//! run of text whole in memory; so it is given no more of one than it may hold.

use std::io::{self, BufRead, BufReader, Read};

use ::store::Outcome;
use kernel::Refusal;
use quick_xml::{Reader, events::Event};

use super::{Budget, markup::Markup};
use crate::model::sheet::{WORKBOOK_BOMB, WORKBOOK_DAMAGED};

/// Looks at a part.
pub(super) fn check(name: &str, part: impl Read, budget: &mut Budget) -> Outcome<()> {
    let is_markup = [".xml", ".rels", ".vml"].iter().any(|end| name.ends_with(end));
    let unpacked = Unpacked { part, budget, whole: 0, is_too_much: false };
    let mut pieces = Pieces { inner: BufReader::with_capacity(64 * 1024, unpacked), left: 0 };
    if is_markup {
        let head = pieces.inner.fill_buf();
        let is_hidden = head.as_ref().is_ok_and(|head| hides_its_markup(head));
        let looked = if is_hidden { Err(WORKBOOK_DAMAGED.refuse()) } else { look(&mut pieces) };
        if pieces.inner.get_ref().is_too_much {
            return Err(WORKBOOK_BOMB.refuse().into());
        }
        looked?;
    }
    // The rest of what the parser did not like, or of what is no markup.
    let drained = io::copy(&mut pieces.inner, &mut io::sink());
    if pieces.inner.get_ref().is_too_much {
        return Err(WORKBOOK_BOMB.refuse().into());
    }
    drained.map_err(|_| WORKBOOK_DAMAGED.refuse())?;
    Ok(())
}

/// Markup in another encoding than all workbooks have.
fn hides_its_markup(head: &[u8]) -> bool {
    let head = head.get(..head.len().min(4096)).unwrap_or_default();
    head.contains(&0) || head.starts_with(b"\xFE\xFF") || head.starts_with(b"\xFF\xFE")
}

fn look(pieces: &mut Pieces<Unpacked<'_, impl Read>>) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(pieces);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.expand_empty_elements = true;
    let (mut markup, mut buffer) = (Markup::default(), Vec::new());
    loop {
        buffer.clear();
        let most = markup.longest_event();
        reader.get_mut().left = most;
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return Ok(()),
            Ok(event) => {
                let length = most.saturating_sub(reader.get_ref().left);
                let whole = reader.get_ref().inner.get_ref().whole;
                markup.look(&event, length, whole)?;
            }
            Err(_) if reader.get_ref().left == 0 => return Err(WORKBOOK_BOMB.refuse()),
            // The workbook's reader gets no further either; it may never look at this part.
            Err(_) => return Ok(()),
        }
    }
}

/// What is unpacked, as long as that is not too much.
struct Unpacked<'b, R> {
    part: R,
    budget: &'b mut Budget,
    whole: u64,
    is_too_much: bool,
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        self.whole = self.whole.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if !self.budget.spend(read) {
            self.is_too_much = true;
            return Err(io::Error::other("too much is unpacked"));
        }
        Ok(read)
    }
}

/// What is unpacked, of which no more than `left` is given away before that is set anew.
struct Pieces<R> {
    inner: BufReader<R>,
    left: usize,
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut given = self.fill_buf()?;
        let read = given.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = self.left;
        let filled = self.inner.fill_buf()?;
        if left == 0 && !filled.is_empty() {
            return Err(io::Error::other("a piece is too long"));
        }
        Ok(filled.get(..filled.len().min(left)).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}
