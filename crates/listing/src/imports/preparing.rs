//! What each row would do, decided before the transaction in which it is done.

use std::{collections::BTreeSet, sync::Arc};

use ::store::{Db, Outcome};
use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Caller, Fault, Field, Id, Line, PatentNumber, Refusal, Version, kinds};
use serde_json::{Map, Value};
use web::apart;

use super::rows::{Batch, ReadRow};
use crate::{
    commands::brought_in,
    error::{ORGANISATION_NOT_VERIFIED, kind_fixed},
    http,
    model::{
        Content, Listing, Submitter, TrlScale,
        sheet::{CellFault, Layout, Place, Row, columns, judge},
    },
    store,
};

/// What is the same for all rows.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub(super) caller: Caller,
    pub(super) organisation: Id<kinds::Organisation>,
    /// What the organisation is.
    pub(super) submitter: Submitter,
    pub(super) submit: bool,
    /// The day on which the file was brought in.
    pub(super) day: NaiveDate,
}

/// A row, and what it does.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    row: Row,
    layout: Arc<Layout>,
    pub(crate) verdict: Verdict,
}

/// What a row does.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// It is wrong.
    Faulty(Vec<CellFault>),
    /// A listing says this already.
    Same,
    /// It makes a listing.
    Create {
        /// What it says.
        content: Box<Content>,
    },
    /// It changes a listing.
    Change {
        /// Which one.
        id: Id<kinds::Listing>,
        /// The version that it was decided from.
        version: Version,
        /// What the listing says afterwards.
        content: Box<Content>,
    },
}

impl Verdict {
    /// Which listing it changes.
    pub(crate) const fn changes(&self) -> Option<Id<kinds::Listing>> {
        match self {
            Self::Change { id, .. } => Some(*id),
            Self::Faulty(_) | Self::Same | Self::Create { .. } => None,
        }
    }
}

impl Prepared {
    /// What is wrong with it, if anything is.
    pub(crate) fn faults(&self) -> Option<Vec<CellFault>> {
        match &self.verdict {
            Verdict::Faulty(faults) => Some(faults.clone()),
            Verdict::Same | Verdict::Create { .. } | Verdict::Change { .. } => None,
        }
    }

    /// What is wrong if it is refused so.
    pub(crate) fn refused(&self, refusal: &Refusal) -> Vec<CellFault> {
        located(&self.layout, &self.row, refusal)
    }
}

impl Surroundings {
    /// Decides what each row does.
    pub(super) async fn prepare(&self, db: &Db, batch: Batch) -> Outcome<Vec<Prepared>> {
        let references: Vec<Line<100>> =
            batch.rows.iter().filter_map(|read| read.reference.clone()).collect();
        let mut conn = db.reader().await?;
        let mut present =
            store::listings_by_references(&mut conn, self.organisation, &references).await?;
        drop(conn);
        let (around, now) = (self.clone(), db.clock().now());
        let deciding = move || {
            let Batch { layout, rows } = batch;
            let decide = |read: ReadRow| {
                let listing =
                    read.reference.as_ref().and_then(|reference| present.remove(reference));
                let verdict = around.decide(&layout, &read, listing, now);
                let faults = |faults| Verdict::Faulty(faults);
                let verdict = verdict.unwrap_or_else(faults);
                Prepared { row: read.row, layout: Arc::clone(&layout), verdict }
            };
            rows.into_iter().map(decide).collect()
        };
        apart(deciding).await
    }

