//! The rows of an import's file, some at a time, read on a thread of its own.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    ops::ControlFlow,
    sync::Arc,
};

use ::store::Outcome;
use kernel::{Fault, Field, Line, ListingKind};
use tokio::sync::mpsc;

use crate::{
    files,
    model::{
        FileKind,
        sheet::{Form, Layout, REFERENCE_REPEATED, Row},
    },
};

/// How many rows are dealt with at once, and how much they say before no further row is taken.
const AT_ONCE: usize = 200;
const BYTES_AT_ONCE: usize = 2 * 1024 * 1024;
/// How many batches wait to be dealt with.
const WAITING: usize = 1;

/// A row, and what it says as far as its cells can be read.
#[derive(Clone, Debug)]
pub(super) struct ReadRow {
    pub(super) row: Row,
    pub(super) form: Form,
    pub(super) reference: Option<Line<100>>,
}

impl ReadRow {
    /// What is listed, if that can be told.
    pub(super) fn kind(&self) -> Option<ListingKind> {
        self.form.json.get("kind")?.as_str()?.parse().ok()
    }
}

/// Some rows.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) layout: Arc<Layout>,
    pub(super) rows: Vec<ReadRow>,
}

impl Batch {
    /// The number of its last row.
    pub(super) fn last_row(&self) -> Option<u32> {
        self.rows.last().map(|read| read.row.number)
    }

    /// The batch without the rows of these numbers.
    pub(super) fn without(mut self, numbers: &HashSet<u32>) -> Self {
        self.rows.retain(|read| !numbers.contains(&read.row.number));
        self
    }
}

/// The rows behind `after`, as they are asked for.
pub(super) fn batches(file: File, kind: FileKind, after: u32) -> mpsc::Receiver<Outcome<Batch>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut gathering =
            Gathering { sender, seen: HashMap::new(), after, batch: None, bytes: 0 };
        let read = files::read(file, kind, &mut |layout, row| Ok(gathering.take(layout, row)));
        let sent = gathering.send();
        if let Err(failure) = read
            && sent.is_continue()
        {
            let _told = gathering.sender.blocking_send(Err(failure));
        }
    });
    receiver
}

struct Gathering {
    sender: mpsc::Sender<Outcome<Batch>>,
    /// In which row each reference stands first.
    seen: HashMap<Line<100>, u32>,
    after: u32,
    batch: Option<Batch>,
    /// How much the rows of the batch say.
    bytes: usize,
}

impl Gathering {
    fn take(&mut self, layout: &Layout, row: Row) -> ControlFlow<()> {
        let mut form = layout.form(&row);
        let reference = self.reference(layout, &row, &mut form);
        if row.number <= self.after {
            return ControlFlow::Continue(());
        }
        let batch = self.batch.get_or_insert_with(|| Batch {
            layout: Arc::new(layout.clone()),
            rows: Vec::with_capacity(AT_ONCE),
        });
        self.bytes = self.bytes.saturating_add(row.bytes());
        batch.rows.push(ReadRow { row, form, reference });
        if batch.rows.len() < AT_ONCE && self.bytes < BYTES_AT_ONCE {
            ControlFlow::Continue(())
        } else {
            self.send()
        }
    }

    /// The row's reference; one that stands in an earlier row is a fault.
    fn reference(&mut self, layout: &Layout, row: &Row, form: &mut Form) -> Option<Line<100>> {
        let reference: Line<100> = form.json.get("reference")?.as_str()?.parse().ok()?;
        let Some(first) = self.seen.get(&reference) else {
            self.seen.insert(reference.clone(), row.number);
            return Some(reference);
        };
        let fault = Fault::new(
            REFERENCE_REPEATED,
            format!("与第 {first} 行的单位内部编号重复"),
            format!("row {first} has this reference already"),
        );
        form.faults.push(layout.locate(row, Field { pointer: "/reference".to_owned(), fault }));
        form.unread.insert("reference".to_owned());
        None
    }

    /// Hands over what was gathered; nobody may want it any more.
    fn send(&mut self) -> ControlFlow<()> {
        self.bytes = 0;
        let Some(batch) = self.batch.take() else { return ControlFlow::Continue(()) };
        match self.sender.blocking_send(Ok(batch)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}
