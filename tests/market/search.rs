//! Searching: everything public is found by its words, and nothing else by any way.

use std::sync::Arc;

use listing::SearchIndex;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Reply},
    app::App,
    cast::Cast,
    deal::{need_form, publish, result_form},
};

async fn found(api: &Api, query: &str) -> Reply {
    api.get(format!("listings?count=true&facets=true&{query}")).ok().await
}

async fn titles(api: &Api, query: &str) -> Vec<String> {
    let reply = api.get(format!("listings?{query}")).ok().await;
    reply.items().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn suggested(api: &Api, typed: &str) -> Vec<String> {
    let reply = api.get(format!("listings/suggestions?q={typed}")).ok().await;
    reply.items().iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect()
}

fn titled(title: &str) -> Value {
    let mut form = result_form();
    form["title"] = json!(title);
    form
}

#[tokio::test]
async fn a_listing_is_found_however_its_words_are_written() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut form = titled("LiFePO4 正极材料与鋰回收");
    form["abstract"] = json!("适用于 Wind Turbine 储能。");
    form["ipc"] = json!(["C01D 15/08"]);
    let made = publish(&cast, &cast.university, form).await;
    let number = made.text("number").to_owned();
    for (query, hits) in [
        ("正极", 1),
        ("極材", 1),
        ("锂", 1),
        ("鋰回收", 1),
        ("ｌｉｆｅｐｏ４", 1),
        ("lifepo", 0),
        ("回收 正极", 1),
        ("“正极材料”", 1),
        ("“材料正极”", 0),
        ("\"wind turbine\"", 1),
        ("\"turbine wind\"", 0),
        ("示例单位", 1),
        ("shilidanwei", 1),
        ("danwei 正极", 1),
        ("sldw", 1),
        ("c01d", 1),
        ("有色合金", 1),
        (number.as_str(), 1),
        ("13900000000", 0),
        ("马兰", 0),
    ] {
        let reply = found(&app.anyone, &format!("q={query}")).await;
        assert_eq!((reply.items().len(), &reply.body["total"]), (hits, &json!(hits)), "{query}");
    }
    app.anyone.get("listings?q=。").faulty(422, "?q", "no_words").await;
    app.anyone.get("listings?sort=relevance").faulty(422, "?sort", "text_required").await;
}

#[tokio::test]
async fn hits_are_shown_in_parts_and_only_in_what_is_public() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut form = titled("<b>防冰</b>塗層");
    form["description"] = json!("冷僻词");
    form["advantages"] = json!("罕见优势");
    publish(&cast, &cast.university, form).await;
    let reply = found(&app.anyone, "q=防冰 涂层").await;
    let shown = &reply.items()[0]["highlights"]["title"];
    let parts: Vec<(&str, bool)> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["text"].as_str().unwrap(), part["hit"].as_bool().unwrap()))
        .collect();
    assert_eq!(parts, [("<b>", false), ("防冰", true), ("</b>", false), ("塗層", true)]);
    assert_eq!(found(&app.anyone, "q=罕见优势").await.items().len(), 1);
    let reply = found(&app.anyone, "q=冷僻词").await;
    assert_eq!(reply.items()[0]["highlights"], json!({}), "the description is not shown in a list");
    assert!(found(&app.anyone, "").await.items()[0].get("highlights").is_none());
}

