//! Organisations present themselves to everybody, and search engines find what is public.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    api::{Ask, Reply},
    app::App,
    cast::{Cast, Org, suspend},
    deal::{need_form, publish, result_form},
};

fn form(short_name: &str) -> Value {
    json!({
        "short_name": short_name, "about": "盐湖化工与高原农牧成果转化</script>",
        "website": "https://www.qhu.edu.cn", "domains": ["salt_lake_chemistry"],
        "office": { "name": "技术转移中心", "phone": "0971-5310000" }
    })
}

async fn read(org: &Org) -> Reply {
    org.api.get(format!("organisations/{}", org.id)).ok().await
}

fn put<'a>(org: &'a Org, form: Value) -> Ask<'a> {
    org.api.ask(Method::PUT, format!("organisations/{}/showcase", org.id)).json(form)
}

async fn page(app: &App, path: &str) -> String {
    let page = app.anyone.get(format!("/{path}")).ok().await;
    assert_eq!(page.headers["content-type"], "application/xml");
    page.raw
}

#[tokio::test]
async fn an_organisation_presents_itself_with_what_it_offers() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let owner = &cast.university;
    publish(&cast, owner, result_form()).await;
    let gone = publish(&cast, owner, result_form()).await;
    owner.api.act(format!("listings/{}/withdraw", gone.id())).if_match(&gone).ok().await;
    owner.api.post("listings", result_form()).ok().await;
    publish(&cast, &cast.enterprise, need_form()).await;
    let written = put(owner, form("qhu")).if_match(&read(owner).await).ok().await;
    assert_eq!(written.body["version"], read(owner).await.body["version"]);

    let page = app.anyone.get("showcases/qhu").ok().await;
    assert_eq!(page.body["organisation"]["id"], json!(owner.id));
    assert_eq!(page.body["presented"]["website"], "https://www.qhu.edu.cn/");
    assert_eq!(page.body["listings"]["total"], 1);
    let kinds = json!([{ "value": "result", "count": 1 }]);
    assert_eq!((&page.body["listings"]["kinds"], &page.body["traded"]), (&kinds, &json!(0)));
    let data = &page.body["structured_data"];
    assert_eq!(data["@type"], "CollegeOrUniversity");
    assert_eq!(data["url"], "https://market.example/showcases/qhu");
    assert_eq!(data["contactPoint"]["telephone"], "0971-5310000");
    assert_eq!(data["description"], "盐湖化工与高原农牧成果转化＜/script＞");
    // Whom to call about the organisation is a person, and not told.
    assert!(!page.raw.contains("13900000000"), "{}", page.body);
    assert_eq!(page.headers["cache-control"], "public, max-age=60");
    let again = app.anyone.get("showcases/qhu").header("if-none-match", page.etag());
    assert_eq!(again.send().await.status, 304);
}

#[tokio::test]
async fn a_short_name_is_one_organisation_s() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let (one, other) = (&cast.university, &cast.enterprise);
    put(one, form("qhu")).if_match(&read(one).await).ok().await;
    let taken = put(other, form("qhu")).if_match(&read(other).await);
    taken.refused(409, "short_name_taken").await;
    let renamed = put(one, form("qinghai-university")).if_match(&read(one).await).ok().await;
    app.anyone.get("showcases/qhu").refused(404, "not_found").await;
    put(other, form("qhu")).if_match(&read(other).await).ok().await;

    let path = format!("organisations/{}/showcase", one.id);
    let remove = |on: &Reply| one.api.ask(Method::DELETE, path.clone()).if_match(on);
    remove(&read(other).await).refused(412, "stale").await;
    assert_eq!(remove(&renamed).send().await.status, 204);
    app.anyone.get("showcases/qinghai-university").refused(404, "not_found").await;
    remove(&read(one).await).refused(404, "not_found").await;
    let acts = format!(
        "audit_entries WHERE act IN ('put_showcase', 'remove_showcase') \
                        AND object_id = '{}'",
        one.id
    );
    assert_eq!(app.count(&acts).await, 3);
}

#[tokio::test]
async fn of_two_at_once_one_gets_the_short_name() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let (one, other) = (&cast.university, &cast.enterprise);
    let (here, there) = (read(one).await, read(other).await);
    let (here, there) = tokio::join!(
        put(one, form("qhu")).if_match(&here).send(),
        put(other, form("qhu")).if_match(&there).send(),
    );
    let mut statuses = [here.status.as_u16(), there.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn who_is_not_verified_is_not_shown() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let newcomer = app.register("institute", "630121").await;
    let early = put(&newcomer, form("newcomer")).if_match(&read(&newcomer).await);
    early.refused(409, "invalid_state").await;
    app.anyone.get("showcases/newcomer").refused(404, "not_found").await;

    put(&cast.university, form("qhu")).if_match(&read(&cast.university).await).ok().await;
    let own = format!("organisations/{}/showcase", cast.university.id);
    assert_eq!(cast.university.api.get(&own).ok().await.text("short_name"), "qhu");
    cast.stranger.api.get(&own).refused(403, "forbidden").await;
    app.anyone.get(&own).refused(401, "unauthenticated").await;
    let stranger = cast.stranger.api.ask(Method::PUT, own.clone()).json(form("stolen"));
    stranger.if_match(&read(&cast.university).await).refused(403, "forbidden").await;
    suspend(&cast.operator, &cast.university).await;
    app.anyone.get("showcases/qhu").refused(404, "not_found").await;
    cast.operator.get(&own).ok().await;
}

#[tokio::test]
async fn what_is_wrong_with_it_is_said() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let org = &cast.university;
    let seen = read(org).await;
    for (field, value, pointer, code) in [
        ("short_name", json!("青海大学"), "/short_name", "short_name_malformed"),
        ("website", json!("javascript:alert(1)"), "/website", "website_malformed"),
        ("domains", json!(["new_materials_x"]), "/domains/0", "unknown_value"),
        ("domains", json!(["big_data", "big_data"]), "/domains/1", "duplicate"),
        ("office", json!({}), "/office/name", "required"),
    ] {
        let mut wrong = form("qhu");
        wrong[field] = value;
        put(org, wrong).if_match(&seen).faulty(422, pointer, code).await;
    }
    put(org, form("qhu")).refused(428, "version_required").await;
    assert_eq!(read(org).await.body["version"], seen.body["version"]);
}

#[tokio::test]
async fn search_engines_find_what_is_public_and_nothing_else() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let published = publish(&cast, &cast.university, result_form()).await;
    let draft = cast.university.api.post("listings", result_form()).ok().await;
    put(&cast.university, form("qhu")).if_match(&read(&cast.university).await).ok().await;
    let map = page(&app, "sitemap.xml").await;
    let part = format!("sitemaps/listings-{}.xml", published.id());
    assert!(map.contains(&format!("<loc>https://market.example/{part}</loc>")), "{map}");
    let listings = page(&app, &part).await;
    let address = format!("<loc>https://market.example/listings/{}</loc>", published.id());
    assert!(listings.contains(&address), "{listings}");
    assert!(!listings.contains(draft.id()), "{listings}");
    let showcases = page(&app, "sitemaps/showcases.xml").await;
    assert!(showcases.contains("https://market.example/showcases/qhu"), "{showcases}");
    // What stands behind the last listing is on no part.
    let behind = "listings-ffffffff-ffff-7fff-8fff-ffffffffffff";
    for none in ["listings-2", "listings-0", "listings-", behind, "x"] {
        app.anyone.get(format!("/sitemaps/{none}.xml")).refused(404, "not_found").await;
    }
}
