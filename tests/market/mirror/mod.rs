//! An office and the market, each changed at random, come to say the same, though the server and
//! the mirror program die in between.
//!
//! The mirror is [`follower`], or the program that `MARKET_TEST_MIRROR` names: `script/mirror`
//! builds the one of `examples/mirror` and runs this test with it.

mod follower;
mod world;

use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

use serde_json::json;

use self::{
    follower::Follower,
    world::{World, read, write},
};
use crate::support::{
    app::{App, Process},
    cast::{Cast, PASSWORD},
    deal::result_form,
};

/// How many changes the two sides make.
const CHANGES: usize = 1000;
/// Before which of them the server is killed, and before which it is started again.
const KILLED: [usize; 2] = [300, 700];
const STARTED: [usize; 2] = [330, 730];
/// Before which of them the mirror is killed and started again.
const MIRROR_KILLED: usize = 500;
/// How long the two may take to come to say the same.
const PATIENCE: Duration = Duration::from_secs(180);

/// A mirror at work.
enum Mirror {
    Here(tokio::task::JoinHandle<()>),
    Program(Child),
}

impl Mirror {
    fn start(world: &World<'_>, base: &str) -> Self {
        let Some(program) = std::env::var_os("MARKET_TEST_MIRROR") else {
            let token = world.cast.university.api.token();
            let follower = Follower::new(base, &token, world.folder.path());
            return Self::Here(tokio::spawn(follower.follow()));
        };
        let program = Command::new("node")
            .arg(program)
            .arg(base)
            .arg(world.folder.path())
            .env("MARKET_EMAIL", &world.cast.university.email)
            .env("MARKET_PASSWORD", PASSWORD)
            .spawn();
        Self::Program(program.expect("node"))
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        match self {
            Self::Here(task) => task.abort(),
            Self::Program(child) => {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

/// Waits until the two say the same.
async fn agreed(world: &World<'_>) {
    let began = Instant::now();
    while let Some(difference) = world.difference().await {
        assert!(began.elapsed() < PATIENCE, "seed {}: {difference}", world.seed);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_and_the_market_come_to_say_the_same() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut world = World::new(&app, cast);
    let mut process = Process::start(&app).await;
    let mut mirror = Mirror::start(&world, &process.base);
    for change in 0..CHANGES {
        if KILLED.contains(&change) {
            process.kill();
        }
        if STARTED.contains(&change) {
            process.restart(&app).await;
        }
        if change == MIRROR_KILLED {
            drop(mirror);
            mirror = Mirror::start(&world, &process.base);
        }
        world.change().await;
    }
    agreed(&world).await;
    drop(mirror);
    let (office, market, steps) = world.made;
    let listings = app.count("listings").await;
    println!(
        "{office} changes by the office, {market} on the market in {listings} listings: {steps:?}"
    );
    assert!(office > 300 && market > 300 && listings > 100);
    for step in ["traded", "returned", "published", "withdrawn"] {
        assert!(steps.contains_key(step), "seed {}: none was {step}", world.seed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_market_says_whose_database_was_set_back_stands_again() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let world = World::new(&app, cast);
    let process = Process::start(&app).await;
    let _mirror = Mirror::start(&world, &process.base);
    let file = world.path("OFFICE-1");
    for title in ["防冰涂层", "防冰涂层二代", "防冰涂层三代"] {
        let mut words = result_form();
        words["title"] = json!(title);
        write(&file, &json!({ "listing": words }));
        agreed(&world).await;
    }
    app.execute("UPDATE listings SET version = 2, title = '防冰涂层二代'").await;
    agreed(&world).await;
    assert_eq!(read(&file).unwrap()["listing"]["title"], "防冰涂层二代");
}