#[tokio::test]
async fn each_count_of_a_facet_is_the_length_of_the_list_that_it_leads_to() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut other = titled("防冰涂层之二");
    other["domain"] = json!("big_data");
    other["trl"] = json!(3);
    other["price"] = json!({ "mode": "fixed", "amount_fen": 500 });
    other["transfer_modes"] = json!(["assignment"]);
    publish(&cast, &cast.university, result_form()).await;
    publish(&cast, &cast.stranger, other).await;
    publish(&cast, &cast.enterprise, need_form()).await;
    cast.university.api.post("listings", titled("防冰草稿")).ok().await;
    for asked in ["", "q=防冰", "q=防冰&domain=big_data", "kind=result&trl_min=4", "price_max=500"]
    {
        let facets = found(&app.anyone, asked).await.body["facets"].clone();
        for (facet, parameter) in [
            ("kind", "kind"),
            ("domain", "domain"),
            ("region", "region"),
            ("transfer_mode", "transfer_mode"),
            ("organisation", "organisation"),
        ] {
            for counted in facets[facet].as_array().unwrap() {
                let value = counted.get("value").unwrap_or(&counted["id"]).as_str().unwrap();
                let kept: Vec<&str> = asked
                    .split('&')
                    .filter(|part| !part.is_empty() && !part.starts_with(&format!("{parameter}=")))
                    .collect();
                let query = format!("{}&{parameter}={value}", kept.join("&"));
                let listed = found(&app.anyone, query.trim_start_matches('&')).await;
                assert_eq!(listed.body["total"], counted["count"], "{asked}: {facet} {value}");
                assert_eq!(json!(listed.items().len()), counted["count"], "{asked}: {facet}");
            }
        }
    }
    let facets = found(&app.anyone, "q=防冰").await.body["facets"].clone();
    assert_eq!(facets["trl"], json!([{ "value": 3, "count": 1 }, { "value": 6, "count": 1 }]));
    assert_eq!(facets["price_mode"].as_array().unwrap().len(), 2);
    assert_eq!(facets["organisation"].as_array().unwrap().len(), 3);
    let owner = &facets["organisation"][0];
    assert!(owner["name"].as_str().unwrap().starts_with("示例单位"), "{owner}");
    let own = format!("listings?facets=true&organisation={}", cast.university.id);
    cast.university.api.get(own).faulty(422, "?facets", "only_published").await;
}

#[tokio::test]
async fn what_is_withdrawn_is_gone_at_once_on_every_server() {
    let app = App::start().await;
    let other = app.beside(|_| ()).await;
    let cast = Cast::of(&app).await;
    for round in 0..5 {
        let made = publish(&cast, &cast.university, titled(&format!("昙花一现{round}"))).await;
        for server in [&app.anyone, &other.anyone] {
            assert_eq!(found(server, "q=昙花一现").await.body["total"], json!(1));
            assert_eq!(suggested(server, "昙花").await.len(), 1);
        }
        let path = format!("listings/{}/withdraw", made.id());
        cast.university.api.act(path).if_match(&made).ok().await;
        for server in [&app.anyone, &other.anyone] {
            let reply = found(server, "q=昙花一现").await;
            assert_eq!((reply.items().len(), &reply.body["total"]), (0, &json!(0)));
            assert_eq!(reply.body["facets"]["kind"], json!([]));
            assert_eq!(found(server, "").await.body["facets"]["kind"], json!([]));
            assert!(suggested(server, "昙花").await.is_empty());
        }
    }
}

#[tokio::test]
async fn what_a_stranger_may_not_know_of_appears_in_nothing_that_they_see() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut secret = titled("秘而不宣之法");
    secret["keywords"] = json!(["秘而不宣"]);
    secret["reference"] = json!("QHU-SECRET-1");
    let draft = cast.university.api.post("listings", secret).ok().await;
    let mut public = titled("公开之法");
    public["reference"] = json!("QHU-SECRET-2");
    public["contact"] = json!({ "name": "格桑花", "phone": "13911112222" });
    publish(&cast, &cast.university, public).await;
    for stranger in [&app.anyone, &cast.stranger.api, &cast.broker.api] {
        for query in
            ["q=秘而不宣", "q=SECRET", "q=格桑花", "q=13911112222", "q=秘而不宣&status=draft"]
        {
            let reply = stranger.get(format!("listings?count=true&{query}")).ok().await;
            assert_eq!((reply.items().len(), &reply.body["total"]), (0, &json!(0)), "{query}");
        }
        let reply = found(stranger, "").await;
        assert_eq!(reply.body["facets"]["kind"], json!([{ "value": "result", "count": 1 }]));
        for typed in ["秘而", "SECRET", "格桑"] {
            assert!(suggested(stranger, typed).await.is_empty(), "{typed}");
        }
    }
    for query in ["q=秘而不宣&status=traded", "q=公开&status=reserved"] {
        let path = format!("listings?{query}");
        for stranger in [&app.anyone, &cast.stranger.api, &cast.university.api] {
            stranger.get(&path).faulty(422, "?q", "only_published").await;
        }
        let of_another = format!("{path}&organisation={}", cast.enterprise.id);
        cast.stranger.api.get(of_another).faulty(422, "?q", "only_published").await;
        let own = format!("{path}&organisation={}", cast.university.id);
        assert!(cast.university.api.get(own).ok().await.items().is_empty());
        assert!(cast.operator.get(&path).ok().await.items().is_empty());
    }
    app.anyone.get("listings?status=traded").ok().await;
    let own = format!("organisation={}", cast.university.id);
    for query in ["秘而不宣", "SECRET-1", "秘密 QHU", draft.text("number"), "ｓｅｃｒｅｔ-1"]
    {
        let hits = titles(&cast.university.api, &format!("{own}&q={query}")).await;
        let expected: &[&str] = if query == "秘密 QHU" { &[] } else { &["秘而不宣之法"] };
        assert_eq!(hits, expected, "{query}");
    }
    assert_eq!(titles(&cast.operator, "status=draft&q=秘而不宣").await.len(), 1);
    for query in ["秘%25法", "秘_不宣", "秘\\"] {
        let hits = titles(&cast.university.api, &format!("{own}&q={query}")).await;
        assert!(hits.is_empty(), "{query} is no pattern");
    }
}

