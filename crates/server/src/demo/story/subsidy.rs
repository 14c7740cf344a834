//! What the buyer and the broker get, and why.

use std::time::Duration;

use anyhow::{Context, bail};
use kernel::{Fen, Funder, Words};
use serde_json::Value;

use super::{
    people::{Cast, text},
    stage::{Person, Reply, Scene, Stage},
    transcript::Language,
};

fn sum(body: &Value, field: &str) -> Fen {
    let fen = body.get(field).and_then(Value::as_i64);
    fen.and_then(|fen| Fen::new(fen).ok()).unwrap_or_default()
}

fn brief(language: Language, award: &Value) -> String {
    let entitlement = language.yuan(sum(award, "entitlement_fen"));
    let payable = language.yuan(sum(award, "payable_fen"));
    let sums = language.pick(Words::new(
        format!("应得 {entitlement}，当前可付 {payable}"),
        format!("entitlement {entitlement}, payable now {payable}"),
    ));
    format!("{} {}: {sums}", text(award, "rule"), text(award, "status"))
}

fn briefs(language: Language) -> impl Fn(&Value) -> String {
    move |body| {
        let items = body.get("items").and_then(Value::as_array);
        let lines = items.into_iter().flatten().map(|award| brief(language, award));
        lines.collect::<Vec<_>>().join("; ")
    }
}

pub(super) async fn show_projection(
    stage: &mut Stage,
    cast: &Cast,
    contract: &str,
) -> anyhow::Result<()> {
    wait(stage, &cast.enterprise, contract, "projected").await?;
    for who in [&cast.enterprise, &cast.broker] {
        let what = Words::new("看认定后可得多少", "sees what recognition would bring");
        let path = format!("awards?contract_id={contract}&status=projected");
        stage.play(who, Scene::get(what, path), briefs(stage.language())).await?;
    }
    Ok(())
}

pub(super) async fn wait_for_awards(
    stage: &mut Stage,
    cast: &Cast,
    contract: &str,
) -> anyhow::Result<()> {
    wait(stage, &cast.enterprise, contract, "computed").await?;
    for who in [&cast.enterprise, &cast.broker] {
        let what = Words::new("看核算出的补贴", "sees the computed award");
        let path = format!("awards?contract_id={contract}&status=computed");
        stage.play(who, Scene::get(what, path), briefs(stage.language())).await?;
    }
    Ok(())
}

/// Awards arise a moment after the event that causes them.
async fn wait(
    stage: &mut Stage,
    who: &Person,
    contract: &str,
    status: &str,
) -> anyhow::Result<Reply> {
    let path = format!("awards?contract_id={contract}&status={status}");
    for _ in 0..100 {
        let scene = Scene::get(Words::new("等待", "waits"), path.as_str());
        let awards = stage.quietly(Some(who), scene).await?;
        if !awards.items().is_empty() {
            return Ok(awards);
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    bail!("no {status} award within 15 seconds")
}

/// Waits until the payment has made something payable, then prints both awards line by line.
pub(super) async fn explain(stage: &mut Stage, cast: &Cast, contract: &str) -> anyhow::Result<()> {
    for who in [&cast.enterprise, &cast.broker] {
        let award = payable(stage, who, contract).await?;
        let what = Words::new("问：为什么是这个数？", "asks: why this sum?");
        let path = format!("awards/{award}");
        let language = stage.language();
        let shown = stage.play(who, Scene::get(what, path), |award| brief(language, award)).await?;
        lines(stage, &shown.body)?;
    }
    Ok(())
}

async fn payable(stage: &mut Stage, who: &Person, contract: &str) -> anyhow::Result<String> {
    for _ in 0..100 {
        let awards = wait(stage, who, contract, "computed").await?;
        let award = awards.items().first().context("an award")?;
        if !sum(award, "payable_fen").is_zero() {
            return Ok(text(award, "id").to_owned());
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    bail!("nothing became payable within 15 seconds")
}

fn lines(stage: &mut Stage, award: &Value) -> anyhow::Result<()> {
    let language = stage.language();
    for step in award.get("explanation").and_then(Value::as_array).into_iter().flatten() {
        let result = match step.get("result_fen").and_then(Value::as_i64) {
            Some(_) => format!(" = {}", language.yuan(sum(step, "result_fen"))),
            None => String::new(),
        };
        stage.out.line(&format!("[{}] {}{result}", text(step, "article"), text(step, "what")))?;
        stage.out.line(&format!("    {}", text(step, "formula")))?;
        stage.out.quote(text(step, "quote"))?;
    }
    for part in award.get("funding").and_then(Value::as_array).into_iter().flatten() {
        let funder = text(part, "funder");
        let label = funder.parse::<Funder>().map(Funder::label);
        let name = label.map_or(funder, |label| stage.say(label));
        let amount = language.yuan(sum(part, "amount_fen"));
        stage.out.line(&format!("{name} ({funder}): {amount}"))?;
    }
    Ok(())
}
