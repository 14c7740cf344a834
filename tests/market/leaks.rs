//! What somebody may not know of, tried at every operation on listings: what is not published is
//! not there, and words that are protected, or not public yet, are in no answer's bytes.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use kernel::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Form, Reply},
    app::App,
    cast::Cast,
    deal::{need_form, publish, result_form},
    sheets::{csv, import, row, with},
};

/// Stands in the protected description, in a protected file, its name and its title.
const PROTECTED: &str = "zhenmianwushi";
/// Stands in the next text of what is published.
const NEXT: &str = "xiayigaojian";
/// Stands in what is a draft, submitted or withdrawn.
const UNPUBLISHED: &str = "weifabushuju";
const WORDS: [&str; 3] = [PROTECTED, NEXT, UNPUBLISHED];
/// Nothing has this id.
const NOBODY: &str = "019a3d0c-0000-7000-8000-00000000dead";

struct Stage {
    app: App,
    cast: Cast,
    published: String,
    file: String,
    hidden: Vec<(String, String)>,
    import: String,
    need: String,
}

fn titled(word: &str) -> Value {
    let mut form = result_form();
    form["title"] = json!(format!("防冰涂层 {word}"));
    form["keywords"] = json!([word]);
    form["reference"] = json!(format!("REF-{word}-{}", form["title"].as_str().unwrap().len()));
    form
}

impl Stage {
    async fn set() -> Self {
        let app = App::start().await;
        let cast = Cast::of(&app).await;
        let owner = &cast.university.api;
        let published = publish(&cast, &cast.university, result_form()).await;
        let path = format!("listings/{}", published.id());
        let secret = json!({ "description": PROTECTED, "non_secret_declared": true });
        owner.put(format!("{path}/protected"), secret).if_match(&published).ok().await;
        let form = Form::attachment("protected", &format!("{PROTECTED}.txt"), PROTECTED);
        let file = owner.ask(Method::POST, format!("{path}/attachments")).form(form).ok().await;
        let read = owner.get(&path).ok().await;
        let next = json!({ "title": format!("防冰 {NEXT}"), "keywords": [NEXT] });
        let revised = owner.patch(&path, next).if_match(&read).ok().await;
        owner.act(format!("{path}/submit")).if_match(&revised).ok().await;

        let draft = owner.post("listings", titled(UNPUBLISHED)).ok().await;
        let form = Form::attachment("public", &format!("{UNPUBLISHED}.txt"), UNPUBLISHED);
        let own = format!("listings/{}/attachments", draft.id());
        let drafts_file = owner.ask(Method::POST, own).form(form).ok().await.id().to_owned();
        let mut hidden = vec![(draft.id().to_owned(), drafts_file)];
        for step in ["submit", "withdraw"] {
            let mut form = titled(UNPUBLISHED);
            form.as_object_mut().unwrap().remove("reference");
            let made = owner.post("listings", form).ok().await;
            owner.act(format!("listings/{}/{step}", made.id())).if_match(&made).ok().await;
            hidden.push((made.id().to_owned(), NOBODY.to_owned()));
        }
        let sheet = csv(&[with(row(UNPUBLISHED), "技术领域", UNPUBLISHED)]);
        let import = import(&app, owner, &format!("{UNPUBLISHED}.csv"), &sheet, "valid_rows").await;
        let import = import.id().to_owned();
        let need = publish(&cast, &cast.enterprise, need_form()).await.id().to_owned();
        let (published, file) = (published.id().to_owned(), file.id().to_owned());
        app.settle().await;
        Self { app, cast, published, file, hidden, import, need }
    }

    /// Who may not know: nobody, somebody who only reads, another university.
    async fn outsiders(&self) -> Vec<(&'static str, Api)> {
        let viewer = self.app.member(&self.cast.enterprise, &[Role::Viewer]).await;
        let other = self.app.register("university", "630104").await;
        let rights = [Role::OrgAdmin, Role::Editor, Role::Signatory];
        let other = self.app.member(&other, &rights).await;
        vec![("nobody", self.app.anyone.clone()), ("viewer", viewer), ("university", other)]
    }
}