    fn decide(
        &self,
        layout: &Layout,
        read: &ReadRow,
        listing: Option<Listing>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, Vec<CellFault>> {
        if let Some(listing) = &listing
            && read.kind().is_some_and(|kind| kind != listing.content.kind)
        {
            // By the rules of which kind should the rest be judged?
            let field = Field { pointer: "/kind".to_owned(), fault: kind_fixed() };
            return Err(vec![layout.locate(&read.row, field)]);
        }
        let content = self.content(layout, read, listing.as_ref())?;
        let refuse = |refusal: &Refusal| located(layout, &read.row, refusal);
        let Some(listing) = listing else {
            if self.submit && !self.submitter.verified {
                return Err(refuse(&ORGANISATION_NOT_VERIFIED.refuse()));
            }
            return Ok(Verdict::Create { content: Box::new(content) });
        };
        let (id, version) = (listing.id, listing.version);
        let submitter = self.submit.then(|| self.submitter.clone());
        let steps = brought_in(&self.caller, listing, content.clone(), submitter, now)
            .map_err(|refusal| refuse(&refusal))?;
        if steps.rewritten.is_none() && steps.submitted.is_none() {
            return Ok(Verdict::Same);
        }
        Ok(Verdict::Change { id, version, content: Box::new(content) })
    }

    /// What the row says, judged by the form of the API and by everything between its fields. What
    /// the sheet has no column for stays as it is in a listing that is there.
    fn content(
        &self,
        layout: &Layout,
        read: &ReadRow,
        listing: Option<&Listing>,
    ) -> Result<Content, Vec<CellFault>> {
        let mut json = read.form.json.clone();
        if let Some(listing) = listing {
            let shown = layout.fields();
            let kept: BTreeSet<&str> = columns()
                .iter()
                .filter_map(|column| column.place.field())
                .filter(|field| !shown.contains(field))
                .collect();
            let said = said(listing.next_content());
            let kept = kept
                .into_iter()
                .filter_map(|field| Some((field.to_owned(), said.get(field)?.clone())));
            json.extend(kept);
            keep_members(&mut json, &said, layout);
        }
        let day = self.submit.then_some(self.day);
        let (content, found) = judge(json, read.form.unread.clone(), &http::content_of, day);
        let mut faults = read.form.faults.clone();
        faults.extend(found.into_iter().map(|field| layout.locate(&read.row, field)));
        let content = content.filter(|_| faults.is_empty()).ok_or(faults)?;
        Ok(listing.map_or(content.clone(), |listing| by_its_scale(content, listing)))
    }
}

/// The form that says this.
fn said(content: &Content) -> Value {
    let mut said = serde_json::to_value(content).unwrap_or_default();
    if let (Value::Object(said), Some(contact)) = (&mut said, &content.contact) {
        let contact = serde_json::to_value(contact).unwrap_or_default();
        said.insert("contact".to_owned(), contact);
    }
    said
}

/// Of a field of several columns, the members without a column stay, as long as it is still the
/// same person, way of pricing or patent: of another one they would be wrong.
fn keep_members(json: &mut Map<String, Value>, said: &Value, layout: &Layout) {
    for column in columns().iter().filter(|column| layout.at(column).is_none()) {
        match column.place {
            Place::Within(field, member) => {
                if let (Some(next), Some(before)) = (json.get_mut(field), said.get(field)) {
                    keep_member(next, before, told_by(field), member);
                }
            }
            Place::Each(field, member) => {
                let (next, before) = (json.get_mut(field), said.get(field));
                let next = next.and_then(Value::as_array_mut).into_iter().flatten();
                let before = before.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                for one in next {
                    before.iter().for_each(|was| keep_member(one, was, told_by(field), member));
                }
            }
            Place::Field(_) | Place::Told(_) => {}
        }
    }
}

/// The member by which something is told from another, if it is.
fn told_by(field: &str) -> Option<&'static str> {
    match field {
        "contact" => Some("name"),
        "price" => Some("mode"),
        "patents" => Some("number"),
        _ => None,
    }
}

fn keep_member(next: &mut Value, before: &Value, key: Option<&str>, member: &str) {
    let (Some(next), Some(before)) = (next.as_object_mut(), before.as_object()) else { return };
    let plain = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).unwrap_or_default().trim();
        text.parse::<PatentNumber>().map_or_else(|_| text.to_owned(), |number| number.to_string())
    };
    let is_same = key.is_none_or(|key| plain(next.get(key)) == plain(before.get(key)));
    if let Some(value) = before.get(member).filter(|_| is_same) {
        next.entry(member).or_insert_with(|| value.clone());
    }
}

/// A scale that is told is no change to one that goes without saying.
fn by_its_scale(content: Content, listing: &Listing) -> Content {
    let present = listing.next_content().trl_scale;
    if content.trl_scale == Some(TrlScale::GbT22900) && present.is_none() {
        return Content { trl_scale: None, ..content };
    }
    content
}

fn located(layout: &Layout, row: &Row, refusal: &Refusal) -> Vec<CellFault> {
    if !refusal.fields.is_empty() {
        let fields = refusal.fields.iter().cloned();
        return fields.map(|field| layout.locate(row, field)).collect();
    }
    let title = refusal.reason.title;
    let (zh, en) = match &refusal.detail {
        Some(detail) => (detail.zh.clone(), detail.en.clone()),
        None => (title.zh.to_owned(), title.en.to_owned()),
    };
    let fault = Fault::new(refusal.reason.code, zh, en);
    vec![layout.locate(row, Field { pointer: "/reference".to_owned(), fault })]
}
