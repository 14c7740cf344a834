//! The rules of ARCHITECTURE.md, checked on the code as it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

type Graph = BTreeMap<String, BTreeSet<String>>;

const DOMAINS: [&str; 5] = ["parties", "listing", "matching", "contracts", "subsidies"];
const GROUND: [&str; 5] = ["kernel", "events", "schema", "store", "web"];

/// What each crate may depend on, of ours.
fn allowed(name: &str) -> Vec<&'static str> {
    match name {
        "kernel" | "schema" | "benches" => vec![],
        "events" => vec!["kernel"],
        "store" => vec!["kernel", "events", "schema"],
        "web" => vec!["kernel", "store"],
        domain if DOMAINS.contains(&domain) => GROUND.to_vec(),
        // The binary, and the tests that drive it, may name everything.
        "server" | "tests" => GROUND.iter().chain(&DOMAINS).copied().chain(["server"]).collect(),
        other => panic!("crate {other} has no place in the architecture yet: give it one here"),
    }
}

fn forbidden(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (name, dependencies) in graph {
        let allowed = allowed(name);
        for dependency in dependencies {
            if !allowed.contains(&dependency.as_str()) {
                found.push(format!("{name} → {dependency}"));
            }
        }
    }
    found
}

#[test]
fn no_crate_depends_on_one_that_it_may_not_know() {
    let found = forbidden(&graph());
    assert!(found.is_empty(), "forbidden: {found:?}; see ARCHITECTURE.md");
}

#[test]
fn a_forbidden_arrow_would_be_found() {
    let mut graph = graph();
    graph.entry("listing".to_owned()).or_default().insert("contracts".to_owned());
    graph.entry("kernel".to_owned()).or_default().insert("store".to_owned());
    assert_eq!(forbidden(&graph), ["kernel → store", "listing → contracts"]);
}

#[test]
fn the_picture_in_architecture_md_is_true() {
    let drawn = draw(&graph());
    let text = read("ARCHITECTURE.md");
    let (begin, end) = ("<!-- crates:begin -->\n", "<!-- crates:end -->");
    let from = text.find(begin).expect("the beginning of the picture") + begin.len();
    let to = text.find(end).expect("the end of the picture");
    let shown = &text[from..to];
    assert!(shown == drawn, "ARCHITECTURE.md should show, between its marks:\n{drawn}");
}

#[test]
fn a_domain_touches_only_the_tables_that_it_owns() {
    let owners = owners();
    assert!(owners.len() > 10, "owners are read from the migrations: {owners:?}");
    let mut found = Vec::new();
    for domain in DOMAINS {
        for file in sources(&root().join("crates").join(domain).join("src")) {
            let text = std::fs::read_to_string(&file).expect("a source file");
            for other in text.split("schema::").skip(1) {
                let module: String =
                    other.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if DOMAINS.contains(&module.as_str()) && module != domain {
                    found.push(format!("{} uses schema::{module}", file.display()));
                }
            }
            for table in tables_in_sql(&text) {
                if owners.get(&table).is_some_and(|owner| owner != domain) {
                    found.push(format!("{} names {table} in SQL", file.display()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let long: Vec<String> = sources(&root().join("crates"))
        .into_iter()
        .chain(sources(&root().join("tests")))
        .map(|file| (std::fs::read_to_string(&file).map_or(0, |t| t.lines().count()), file))
        .filter(|(lines, _)| *lines > 500)
        .map(|(lines, file)| format!("{}: {lines}", file.display()))
        .collect();
    assert!(long.is_empty(), "split by subject: {long:#?}");
}

#[test]
fn pure_rooms_do_no_io() {
    let mut pure = sources(&root().join("crates/events/src"));
    for domain in DOMAINS {
        pure.extend(sources(&root().join("crates").join(domain).join("src/model")));
    }
    assert!(pure.len() > 10);
    // Words of a domain are spelled for columns beside their type (docs/decisions/0006), no more.
    let banned = [
        "diesel_async",
        "RunQueryDsl",
        "use schema",
        "actix_web",
        "tokio",
        "std::fs",
        "rand::",
        "store::",
    ];
    let mut found = Vec::new();
    for file in pure {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap_or("");
            let uses = |word: &&&str| {
                line.match_indices(**word).any(|(at, _)| {
                    at == 0 || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            };
            if let Some(word) = banned.iter().find(uses) {
                found.push(format!("{}:{}: {word}", file.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

/// Who depends on whom among our crates, dependencies of tests aside.
fn graph() -> Graph {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    packages
        .iter()
        .map(|package| {
            let own = package["dependencies"].as_array().expect("dependencies");
            let own = own.iter().filter(|d| d["path"].is_string() && d["kind"].is_null());
            (text(&package["name"]), own.map(|d| text(&d["name"])).collect())
        })
        .collect()
}

fn draw(graph: &Graph) -> String {
    let mut drawn = String::from("```mermaid\ngraph BT\n");
    for (name, dependencies) in graph.iter().filter(|(name, _)| *name != "benches") {
        for dependency in dependencies {
            drawn.push_str(&format!("    {name} --> {dependency}\n"));
        }
    }
    drawn.push_str("```\n");
    drawn
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Each table's owner, from the line above its creation: `-- owner: listing`.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("migrations")).expect("migrations") {
        let up = entry.expect("a migration").path().join("up.sql");
        let mut owner = None;
        for line in std::fs::read_to_string(up).expect("up.sql").lines() {
            if let Some(name) = line.trim().strip_prefix("-- owner:") {
                owner = Some(name.trim().to_owned());
            } else if let Some(rest) = line.trim().strip_prefix("CREATE TABLE ") {
                let table = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                let table = table.expect("a table's name").to_owned();
                let owner = owner.take().unwrap_or_else(|| panic!("{table} names no owner"));
                owners.insert(table, owner);
            }
        }
    }
    owners
}

/// The words after FROM, JOIN, INTO and UPDATE, which name tables in SQL.
fn tables_in_sql(text: &str) -> Vec<String> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    words
        .windows(2)
        .filter(|pair| matches!(pair[0], "FROM" | "JOIN" | "INTO" | "UPDATE"))
        .map(|pair| pair[1].to_owned())
        .collect()
}
