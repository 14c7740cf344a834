//! The contract: drafted, offered, signed by every party, recognised, paid.

use chrono::Months;
use kernel::{Fen, Words};
use serde_json::{Value, json};

use super::{
    listing::Listed,
    people::{Cast, text},
    stage::{Reply, Scene, Stage},
};

fn status(body: &Value) -> String {
    format!("{} {}", text(body, "number"), text(body, "status"))
}

fn recognition(body: &Value) -> String {
    let recognition = body.get("recognition").cloned().unwrap_or_default();
    let shown =
        ["status", "registration_number", "decide_by"].map(|field| text(&recognition, field));
    shown.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(super) async fn sign(
    stage: &mut Stage,
    cast: &Cast,
    listed: &Listed,
    introduction: &str,
) -> anyhow::Result<String> {
    let what = Words::new("起草合同", "drafts the contract: 2 million yuan, 1.5 of it technology");
    let form = form(cast, listed, introduction);
    let draft = stage.play(&cast.university, Scene::post(what, "contracts", form), status).await?;
    let id = draft.id()?;
    let what = Words::new("定稿并提请签署", "freezes the text and offers it for signature");
    let scene = Scene::post(what, format!("contracts/{id}/offer"), json!({})).on(&draft);
    let offered = stage
        .play(&cast.university, scene, |body| {
            format!("{} sha256 {}", status(body), text(body, "document_sha256"))
        })
        .await?;
    let hash = json!({ "document_sha256": offered.text("document_sha256")? });
    for party in [&cast.university, &cast.enterprise, &cast.broker] {
        let what = Words::new("签署", "signs that very text");
        let scene = Scene::post(what, format!("contracts/{id}/sign"), hash.clone());
        stage.play(party, scene, status).await?;
    }
    Ok(id)
}

fn form(cast: &Cast, listed: &Listed, introduction: &str) -> Value {
    json!({
        "type": "development",
        "title": "高海拔风机叶片防冰涂层委托开发合同",
        "domain": "alloys_and_materials",
        "listing_ids": [listed.result, listed.need],
        "introduction_id": introduction,
        "parties": [
            { "role": "seller", "organisation_id": cast.university.organisation, "share_bp": 10_000 },
            { "role": "buyer", "organisation_id": cast.enterprise.organisation, "share_bp": 10_000 },
            { "role": "broker", "organisation_id": cast.broker.organisation, "share_bp": 10_000, "affiliated": false },
        ],
        "total_amount_fen": 200_000_000,
        "technology_amount_fen": 150_000_000,
        "non_technology_items": [{ "what": "现场喷涂设备一套", "amount_fen": 50_000_000 }],
        "related_parties": false,
        "payment_terms": [
            { "milestone": "方案评审通过", "amount_fen": 80_000_000 },
            { "milestone": "现场验收合格", "amount_fen": 120_000_000 },
        ],
        "starts_on": listed.on,
        "ends_on": listed.on.checked_add_months(Months::new(24)),
        "clauses": [
            { "heading": "研发目标", "text": "在海拔三千米以上风场实现叶片冰黏附强度低于 20 kPa。" },
            { "heading": "成果归属", "text": "新产生的专利申请权归双方共有。" },
        ],
    })
}

pub(super) async fn recognise(
    stage: &mut Stage,
    cast: &Cast,
    contract: &str,
    run: i64,
) -> anyhow::Result<Reply> {
    let path = format!("contracts/{contract}");
    let reads = Words::new("查看合同", "reads the contract");
    let signed = stage.quietly(Some(&cast.university), Scene::get(reads, path.as_str())).await?;
    let what = Words::new("申请认定登记", "applies for recognition");
    let scene = Scene::post(what, format!("{path}/recognition/apply"), json!({})).on(&signed);
    let applied = stage.play(&cast.university, scene, recognition).await?;
    let what =
        Words::new("认定登记，核定技术交易额", "recognises it, 1.5 million yuan of technology");
    let decision = json!({
        "type": "development",
        "technology_amount_fen": 150_000_000,
        "registration_number": format!("630100{:010}", run.rem_euclid(10_000_000_000)),
    });
    let scene = Scene::post(what, format!("{path}/recognition/accept"), decision).on(&applied);
    stage.play(&cast.registrar, scene, recognition).await
}

pub(super) async fn pay(stage: &mut Stage, cast: &Cast, recognised: &Reply) -> anyhow::Result<()> {
    let contract = recognised.id()?;
    let path = format!("contracts/{contract}");
    let reads = Words::new("查看合同", "reads the contract");
    let now = stage.quietly(Some(&cast.university), Scene::get(reads, path.as_str())).await?;
    let signed_on = now.body.get("signed_on").and_then(Value::as_str).map(str::to_owned);
    let what = Words::new("登记首笔到账", "records the first payment: 600,000 for technology");
    let payment = json!({
        "paid_on": signed_on,
        "amount_fen": 80_000_000,
        "technology_amount_fen": 60_000_000,
        "reference": "电汇 0001",
    });
    let scene = Scene::post(what, format!("{path}/payments"), payment).on(&now);
    let language = stage.language();
    stage
        .play(&cast.university, scene, |body| {
            let paid = body.get("paid_technology_amount_fen").and_then(Value::as_i64);
            let paid = paid.and_then(|fen| Fen::new(fen).ok()).unwrap_or_default();
            let paid = language.yuan(paid);
            language.pick(Words::new(
                format!("技术交易额累计已付 {paid}"),
                format!("{paid} of technology paid so far"),
            ))
        })
        .await?;
    Ok(())
}
