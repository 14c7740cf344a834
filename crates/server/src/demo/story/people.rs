//! Who takes part.

use anyhow::Context;
use kernel::{CreditCode, Words};
use serde_json::{Value, json};

use super::{
    Staff,
    stage::{Person, Scene, Stage},
};
use crate::demo::PASSWORD;

pub(super) struct Cast {
    pub(super) university: Person,
    pub(super) enterprise: Person,
    pub(super) broker: Person,
    pub(super) operator: Person,
    pub(super) registrar: Person,
}

struct Newcomer {
    name: Words<&'static str>,
    registered_as: &'static str,
    kind: &'static str,
    authority: &'static str,
    region: &'static str,
    mailbox: &'static str,
    person: &'static str,
}

const UNIVERSITY: Newcomer = Newcomer {
    name: Words::new("大学", "The university"),
    registered_as: "湟水理工大学(演示)",
    kind: "university",
    authority: "12",
    region: "630104",
    mailbox: "transfer",
    person: "马青",
};
const ENTERPRISE: Newcomer = Newcomer {
    name: Words::new("企业", "The enterprise"),
    registered_as: "日月风电装备有限公司(演示)",
    kind: "enterprise",
    authority: "91",
    region: "park-nanchuan",
    mailbox: "works",
    person: "李海",
};
const BROKER: Newcomer = Newcomer {
    name: Words::new("技术经纪机构", "The broker"),
    registered_as: "河湟技术转移服务中心(演示)",
    kind: "broker_agency",
    authority: "91",
    region: "630102",
    mailbox: "desk",
    person: "索南",
};

pub(super) async fn enter(stage: &mut Stage, staff: &Staff, run: i64) -> anyhow::Result<Cast> {
    let operator_name = Words::new("市场运营人员", "The operator");
    let operator = stage.enter(operator_name, &staff.operator_email, &staff.password).await?;
    let registrar_name = Words::new("合同登记员", "The registrar");
    let registrar = stage.enter(registrar_name, &staff.registrar_email, &staff.password).await?;
    let university = join(stage, &operator, &UNIVERSITY, run, 1).await?;
    let enterprise = join(stage, &operator, &ENTERPRISE, run, 2).await?;
    let broker = join(stage, &operator, &BROKER, run, 3).await?;
    Ok(Cast { university, enterprise, broker, operator, registrar })
}

/// Registers an organisation, has it verified, and signs its founder in.
async fn join(
    stage: &mut Stage,
    operator: &Person,
    newcomer: &Newcomer,
    run: i64,
    place: i64,
) -> anyhow::Result<Person> {
    let email = format!("{}.{run}@demo.example.cn", newcomer.mailbox);
    let form = json!({
        "name": format!("{}{run}", newcomer.registered_as),
        "kind": newcomer.kind,
        "credit_code": credit_code(newcomer.authority, run, place)?,
        "region": newcomer.region,
        "contact": { "name": newcomer.person, "phone": "0971-5550100" },
        "account": { "email": email, "password": PASSWORD, "name": newcomer.person },
    });
    let what = Words::new("登记单位并开户", "registers");
    let scene = Scene::post(what, "organisations", form);
    let made = stage
        .play_anyone(newcomer.name, scene, |body| {
            format!("{} {} ({})", text(body, "name"), text(body, "status"), text(body, "region"))
        })
        .await?;
    let path = format!("organisations/{}", made.id()?);
    let looks = Words::new("查看", "looks at it");
    let seen = stage.quietly(Some(operator), Scene::get(looks, path.as_str())).await?;
    let what = Words::new("核验该单位", "verifies it");
    let scene = Scene::post(what, format!("{path}/verify"), json!({})).on(&seen);
    stage.play(operator, scene, |body| text(body, "status").to_owned()).await?;
    stage.enter(newcomer.name, &email, PASSWORD).await
}

/// A credit code that no earlier run has used, with its check character.
fn credit_code(authority: &str, run: i64, place: i64) -> anyhow::Result<CreditCode> {
    let body = format!("{authority}630100{}{:08}", place, run.rem_euclid(100_000_000));
    "0123456789ABCDEFGHJKLMNPQRTUWXY"
        .chars()
        .find_map(|check| format!("{body}{check}").parse().ok())
        .context("a credit code")
}

pub(super) fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body.get(field).and_then(Value::as_str).unwrap_or("")
}