/// Every operation on one listing, or on a file of it: with `{}` for the one and `{file}` for the
/// other.
fn operations() -> Vec<(Method, &'static str, Value)> {
    let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
    let nothing = || json!({});
    vec![
        (get.clone(), "listings/{}", Value::Null),
        (get.clone(), "listings/{}/history", Value::Null),
        (get.clone(), "listings/{}/duplicates", Value::Null),
        (get.clone(), "listings/{}/statistics", Value::Null),
        (get.clone(), "listings/{}/matches", Value::Null),
        (get.clone(), "listings/{}/looks", Value::Null),
        (get.clone(), "listings/{}/protected", Value::Null),
        (get.clone(), "listings/{}/attachments", Value::Null),
        (get.clone(), "listings/{}/attachments/{file}", Value::Null),
        (get, "listings/{}/attachments/{file}/content", Value::Null),
        (Method::PATCH, "listings/{}", json!({ "trl": 9 })),
        (post.clone(), "listings/{}/submit", nothing()),
        (post.clone(), "listings/{}/withdraw", nothing()),
        (post.clone(), "listings/{}/publish", nothing()),
        (post.clone(), "listings/{}/return", json!({ "reasons": ["x"] })),
        (post.clone(), "listings/{}/suspend", json!({ "reason": "x" })),
        (post.clone(), "listings/{}/renew", nothing()),
        (post.clone(), "listings/{}/review/take", nothing()),
        (post.clone(), "listings/{}/review/release", nothing()),
        (post, "listings/{}/disclosures", json!({ "purpose": "x" })),
        (put.clone(), "listings/{}/follow", nothing()),
        (put, "listings/{}/protected", json!({ "description": "x", "non_secret_declared": true })),
        (Method::DELETE, "listings/{}/follow", Value::Null),
        (Method::DELETE, "listings/{}/revision", Value::Null),
        (Method::DELETE, "listings/{}/attachments/{file}", Value::Null),
    ]
}

async fn tried(api: &Api, method: &Method, path: &str, body: &Value) -> Reply {
    let ask = api.ask(method.clone(), path).header("if-match", "\"v1\"");
    if body.is_null() { ask.send().await } else { ask.json(body.clone()).send().await }
}

#[tokio::test]
async fn what_is_not_published_is_answered_exactly_as_what_is_not_there() {
    let stage = Stage::set().await;
    for (name, who) in stage.outsiders().await {
        for (method, template, body) in operations() {
            let nowhere = template.replace("{}", NOBODY).replace("{file}", NOBODY);
            let wanted = tried(&who, &method, &nowhere, &body).await;
            let answer = |reply: &Reply| (reply.status.as_u16(), reply.text("code").to_owned());
            let (status, code) = answer(&wanted);
            let known = [(401, "unauthenticated"), (404, "not_found")];
            assert!(
                known.contains(&(status, &code)),
                "{name} {method} {template}: {status} {code}"
            );
            for (hidden, file) in &stage.hidden {
                let path = template.replace("{}", hidden).replace("{file}", file);
                let found = tried(&who, &method, &path, &body).await;
                assert_eq!(answer(&found), (status, code.clone()), "{name} {method} {path}");
            }
        }
        let form = Form::attachment("public", "a.txt", "a");
        let (hidden, _) = &stage.hidden[0];
        let add = who.ask(Method::POST, format!("listings/{hidden}/attachments")).form(form);
        assert!([401, 404].contains(&add.send().await.status.as_u16()), "{name}");
        for path in ["", "/corrections.xlsx"] {
            let path = format!("listing-imports/{}{path}", stage.import);
            let status = who.get(&path).send().await.status.as_u16();
            assert!([401, 404].contains(&status), "{name} {path}: {status}");
        }
        let cancel = who.act(format!("listing-imports/{}/cancel", stage.import));
        let cancel = cancel.header("if-match", "\"v3\"").send().await;
        assert!([401, 404].contains(&cancel.status.as_u16()), "{name}: {:#}", cancel.body);
    }
}