#[tokio::test]
async fn suggestions_come_from_keywords_and_titles_that_say_all_that_was_typed() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, result_form()).await;
    publish(&cast, &cast.enterprise, need_form()).await;
    let mut form = titled("LiFePO4 正极材料");
    form["keywords"] = json!(["LiFePO4"]);
    publish(&cast, &cast.stranger, form).await;
    assert_eq!(suggested(&app.anyone, "风机").await, ["风机叶片", "风机叶片老是结冰,停机损失大"]);
    assert_eq!(suggested(&app.anyone, "風機叶").await[0], "风机叶片");
    assert_eq!(suggested(&app.anyone, "lif").await, ["LiFePO4", "LiFePO4 正极材料"]);
    assert!(suggested(&app.anyone, "fepo").await.is_empty());
    assert!(suggested(&app.anyone, "高原").await.is_empty(), "abstracts are not suggested");
    app.anyone.get("listings/suggestions?q=。").faulty(422, "?q", "no_words").await;
    app.anyone.get("listings/suggestions").faulty(422, "?q", "required").await;
}

#[tokio::test]
async fn an_index_goes_on_where_it_was_and_is_built_again_when_it_cannot() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    publish(&cast, &cast.university, titled("其一")).await;
    let folder = tempfile::tempdir().unwrap();
    let open = async || {
        let index = Arc::new(SearchIndex::in_folder(folder.path()).unwrap());
        assert!(!index.is_built());
        index.tend(app.db()).await.unwrap();
        assert!(index.is_built() && index.lag().is_some());
        index
    };
    let volume = || std::fs::read_to_string(folder.path().join("current")).unwrap();

    let index = open().await;
    assert_eq!((index.len(), volume().as_str()), (1, "volume-1"));
    drop(index);
    publish(&cast, &cast.university, titled("其二")).await;
    let index = open().await;
    assert_eq!((index.len(), volume().as_str()), (2, "volume-1"), "it goes on");

    let beside = Arc::new(SearchIndex::in_folder(folder.path()).unwrap());
    beside.tend(app.db()).await.unwrap();
    assert_eq!((beside.len(), volume().as_str()), (2, "volume-1"), "a second server has its own");

    let mut told = Vec::new();
    let rebuilt = listing::reindex(app.db(), folder.path(), |progress| told.push(progress));
    rebuilt.await.unwrap();
    assert_eq!(told.last().map(|progress| (progress.done, progress.total)), Some((2, 2)));
    assert_eq!(volume(), "volume-2");
    publish(&cast, &cast.university, titled("其三")).await;
    index.tend(app.db()).await.unwrap();
    assert_eq!(index.len(), 3, "it has changed to the new one and follows with it");
    assert!(!folder.path().join("volume-1").exists());
    drop(index);

    std::fs::write(folder.path().join("volume-2/meta.json"), "{}").unwrap();
    let index = open().await;
    assert_eq!((index.len(), volume().as_str()), (3, "volume-3"), "it was damaged");
}

#[tokio::test]
async fn a_server_tells_how_its_index_stands() {
    let app = App::start().await;
    let reply = app.anyone.get("/readyz").ok().await;
    assert_eq!(reply.body["search"]["built"], json!(true));
    assert!(reply.body["search"]["lag_seconds"].is_u64());
}
