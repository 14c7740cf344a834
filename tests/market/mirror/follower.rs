//! The smallest mirror: it keeps in memory how far it has read, and begins anew when it is started
//! anew.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use super::world::{read, references, words_of, write};

pub(super) struct Follower {
    client: reqwest::Client,
    base: String,
    token: String,
    folder: PathBuf,
    after: Option<String>,
    /// What the market last said: the version, and the words.
    known: BTreeMap<String, (i64, Value)>,
}

impl Follower {
    pub(super) fn new(base: &str, token: &str, folder: &Path) -> Self {
        Self {
            client: reqwest::Client::new(),
            base: format!("{base}/api/v1/listings"),
            token: token.to_owned(),
            folder: folder.to_owned(),
            after: None,
            known: BTreeMap::new(),
        }
    }

    /// Keeps both in step until it is stopped; the server may be away.
    pub(super) async fn follow(mut self) {
        loop {
            if self.pull().await.is_ok() {
                let _ = self.push().await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn path(&self, reference: &str) -> PathBuf {
        self.folder.join(format!("{reference}.json"))
    }

    async fn pull(&mut self) -> reqwest::Result<()> {
        loop {
            let mut query = vec![("limit", "100".to_owned())];
            query.extend(self.after.clone().map(|after| ("after", after)));
            let query = query.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&");
            let ask = self.client.get(format!("{}/changes?{query}", self.base));
            let reply = ask.bearer_auth(&self.token).send().await?.error_for_status()?;
            let page: Value = reply.json().await?;
            let items = page["items"].as_array().unwrap();
            items.iter().for_each(|listing| self.take(listing));
            self.after = Some(page["next_after"].as_str().unwrap().to_owned());
            if items.len() < 100 {
                return Ok(());
            }
        }
    }

    /// The market's words stand, whatever the office has written meanwhile.
    fn take(&mut self, listing: &Value) {
        let name = listing["reference"].as_str().or(listing["number"].as_str()).unwrap();
        let version = listing["version"].as_i64().unwrap();
        let said = (version, words_of(listing));
        if self.known.get(name) == Some(&said) {
            return;
        }
        let words = said.1.clone();
        self.known.insert(name.to_owned(), said);
        let action = read(&self.path(name)).map(|record| record["action"].clone());
        self.save(name, words, &listing["status"], action);
    }

    fn save(&self, name: &str, words: Value, status: &Value, action: Option<Value>) {
        let mut record = json!({ "listing": words, "status": status });
        if let Some(action) = action.filter(|action| !action.is_null()) {
            record["action"] = action;
        }
        write(&self.path(name), &record);
    }

    fn wishes(&self) -> Vec<(Value, Value)> {
        let mut found = Vec::new();
        for reference in references(&self.folder) {
            let Some(record) = read(&self.path(&reference)) else { continue };
            let mut item = json!({ "reference": reference });
            match self.known.get(&reference) {
                None => item["if_none_match"] = json!("*"),
                Some((version, _)) => item["if_match"] = json!(format!("\"v{version}\"")),
            }
            let known = self.known.get(&reference).map(|(_, words)| words.clone());
            if known != Some(words_of(&record["listing"])) {
                item["listing"] = record["listing"].clone();
            } else if record["action"].is_null() {
                continue;
            } else {
                item["action"] = record["action"].clone();
            }
            found.push((item, record));
        }
        found.truncate(100);
        found
    }

    async fn push(&mut self) -> reqwest::Result<()> {
        let wishes = self.wishes();
        if wishes.is_empty() {
            return Ok(());
        }
        let items: Vec<&Value> = wishes.iter().map(|(item, _)| item).collect();
        let ask = self.client.post(format!("{}/bulk", self.base)).bearer_auth(&self.token);
        let reply = ask.json(&json!({ "items": items })).send().await?.error_for_status()?;
        let answer: Value = reply.json().await?;
        for ((item, record), done) in wishes.iter().zip(answer["items"].as_array().unwrap()) {
            self.settle(item, record, done);
        }
        Ok(())
    }

    fn settle(&mut self, item: &Value, sent: &Value, done: &Value) {
        let name = item["reference"].as_str().unwrap();
        let now = read(&self.path(name)).unwrap_or_else(|| sent.clone());
        let as_sent = words_of(&now["listing"]) == words_of(&sent["listing"]);
        let known = if done["listing"].is_null() {
            // What is stale comes with one of the next pages; what is refused is given up.
            match done["status"].as_u64().unwrap() {
                412 | 500.. => return,
                _ => self.known.get(name).map(|(_, words)| (words.clone(), now["status"].clone())),
            }
        } else {
            let listing = &done["listing"];
            let words = words_of(listing);
            let version = listing["version"].as_i64().unwrap();
            self.known.insert(name.to_owned(), (version, words.clone()));
            Some((words, listing["status"].clone()))
        };
        let (words, status) = known.unwrap_or_else(|| panic!("{name} is refused: {done:#}"));
        let action = (item.get("action").is_none() && !done["listing"].is_null())
            .then(|| now["action"].clone());
        self.save(name, if as_sent { words } else { now["listing"].clone() }, &status, action);
    }
}