/// Everything that lists, finds, counts, suggests, exports or tells something of listings.
fn readings(stage: &Stage) -> Vec<String> {
    let Stage { published, file, need, .. } = stage;
    let owner = &stage.cast.university.id;
    let mut paths: Vec<String> = [
        "listings",
        "listings?facets=true&count=true",
        "listings?sort=newest",
        "listings?status=reserved",
        "listings/changes",
        "listings/export?format=csv",
        "listings/export?format=jsonl",
        "listings/export?format=xlsx",
        "listings/by-reference/REF-1",
        "listing-imports",
        "saved-searches",
        "me/followed-listings",
        "disclosures",
        "introductions",
        "/sitemap.xml",
    ]
    .map(str::to_owned)
    .to_vec();
    for word in WORDS {
        paths.push(format!("listings?q={word}&facets=true&count=true"));
        paths.push(format!("listings?q=防冰 {word}"));
        paths.push(format!("listings/suggestions?q={}", &word[..6]));
        paths.push(format!("listings/export?format=jsonl&q={word}"));
    }
    paths.push(format!("listings?organisation={owner}&facets=true"));
    paths.push(format!("organisations/{owner}"));
    paths.push(format!("/sitemaps/listings-{published}.xml"));
    for path in ["", "/attachments", "/matches", "/history", "/duplicates", "/statistics", "/looks"]
    {
        paths.push(format!("listings/{published}{path}"));
    }
    paths.push(format!("listings/{published}/protected"));
    paths.push(format!("listings/{published}/attachments/{file}"));
    paths.push(format!("listings/{published}/attachments/{file}/content"));
    paths.push(format!("listings/{need}/matches"));
    paths
}

/// What a workbook says, behind its compression.
fn words_of(reply: &Reply) -> String {
    if !reply.bytes.starts_with(b"PK") {
        return reply.raw.clone();
    }
    let mut workbook = Xlsx::new(Cursor::new(reply.bytes.clone())).unwrap();
    let sheets = workbook.worksheets();
    sheets.iter().flat_map(|(_, range)| range.rows()).flatten().map(|it| it.to_string()).collect()
}

#[tokio::test]
async fn what_is_not_public_is_in_no_answers_bytes() {
    let stage = Stage::set().await;
    for (name, who) in stage.outsiders().await {
        for path in readings(&stage) {
            let reply = who.get(&path).send().await;
            // What was asked for comes back as the problem's own address, and nowhere else.
            let said = words_of(&reply);
            for word in WORDS {
                assert!(!said.contains(word), "{name} {path} tells {word}: {said}");
            }
        }
        for word in WORDS {
            let found = who.get(format!("listings?q={word}&facets=true&count=true")).ok().await;
            assert_eq!(
                (found.items().len(), &found.body["total"]),
                (0, &json!(0)),
                "{name} {word}"
            );
            let counted = found.body["facets"].as_object().unwrap().values();
            let counted = counted.filter_map(Value::as_array).map(Vec::len).sum::<usize>();
            assert_eq!(counted, 0, "{name} {word}: {:#}", found.body["facets"]);
        }
        let proposal = json!({ "title": "防冰涂层", "abstract": "覆冰附着力下降八成,耐低温。" });
        let proposed = who.post("listing-proposals", proposal).send().await;
        assert!(WORDS.iter().all(|word| !proposed.raw.contains(word)), "{name}: {}", proposed.raw);
    }
    for table in ["events", "match_documents", "saved_search_hits"] {
        let told = WORDS.map(|word| format!("t::text LIKE '%{word}%'")).join(" OR ");
        let told = stage.app.count(&format!("{table} AS t WHERE {told}")).await;
        assert_eq!(told, 0, "{table}");
    }
    // Whose it is, finds it: the words are there to be found.
    let own = format!("listings?organisation={}&q={UNPUBLISHED}", stage.cast.university.id);
    assert!(!stage.cast.university.api.get(own).ok().await.items().is_empty());
    let protected = format!("listings/{}/protected", stage.published);
    assert!(stage.cast.university.api.get(protected).ok().await.raw.contains(PROTECTED));
}
