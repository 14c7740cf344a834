//! The market says who fits whom; a broker brings the two together.

use std::time::Duration;

use anyhow::bail;
use kernel::Words;
use serde_json::{Value, json};

use super::{
    listing::Listed,
    people::{Cast, text},
    stage::{Reply, Scene, Stage},
};

pub(super) async fn introduce(
    stage: &mut Stage,
    cast: &Cast,
    listed: &Listed,
) -> anyhow::Result<String> {
    wait_for_match(stage, cast, listed).await?;
    let path = format!("listings/{}/matches?limit=3", listed.need);
    let what = Words::new("问：哪些成果能回应这个需求？", "asks which results answer the need");
    let first = stage.say(Words::new("最匹配的成果：", "the best matches:")).to_owned();
    let matches = stage.play(&cast.broker, Scene::get(what, path), |_| first.clone()).await?;
    show(stage, &matches)?;

    let what = Words::new("提出撮合", "introduces the two");
    let form = json!({
        "need_id": listed.need,
        "offer_id": listed.result,
        "message": "贵方的防冰涂层正好回应这家企业的叶片结冰问题，建议面谈。",
    });
    let status = |body: &Value| text(body, "status").to_owned();
    let proposed =
        stage.play(&cast.broker, Scene::post(what, "introductions", form), status).await?;
    let id = proposed.id()?;
    let accepts = Words::new("接受", "accepts");
    let path = format!("introductions/{id}/accept");
    let scene = Scene::post(accepts, path.as_str(), json!({})).on(&proposed);
    let half = stage.play(&cast.enterprise, scene, status).await?;
    let scene = Scene::post(accepts, path.as_str(), json!({})).on(&half);
    stage.play(&cast.university, scene, status).await?;
    Ok(id)
}

fn show(stage: &mut Stage, matches: &Reply) -> anyhow::Result<()> {
    for item in matches.items() {
        let listing = item.get("listing").cloned().unwrap_or_default();
        let score = item.get("score").and_then(Value::as_f64).unwrap_or_default();
        let line = format!("{score:.2}  {} {}", text(&listing, "number"), text(&listing, "title"));
        stage.out.line(&line)?;
        for part in item.get("explanation").and_then(Value::as_array).into_iter().flatten() {
            let number = |field: &str| part.get(field).and_then(Value::as_f64).unwrap_or_default();
            stage.out.line(&format!(
                "      {:<14} {:.2} × {:.2}  {}",
                text(part, "factor"),
                number("weight"),
                number("score"),
                text(part, "detail"),
            ))?;
        }
    }
    Ok(())
}

/// A listing is matched as soon as the market has heard of it, a moment after it is published.
/// Looks far down the list: on a used database, runs that were broken off have left the same.
async fn wait_for_match(stage: &mut Stage, cast: &Cast, listed: &Listed) -> anyhow::Result<()> {
    let path = format!("listings/{}/matches?limit=100", listed.need);
    for _ in 0..100 {
        let scene = Scene::get(Words::new("等待", "waits"), path.as_str());
        if let Ok(matches) = stage.quietly(Some(&cast.broker), scene).await {
            let is_ours = |item: &Value| {
                item.pointer("/listing/id").and_then(Value::as_str) == Some(listed.result.as_str())
            };
            if matches.items().iter().any(is_ours) {
                return Ok(());
            }
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    bail!("the result was not among the matches of the need within 15 seconds")
}
