//! A university posts a result, an enterprise a need; an operator looks at both.

use anyhow::Context;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Words, civil_date};
use serde_json::{Value, json};

use super::{
    people::{Cast, text},
    stage::{Person, Scene, Stage},
};

pub(super) struct Listed {
    pub(super) result: String,
    pub(super) need: String,
    /// The day on which they came before the public.
    pub(super) on: NaiveDate,
}

pub(super) async fn publish_both(stage: &mut Stage, cast: &Cast) -> anyhow::Result<Listed> {
    let what = Words::new("发布一项成果", "posts a result");
    let (result, _) = publish(stage, cast, &cast.university, what, result_form()).await?;
    let what = Words::new("发布一项需求", "posts a need, in its own words");
    let (need, at) = publish(stage, cast, &cast.enterprise, what, need_form()).await?;
    Ok(Listed { result, need, on: civil_date(at) })
}

async fn publish(
    stage: &mut Stage,
    cast: &Cast,
    owner: &Person,
    what: Words<&'static str>,
    form: Value,
) -> anyhow::Result<(String, DateTime<Utc>)> {
    let shown = |body: &Value| {
        format!("{} {} “{}”", text(body, "number"), text(body, "status"), text(body, "title"))
    };
    let made = stage.play(owner, Scene::post(what, "listings", form), shown).await?;
    let id = made.id()?;
    let submits = Words::new("提交审核", "submits it");
    let scene = Scene::post(submits, format!("listings/{id}/submit"), json!({})).on(&made);
    let submitted = stage.show(Some(owner), scene, shown).await?;
    let publishes = Words::new("审核并发布", "reads and publishes it");
    let scene = Scene::post(publishes, format!("listings/{id}/publish"), json!({})).on(&submitted);
    let published = stage.play(&cast.operator, scene, shown).await?;
    let at = published.text("published_at")?.parse().context("when it was published")?;
    Ok((id, at))
}

/// The result has found its partner. Taken back, it does not stand in the way of the next run.
pub(super) async fn withdraw_result(
    stage: &mut Stage,
    cast: &Cast,
    listed: &Listed,
) -> anyhow::Result<()> {
    let path = format!("listings/{}", listed.result);
    let reads = Words::new("查看成果", "reads the result");
    let now = stage.quietly(Some(&cast.university), Scene::get(reads, path.as_str())).await?;
    let what =
        Words::new("成果已有去处，撤回发布", "takes the result back: it has found its partner");
    let scene = Scene::post(what, format!("{path}/withdraw"), json!({})).on(&now);
    let status = |body: &Value| format!("{} {}", text(body, "number"), text(body, "status"));
    stage.play(&cast.university, scene, status).await?;
    Ok(())
}

fn result_form() -> Value {
    json!({
        "kind": "result",
        "title": "低表面能微纳复合超疏水防冰涂层及其制备方法",
        "abstract": "针对高海拔低温高湿环境，提出含氟硅烷改性二氧化硅与弹性树脂的双层复合结构，\
                     冰黏附强度低于 20 kPa，延缓结冰时间 4 倍以上，耐风沙磨蚀 500 小时，可在风机叶片\
                     现场喷涂固化。",
        "description": "已在海拔 3200 米试验场完成两个冬季的挂片与叶片段试验。",
        "keywords": ["超疏水", "防冰涂层", "风机叶片", "含氟硅烷"],
        "domain": "alloys_and_materials",
        "region": "630104",
        "trl": 6,
        "transfer_modes": ["commissioned_development", "licence_ordinary"],
        "price": { "mode": "negotiable" },
        "contact": { "name": "马青", "phone": "0971-5550101" },
        "non_secret_declared": true,
    })
}

fn need_form() -> Value {
    json!({
        "kind": "need",
        "title": "风机叶片冬天老是结冰，停机损失大",
        "abstract": "我们在海南州的风场每年十一月到三月叶片挂冰，只能停机等太阳，一台机组一年少发二十多天电。\
                     希望找到不用拆叶片、能在现场做的防冰办法，最好三年不用返工。",
        "keywords": ["风机叶片", "结冰", "停机"],
        "domain": "alloys_and_materials",
        "region": "park-nanchuan",
        "transfer_modes": ["commissioned_development"],
        "budget": { "min_fen": 100_000_000, "max_fen": 400_000_000 },
        "contact": { "name": "李海", "phone": "0971-5550102" },
        "non_secret_declared": true,
    })
}
