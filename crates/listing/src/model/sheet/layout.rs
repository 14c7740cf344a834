//! Which column of a sheet is which, and which cell a fault is in.

use std::collections::BTreeSet;

use kernel::{Fault, Field, Refusal};
use serde_json::{Map, Value};

use super::{
    Cell, Column, HEADER_MISSING, HEADER_REPEATED, HEADER_UNKNOWN, Place, REQUIRED_COLUMN_MISSING,
    Row, address, columns,
    reading::{self, Several},
};

/// As much as is shown of a value that is not right.
const SHOWN: usize = 100;

/// The columns of one sheet.
#[derive(Clone, Debug)]
pub struct Layout {
    sheet: Option<String>,
    /// From the left.
    heads: Vec<Option<Head>>,
}

#[derive(Clone, Debug)]
struct Head {
    text: String,
    column: &'static Column,
}

/// Something that is wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The row's number.
    pub row: u32,
    /// The cell's address; nothing if what is missing has no column in this sheet.
    pub cell: Option<String>,
    /// The column's head, or if it has none here, its name.
    pub column: Option<String>,
    /// What is wrong.
    pub fault: Fault,
    /// What stands in the cell, cut off if it is long.
    pub value: Option<String>,
}

impl CellFault {
    /// Where it stands in its row: by the column's letters, and behind all what has no cell.
    #[must_use]
    pub fn place_in_row(&self) -> (bool, usize, String) {
        let cell = self.cell.as_deref().unwrap_or_default();
        let cell = cell.rsplit('!').next().unwrap_or_default();
        let letters: String = cell.chars().take_while(char::is_ascii_alphabetic).collect();
        (letters.is_empty(), letters.len(), letters)
    }
}

/// A row as the form in which listings come in, as far as its cells could be read.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// What the cells say.
    pub json: Map<String, Value>,
    /// What could not be read.
    pub faults: Vec<CellFault>,
    /// The fields whose cells could not be read.
    pub unread: BTreeSet<String>,
}

impl Layout {
    /// The columns that a sheet's first row names.
    ///
    /// # Errors
    /// 422 if it names none, one that there is not, one twice, or not all that every row needs.
    pub fn of(sheet: Option<&str>, head: &Row) -> Result<Self, Refusal> {
        let known: Vec<_> =
            head.cells.iter().map(|(at, cell)| (*at, cell, column_of(&cell.shown()))).collect();
        let place = |at: u16| address(sheet, head.number, at);
        if known.iter().all(|(_, _, column)| column.is_none()) {
            return Err(HEADER_MISSING.refuse());
        }
        let mut layout = Self { sheet: sheet.map(str::to_owned), heads: Vec::new() };
        for (at, cell, column) in known {
            let text = cell.shown();
            let shown = cut(&text);
            let column = column.ok_or_else(|| {
                let place = place(at);
                HEADER_UNKNOWN.because(
                    format!("{place}“{shown}”不是模板中的列名"),
                    format!("{place} “{shown}” is no column of the template"),
                )
            })?;
            if layout.at(column).is_some() {
                let place = place(at);
                return Err(HEADER_REPEATED.because(
                    format!("{place}“{shown}”重复出现"),
                    format!("{place} “{shown}” is there twice"),
                ));
            }
            layout.heads.resize(usize::from(at), None);
            layout.heads.push(Some(Head { text, column }));
        }
        layout.expect_required()?;
        Ok(layout)
    }

