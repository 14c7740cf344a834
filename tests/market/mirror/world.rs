//! Two sides that change things at random: an office with a folder of files, and the people on the
//! market.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::support::{
    api::Reply,
    app::App,
    cast::Cast,
    deal::{Deal, need_form, result_form},
};

/// What an owner says in a listing, but for its reference and whom to call.
const WORDS: [&str; 22] = [
    "kind",
    "title",
    "abstract",
    "description",
    "advantages",
    "market_outlook",
    "economic_benefits",
    "keywords",
    "domain",
    "ipc",
    "region",
    "trl",
    "trl_scale",
    "trl_evidence",
    "stage",
    "transfer_modes",
    "price",
    "patents",
    "budget",
    "deadline",
    "expires_on",
    "non_secret_declared",
];

/// A listing's words as its owner wants them, without what is empty: what is published may have
/// another text under review.
pub(super) fn words_of(listing: &Value) -> Value {
    let empty = [Value::Null, json!(false), json!([])];
    let next = match &listing["revision"] {
        Value::Null => listing,
        revision => &revision["content"],
    };
    let said = WORDS.iter().map(|name| (*name, &next[*name]));
    let said = said.chain([("contact", &listing["contact"])]);
    let said = said.filter(|(_, value)| !empty.contains(value));
    // By which scale a level is meant is said by default.
    let said = said.filter(|(name, value)| *name != "trl_scale" || **value != json!("gb_t_22900"));
    Value::Object(said.map(|(name, value)| (name.to_owned(), value.clone())).collect::<Map<_, _>>())
}

/// A file of the office; `None` if it is not there, or being replaced.
pub(super) fn read(path: &PathBuf) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

/// Writes a file of the office, whole or not at all.
pub(super) fn write(path: &PathBuf, value: &Value) {
    let part = path.with_extension("new");
    std::fs::write(&part, value.to_string()).unwrap();
    std::fs::rename(&part, path).unwrap();
}

/// The office's own numbers of its files.
pub(super) fn references(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut found: Vec<String> = names
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    found.sort();
    found
}

pub(super) struct World<'a> {
    pub(super) cast: Cast,
    pub(super) folder: TempDir,
    pub(super) seed: u64,
    /// Changes by the office, changes on the market, and how many led to which state there.
    pub(super) made: (usize, usize, BTreeMap<String, usize>),
    app: &'a App,
    random: u64,
    serial: usize,
}

