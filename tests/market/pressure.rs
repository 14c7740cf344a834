//! What is refused for now: too much at once, too slow, or the database is away. Each says so with
//! its own code, and works again afterwards.

use std::time::Duration;

use kernel::Role;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    time::{sleep, timeout},
};
use web::{BodyRoom, Gate, Gates};

use crate::support::{api::Reply, app::App, cast::PASSWORD, cluster, deal::result_form};

fn says_when_to_try_again(reply: &Reply) {
    let seconds = reply.headers["retry-after"].to_str().unwrap();
    assert!(seconds.parse::<u32>().is_ok_and(|seconds| seconds >= 1), "{seconds}");
}

#[tokio::test]
async fn more_than_can_be_served_at_once_is_turned_away() {
    let one = || Gate::new(1, 0, Duration::ZERO);
    let gates = Gates {
        arrivals: one(),
        reads: one(),
        writes: one(),
        uploads: one(),
        logins: one(),
        calculations: one(),
        exports: one(),
        workbooks: Gate::new(1, 1, Duration::from_secs(60)),
    };
    let app = App::start_with(|settings| settings.gates = gates.clone()).await;
    let editor = app.staff(&[Role::Operator]).await;

    let reading = gates.reads.enter().await.unwrap();
    let busy = app.anyone.get("listings").refused(503, "overloaded").await;
    says_when_to_try_again(&busy);
    app.anyone.get("/healthz").ok().await;
    drop(reading);
    app.anyone.get("listings").ok().await;

    let writing = gates.writes.enter().await.unwrap();
    let busy = editor.post("listings", result_form()).refused(503, "overloaded").await;
    says_when_to_try_again(&busy);
    app.anyone.get("listings").ok().await;
    drop(writing);

    let taking = gates.exports.enter().await.unwrap();
    let busy = app.anyone.get("listings/export?format=csv").refused(503, "overloaded").await;
    says_when_to_try_again(&busy);
    drop(taking);
    let written = gates.workbooks.enter().await.unwrap();
    app.anyone.get("listings/export?format=csv").ok().await;
    let waits = app.anyone.get("listings/export?format=xlsx").send();
    assert!(timeout(Duration::from_millis(500), waits).await.is_err(), "two at once");
    drop(written);
    // Who has hung up gives its place back when that is noticed.
    while app.anyone.get("listings/export?format=xlsx").send().await.status != 200 {
        sleep(Duration::from_millis(20)).await;
    }

    let arrived = gates.arrivals.enter().await.unwrap();
    for path in ["listings", "problems", "/openapi.json"] {
        let busy = app.anyone.get(path).send().await;
        assert_eq!((busy.status.as_u16(), busy.text("code")), (503, "overloaded"), "{path}");
        says_when_to_try_again(&busy);
    }
    for path in ["/healthz", "/readyz"] {
        app.anyone.get(path).ok().await;
    }
    drop(arrived);
    app.anyone.get("listings").ok().await;
    assert_eq!(app.count("listings").await, 0);
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off() {
    let deadline = Duration::from_millis(300);
    let app = App::start_with(|settings| settings.request_deadline = deadline).await;
    let mut other = cluster::connect(&app.url).await;
    let held = other.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE listings IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let late = app.anyone.get("listings").refused(503, "timed_out").await;
    says_when_to_try_again(&late);
    held.rollback().await.unwrap();
    app.anyone.get("listings").ok().await;
}

#[tokio::test]
async fn a_body_that_dribbles_in_is_refused() {
    let deadline = Duration::from_millis(200);
    let app = App::start_with(|settings| settings.body_deadline = deadline).await;
    let mut stream = TcpStream::connect(app.anyone.address()).await.unwrap();
    let head = "POST /api/v1/sessions HTTP/1.1\r\nHost: market\r\nAccept-Language: en\r\n\
                Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let answered = async {
        while !String::from_utf8_lossy(&answer).contains("trace_id") {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "hung up");
        }
    };
    timeout(Duration::from_secs(5), answered).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("\"code\":\"body_too_slow\""), "{answer}");
}

#[tokio::test]
async fn bodies_take_no_more_memory_than_there_is_for_them() {
    let room = BodyRoom::of_pieces(1);
    let app = App::start_with(|settings| settings.body_room = room.clone()).await;
    let calculation = json!({ "policy": "none" });
    let calculate = || app.anyone.post("subsidy-calculations", calculation.clone()).send();
    assert_eq!(calculate().await.status, 422);
    let mut stream = TcpStream::connect(app.anyone.address()).await.unwrap();
    let head = "POST /api/v1/subsidy-calculations HTTP/1.1\r\nHost: market\r\n\
                Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let turned_away = async {
        loop {
            let busy = calculate().await;
            if busy.status == 503 {
                return busy;
            }
        }
    };
    let busy = timeout(Duration::from_secs(5), turned_away).await.unwrap();
    assert_eq!(busy.text("code"), "overloaded");
    says_when_to_try_again(&busy);
    app.anyone.get("listings").ok().await;

    drop(stream);
    let served = async { while calculate().await.status == 503 {} };
    timeout(Duration::from_secs(5), served).await.unwrap();
}

#[tokio::test]
async fn while_the_database_is_away_nothing_breaks_and_then_all_works_again() {
    let app = App::start().await;
    let operator = app.staff(&[Role::Operator]).await;
    app.anyone.get("listings").ok().await;

    app.let_into_database(false).await;
    let away = app.anyone.get("listings").refused(503, "unavailable").await;
    says_when_to_try_again(&away);
    let away = operator.post("listings", result_form()).refused(503, "unavailable").await;
    says_when_to_try_again(&away);
    let ready = app.anyone.get("/readyz").send().await;
    assert_eq!((ready.status.as_u16(), &ready.body["database"]), (503, &json!(false)));
    app.anyone.get("/healthz").ok().await;

    app.let_into_database(true).await;
    app.anyone.get("/readyz").ok().await;
    app.anyone.get("listings").ok().await;
}

#[tokio::test]
async fn more_logins_than_can_be_checked_are_asked_to_come_back() {
    let app = App::start().await;
    // Threads that do not get round to checking passwords: every place is taken, until as many
    // wait as may.
    let stuck = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(1)
        .enable_time()
        .build()
        .unwrap();
    let (_held, holds) = std::sync::mpsc::channel::<()>();
    stuck.spawn_blocking(move || holds.recv());
    let mut logins = Vec::new();
    while !logins.iter().any(tokio::task::JoinHandle::is_finished) {
        for _ in 0..32 {
            let hasher = app.hasher();
            let password = serde_json::from_value(json!(PASSWORD)).unwrap();
            logins.push(stuck.spawn(async move { hasher.hash(password).await.map(drop) }));
        }
        sleep(Duration::from_millis(5)).await;
    }
    let form = json!({ "email": "somebody@example.cn", "password": PASSWORD });
    let busy = app.anyone.post("sessions", form).send().await;
    stuck.shutdown_background();
    assert_eq!((busy.status.as_u16(), busy.text("code")), (503, "login_busy"));
    says_when_to_try_again(&busy);
}