    /// How many of these are heads of columns.
    #[must_use]
    pub fn known_heads<'t>(heads: impl Iterator<Item = &'t str>) -> usize {
        heads.filter(|head| column_of(head).is_some()).count()
    }

    fn expect_required(&self) -> Result<(), Refusal> {
        let missing: Vec<&Column> = columns()
            .iter()
            .filter(|column| column.required && self.at(column).is_none())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let list = |separator: &str, name: fn(&&Column) -> &'static str| {
            missing.iter().map(name).collect::<Vec<_>>().join(separator)
        };
        Err(REQUIRED_COLUMN_MISSING.because(
            format!("缺少:{}", list("、", |column| column.label)),
            format!("missing: {}", list(", ", |column| column.name)),
        ))
    }

    /// The form's fields of which the sheet has a column.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&'static str> {
        self.heads.iter().flatten().filter_map(|head| head.column.place.field()).collect()
    }

    /// The row as a form.
    #[must_use]
    pub fn form(&self, row: &Row) -> Form {
        let mut form = Form::default();
        let mut several = Several::default();
        for (at, cell) in &row.cells {
            let Some(head) = self.head(*at) else {
                form.faults.push(self.stray(row.number, *at, cell));
                continue;
            };
            let column = head.column;
            let Some(field) = column.place.field() else { continue };
            match reading::read(&column.takes, cell) {
                Ok(values) => put(&mut form.json, &mut several, column, values),
                Err(fault) => {
                    form.unread.insert(field.to_owned());
                    form.faults.push(CellFault {
                        row: row.number,
                        cell: Some(self.address(row.number, *at)),
                        column: Some(head.text.clone()),
                        fault,
                        value: Some(cut(&cell.shown())),
                    });
                }
            }
        }
        for (field, objects) in several.into_lists() {
            match objects {
                Ok(objects) => {
                    form.json.insert(field.to_owned(), objects);
                }
                Err(fault) => {
                    if form.unread.insert(field.to_owned()) {
                        form.faults.push(self.locate(row, fault));
                    }
                }
            }
        }
        form
    }

    /// The cell in which something is wrong that was found at a JSON pointer.
    #[must_use]
    pub fn locate(&self, row: &Row, field: Field) -> CellFault {
        let Field { pointer, fault } = field;
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        let Some(column) = column_at(&parts) else {
            return CellFault { row: row.number, cell: None, column: None, fault, value: None };
        };
        let Some(at) = self.at(column) else {
            let column = Some(column.name.to_owned());
            return CellFault { row: row.number, cell: None, column, fault, value: None };
        };
        let head = self.head(at).map(|head| head.text.clone());
        let position = parts.iter().find_map(|part| part.parse::<usize>().ok());
        let value = row.cell(at).map(|cell| {
            let whole = cell.shown();
            let member = position.filter(|_| column.takes.is_list());
            member.and_then(|n| reading::members(&whole).into_iter().nth(n)).unwrap_or(whole)
        });
        CellFault {
            row: row.number,
            cell: Some(self.address(row.number, at)),
            column: head,
            fault,
            value: value.map(|value| cut(&value)),
        }
    }

    /// The columns with their places, from the left.
    pub fn heads(&self) -> impl Iterator<Item = (u16, &str)> {
        (0..).zip(&self.heads).filter_map(|(at, head)| Some((at, head.as_ref()?.text.as_str())))
    }

    fn head(&self, at: u16) -> Option<&Head> {
        self.heads.get(usize::from(at))?.as_ref()
    }

    /// The sheet's name, if it has one.
    #[must_use]
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The address of a cell.
    #[must_use]
    pub fn address(&self, row: u32, at: u16) -> String {
        address(self.sheet(), row, at)
    }

    /// Where a column stands, if the sheet has it.
    #[must_use]
    pub fn at(&self, column: &Column) -> Option<u16> {
        let named =
            |head: &Option<Head>| head.as_ref().is_some_and(|head| head.column.name == column.name);
        (0..).zip(&self.heads).find(|(_, head)| named(head)).map(|(at, _)| at)
    }

    fn stray(&self, row: u32, at: u16, cell: &Cell) -> CellFault {
        CellFault {
            row,
            cell: Some(self.address(row, at)),
            column: None,
            fault: Fault::new(
                "column_without_header",
                "此列没有列名,内容不知归入何处",
                "this column has no header: it is not known what this is",
            ),
            value: Some(cut(&cell.shown())),
        }
    }
}

fn put(
    json: &mut Map<String, Value>,
    several: &mut Several,
    column: &'static Column,
    values: Vec<Value>,
) {
    let single = |values: Vec<Value>| values.into_iter().next().unwrap_or_default();
    match column.place {
        Place::Field(field) if column.takes.is_list() => {
            json.insert(field.to_owned(), Value::Array(values));
        }
        Place::Field(field) => {
            json.insert(field.to_owned(), single(values));
        }
        Place::Within(field, member) => {
            let object = json.entry(field).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(object) = object {
                object.insert(member.to_owned(), single(values));
            }
        }
        Place::Each(field, member) => several.add(field, member, values),
        Place::Told(_) => {}
    }
}

/// The column that has this head, in any of its spellings.
fn column_of(head: &str) -> Option<&'static Column> {
    let head = reading::normalised(head);
    let head = head.trim_matches('*');
    columns().iter().find(|column| {
        reading::normalised(column.label) == head || reading::normalised(column.name) == head
    })
}

/// The column that a JSON pointer leads to: its own, else the first of its field.
fn column_at(parts: &[&str]) -> Option<&'static Column> {
    let field = parts.first()?;
    let member = parts.iter().skip(1).find(|part| part.parse::<usize>().is_err());
    let own = columns().iter().find(|column| match (column.place, member) {
        (Place::Within(of, name) | Place::Each(of, name), Some(member)) => {
            of == *field && name == *member
        }
        (Place::Field(of), _) => of == *field,
        (Place::Within(..) | Place::Each(..) | Place::Told(_), _) => false,
    });
    own.or_else(|| columns().iter().find(|column| column.place.field() == Some(field)))
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