impl<'a> World<'a> {
    pub(super) fn new(app: &'a App, cast: Cast) -> Self {
        let seed = std::env::var("MARKET_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| rand::random::<u64>() | 1);
        let folder = tempfile::tempdir().unwrap();
        let made = (0, 0, BTreeMap::new());
        Self { cast, folder, seed, made, app, random: seed, serial: 0 }
    }

    /// A number below `end` (xorshift64).
    fn below(&mut self, end: usize) -> usize {
        for (left, by) in [(true, 13), (false, 7), (true, 17)] {
            self.random ^= if left { self.random << by } else { self.random >> by };
        }
        usize::try_from(self.random % u64::try_from(end).unwrap()).unwrap()
    }

    fn next_serial(&mut self) -> usize {
        self.serial += 1;
        self.serial
    }

    pub(super) fn path(&self, reference: &str) -> PathBuf {
        self.folder.path().join(format!("{reference}.json"))
    }

    /// One change, by one of the two sides.
    pub(super) async fn change(&mut self) {
        loop {
            let changed = if self.below(2) == 0 {
                let changed = self.office();
                self.made.0 += usize::from(changed);
                changed
            } else {
                let changed = self.market().await;
                self.made.1 += usize::from(changed.is_some());
                if let Some(status) = &changed {
                    *self.made.2.entry(status.clone()).or_default() += 1;
                }
                changed.is_some()
            };
            if changed {
                return;
            }
        }
    }

    /// Somebody in the office writes a file.
    fn office(&mut self) -> bool {
        let there = references(self.folder.path());
        let serial = self.next_serial();
        if there.len() < 20 || self.below(6) == 0 {
            let mut words = if self.below(4) == 0 { need_form() } else { result_form() };
            words["title"] = json!(format!("单位新建 {serial}"));
            write(&self.path(&format!("OFFICE-{serial}")), &json!({ "listing": words }));
            return true;
        }
        let reference = &there[self.below(there.len())];
        // One without a number of the office's cannot be changed from there.
        let Some(mut record) = read(&self.path(reference)) else { return false };
        if reference.starts_with("L2") {
            return false;
        }
        match self.below(6) {
            0 => record["action"] = json!("submit"),
            1 if self.below(4) == 0 => record["action"] = json!("withdraw"),
            2 => record["listing"]["trl"] = json!(1 + self.below(9)),
            3 => drop(record["listing"].as_object_mut().unwrap().remove("description")),
            _ => record["listing"]["title"] = json!(format!("单位改写 {serial}")),
        }
        write(&self.path(reference), &record);
        true
    }

    /// Somebody on the market takes a listing further; the state it is in afterwards.
    async fn market(&mut self) -> Option<String> {
        let client = self.app.client().await;
        let rows = client
            .query("SELECT id::text, version, status, kind FROM listings ORDER BY id", &[])
            .await
            .unwrap();
        if rows.is_empty() || self.below(6) == 0 {
            return Some(self.write_on_the_web().await);
        }
        let row = &rows[self.below(rows.len())];
        let (id, version): (String, i64) = (row.get(0), row.get(1));
        let (status, kind): (String, String) = (row.get(2), row.get(3));
        let path = format!("listings/{id}");
        let serial = self.next_serial();
        let etag = format!("\"v{version}\"");
        let editor = self.cast.university.api.clone();
        let operator = self.cast.operator.clone();
        let reply = match (status.as_str(), self.below(8)) {
            ("draft" | "returned", 0..4) => {
                let change = json!({ "title": format!("网页改写 {serial}"), "trl": 3 });
                editor.patch(&path, change).header("if-match", etag).send().await
            }
            ("draft" | "returned", 4..7) => {
                editor.act(format!("{path}/submit")).header("if-match", etag).send().await
            }
            ("draft" | "returned", _) => {
                editor.act(format!("{path}/withdraw")).header("if-match", etag).send().await
            }
            ("submitted", 0..5) => {
                operator.act(format!("{path}/publish")).header("if-match", etag).send().await
            }
            ("submitted", _) => {
                let reasons = json!({ "reasons": [format!("请补充 {serial}")] });
                operator
                    .post(format!("{path}/return"), reasons)
                    .header("if-match", etag)
                    .send()
                    .await
            }
            ("published", 0..2) if kind == "need" => return self.trade(&id).await,
            ("published", 0..4) => {
                let change = json!({ "title": format!("网页再改 {serial}"), "trl": 4 });
                editor.patch(&path, change).header("if-match", etag).send().await
            }
            ("published", 4) => {
                editor.act(format!("{path}/submit")).header("if-match", etag).send().await
            }
            ("published", 5..7) => {
                operator.act(format!("{path}/publish")).header("if-match", etag).send().await
            }
            ("published", _) if self.below(3) == 0 => {
                editor.act(format!("{path}/withdraw")).header("if-match", etag).send().await
            }
            _ => return None,
        };
        // The other side was faster, or nothing of the kind may be done now.
        if matches!(reply.status.as_u16(), 409 | 412) {
            return None;
        }
        assert!(reply.status.is_success(), "{:#}", reply.body);
        Some(reply.text("status").to_owned())
    }

    async fn write_on_the_web(&mut self) -> String {
        let serial = self.next_serial();
        let mut form = if self.below(2) == 0 { need_form() } else { result_form() };
        form["title"] = json!(format!("网页新建 {serial}"));
        if self.below(4) > 0 {
            form["reference"] = json!(format!("WEB-{serial}"));
        }
        let made: Reply = self.cast.university.api.post("listings", form).ok().await;
        made.text("status").to_owned()
    }

    /// A contract is signed by which the university's need is met: the server's reaction trades it.
    async fn trade(&mut self, need: &str) -> Option<String> {
        let cast = self.cast.clone();
        let deal = Deal { app: self.app, cast, result: need.to_owned(), need: need.to_owned() };
        let mut form = deal.contract_form(None);
        form["listing_ids"] = json!([need]);
        form["parties"][0]["organisation_id"] = json!(self.cast.enterprise.id);
        form["parties"][1]["organisation_id"] = json!(self.cast.university.id);
        let enterprise = &self.cast.enterprise.api;
        let draft = agreed(enterprise.post("contracts", form).send().await)?;
        let path = format!("contracts/{}", draft.id());
        let offered = enterprise.act(format!("{path}/offer")).if_match(&draft).send().await;
        let hash = json!({ "document_sha256": agreed(offered)?.text("document_sha256") });
        for party in [&self.cast.university, &self.cast.enterprise, &self.cast.broker] {
            agreed(party.api.post(format!("{path}/sign"), hash.clone()).send().await)?;
        }
        Some("traded".to_owned())
    }

    /// In what the office and the market differ.
    pub(super) async fn difference(&self) -> Option<String> {
        self.app.settle().await;
        let mut missing = references(self.folder.path());
        let all = self.app.count("listings").await;
        let (mut seen, mut after) = (0, String::new());
        while seen < all {
            let path = format!("listings/changes?limit=100{after}");
            let page = self.cast.university.api.get(path).ok().await;
            if page.items().is_empty() {
                return Some(format!("the feed shows {seen} of {all} listings"));
            }
            seen += page.items().len();
            after = format!("&after={}", page.text("next_after"));
            for listing in page.items() {
                let name = listing["reference"].as_str().or(listing["number"].as_str()).unwrap();
                missing.retain(|reference| reference != name);
                let Some(record) = read(&self.path(name)) else {
                    return Some(format!("{name} is not in the office"));
                };
                let said = (words_of(&record["listing"]), &record["status"], &record["action"]);
                if said != (words_of(listing), &listing["status"], &Value::Null) {
                    return Some(format!("{name}: {record:#} is not {listing:#}"));
                }
            }
        }
        missing.first().map(|reference| format!("{reference} is not on the market"))
    }
}

/// The answer, unless the listing has left the market meanwhile.
fn agreed(reply: Reply) -> Option<Reply> {
    if reply.status == 409 {
        return None;
    }
    assert!(reply.status.is_success(), "{:#}", reply.body);
    Some(reply)
}
