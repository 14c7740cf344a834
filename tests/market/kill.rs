//! `kill -9` of the server in the middle of signings and recognitions: whatever was acknowledged
//! is there, whole, once; whatever was not is there whole or not at all.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use serde_json::json;

use crate::support::{
    app::{App, Process},
    deal::{Deal, recognition},
};

/// Not a test of its own: this binary run again as a server that the test below kills.
#[tokio::test]
async fn server_process() {
    if let Ok(url) = std::env::var(Process::URL) {
        App::serve_forever(&url).await;
    }
}

const CONTRACTS: usize = 100;
const KILLS: usize = 4;

/// A contract to be signed last by the broker, or to be recognised.
#[derive(Clone)]
enum Work {
    Sign { contract: String, sha256: String },
    Recognise { contract: String, etag: String, number: String },
}

async fn prepare(deal: &Deal<'_>) -> Vec<Work> {
    let parties = [&deal.cast.university, &deal.cast.enterprise, &deal.cast.broker];
    let prepared = (0..2 * CONTRACTS).map(async |n| {
        let owner = &deal.cast.university.api;
        let draft = owner.post("contracts", deal.contract_form(None)).ok().await;
        let path = format!("contracts/{}", draft.id());
        let offered = owner.act(format!("{path}/offer")).if_match(&draft).ok().await;
        let sha256 = offered.text("document_sha256").to_owned();
        let hash = json!({ "document_sha256": sha256 });
        let to_sign = n < CONTRACTS;
        for party in parties.iter().take(if to_sign { 2 } else { 3 }) {
            party.api.post(format!("{path}/sign"), hash.clone()).ok().await;
        }
        if to_sign {
            return Work::Sign { contract: draft.id().to_owned(), sha256 };
        }
        let signed = owner.get(&path).ok().await;
        let applied = owner.act(format!("{path}/recognition/apply")).if_match(&signed).ok().await;
        let number = format!("20266301{n:08}");
        Work::Recognise { contract: draft.id().to_owned(), etag: applied.etag(), number }
    });
    futures::stream::iter(prepared).buffer_unordered(8).collect().await
}

/// Does the work against a server that may die at any moment; true if it was acknowledged.
async fn attempt(base: &str, tokens: &Tokens, work: &Work) -> bool {
    let client = reqwest::Client::new();
    let request = match work {
        Work::Sign { contract, sha256 } => client
            .post(format!("{base}/api/v1/contracts/{contract}/sign"))
            .bearer_auth(&tokens.broker)
            .json(&json!({ "document_sha256": sha256 })),
        Work::Recognise { contract, etag, number } => client
            .post(format!("{base}/api/v1/contracts/{contract}/recognition/accept"))
            .bearer_auth(&tokens.registrar)
            .header("if-match", etag)
            .json(&recognition(number)),
    };
    match request.timeout(Duration::from_secs(10)).send().await {
        Ok(reply) => {
            assert_ne!(reply.status(), 500);
            reply.status().is_success()
        }
        Err(_) => false,
    }
}

struct Tokens {
    broker: String,
    registrar: String,
}

#[tokio::test]
async fn a_killed_server_loses_nothing_acknowledged_and_leaves_nothing_half_done() {
    let app = App::start_durable().await;
    let deal = Deal::listed(&app).await;
    let work = prepare(&deal).await;
    let tokens = Tokens {
        broker: app.sign_in(&deal.cast.broker.email).await.text("access_token").to_owned(),
        registrar: deal.cast.registrar.token(),
    };
    app.settle().await;

    let mut acknowledged = BTreeSet::new();
    let mut left = work.clone();
    let mut interrupted = 0;
    // Each kill comes after so many acknowledgements, with the rest of its round under way.
    for (round, kill_after) in [1, 9, 17, 4].into_iter().enumerate() {
        let mut process = Process::start(&app).await;
        let base = process.base.clone();
        let mut running: FuturesUnordered<_> = left
            .iter()
            .take(left.len() / (KILLS - round).max(1))
            .map(|work| async { (work.clone(), attempt(&base, &tokens, work).await) })
            .collect();
        let mut done = Vec::new();
        let mut killed = false;
        while let Some((work, acknowledged)) = running.next().await {
            if acknowledged {
                done.push(id(&work));
            }
            if done.len() == kill_after && !killed {
                process.kill();
                killed = true;
            }
        }
        process.kill();
        drop(running);
        settle_backends(&app).await;
        interrupted += usize::from(killed);
        acknowledged.extend(done);
        left.retain(|work| !acknowledged.contains(&id(work)));
        check(&app, &work, &acknowledged).await;
    }

    assert!(interrupted > 0, "no kill came in the middle of the work");
    let process = Process::start(&app).await;
    for item in &left {
        // What had been done without being acknowledged is refused now; the check tells.
        let mut tries = 0;
        while !attempt(&process.base, &tokens, item).await && !is_done(&app, item).await {
            tries += 1;
            assert!(tries < 20, "{} cannot be done", id(item));
        }
    }
    drop(process);
    app.settle().await;
    let all: BTreeSet<String> = work.iter().map(id).collect();
    check(&app, &work, &all).await;
    assert_eq!(app.count("outbox").await, 0);
    assert_eq!(app.count("awards WHERE status = 'computed'").await, 2 * CONTRACTS);
    assert_eq!(app.count("awards WHERE status = 'projected'").await, 2 * CONTRACTS);
}

/// Lets the database finish what the killed server had sent it, so that the checks see one state.
async fn settle_backends(app: &App) {
    let busy = "pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
                AND pid <> pg_backend_pid()";
    while app.count(busy).await > 0 {
        tokio::task::yield_now().await;
    }
}

fn id(work: &Work) -> String {
    match work {
        Work::Sign { contract, .. } | Work::Recognise { contract, .. } => contract.clone(),
    }
}

async fn is_done(app: &App, work: &Work) -> bool {
    let contract = id(work);
    let state = match work {
        Work::Sign { .. } => "status = 'signed'",
        Work::Recognise { .. } => "recognition_status = 'recognised'",
    };
    app.count(&format!("contracts WHERE id = '{contract}' AND {state}")).await == 1
}

/// Each acknowledged change is there; and each change that is there has its signature or number,
/// its audit entry and its event, exactly once.
async fn check(app: &App, work: &[Work], acknowledged: &BTreeSet<String>) {
    for item in work {
        let contract = id(item);
        // Two parties had signed before the server was ever killed.
        let (state, event, act, before) = match item {
            Work::Sign { .. } => ("status = 'signed'", "contract.signed", "sign_contract", 2),
            Work::Recognise { .. } => (
                "recognition_status = 'recognised'",
                "contract.recognised",
                "recognise_contract",
                0,
            ),
        };
        let is_done = app.count(&format!("contracts WHERE id = '{contract}' AND {state}")).await;
        if acknowledged.contains(&contract) {
            assert_eq!(is_done, 1, "{contract} was acknowledged and is lost");
        }
        let told = format!("events WHERE aggregate_id = '{contract}' AND name = '{event}'");
        assert_eq!(app.count(&told).await, is_done, "{contract}: {event}");
        let noted = format!("audit_entries WHERE object_id = '{contract}' AND act = '{act}'");
        assert_eq!(
            app.count(&noted).await,
            before + is_done,
            "{contract}: {act} in the audit trail"
        );
    }
}
