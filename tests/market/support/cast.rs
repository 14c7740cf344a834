//! The people of a test: organisations that are registered and verified over the API, and staff.

use kernel::Role;
use serde_json::{Value, json};

use super::{api::Api, app::App};

pub(crate) const PASSWORD: &str = "Qinghai-lake-3196m";

/// An organisation and the person who founded its account there, in all three roles.
#[derive(Clone, Debug)]
pub(crate) struct Org {
    pub(crate) id: String,
    pub(crate) api: Api,
    pub(crate) email: String,
}

/// A usual cast.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    pub(crate) university: Org,
    pub(crate) enterprise: Org,
    pub(crate) broker: Org,
    pub(crate) stranger: Org,
    pub(crate) operator: Api,
    pub(crate) registrar: Api,
}

impl Cast {
    pub(crate) async fn of(app: &App) -> Self {
        let operator = app.staff(&[Role::Operator]).await;
        let registrar = app.staff(&[Role::Registrar]).await;
        let verified = async |kind: &str, region: &str| {
            let org = app.register(kind, region).await;
            verify(&operator, &org).await;
            org
        };
        Self {
            university: verified("university", "630104").await,
            enterprise: verified("enterprise", "630102").await,
            broker: verified("broker_agency", "630103").await,
            stranger: verified("enterprise", "630105").await,
            operator: operator.clone(),
            registrar,
        }
    }
}

pub(crate) async fn verify(operator: &Api, org: &Org) {
    let read = operator.get(format!("organisations/{}", org.id)).ok().await;
    operator.act(format!("organisations/{}/verify", org.id)).if_match(&read).ok().await;
}

pub(crate) async fn suspend(operator: &Api, org: &Org) {
    let read = operator.get(format!("organisations/{}", org.id)).ok().await;
    let why = json!({ "reason": "投诉查实" });
    operator.post(format!("organisations/{}/suspend", org.id), why).if_match(&read).ok().await;
}

/// A credit code with a right check character (GB 32100), the `serial`-th of its kind.
pub(crate) fn credit_code(serial: u32) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let body = format!("91630100MA{serial:07}");
    let sum: usize = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(byte, weight)| ALPHABET.iter().position(|k| *k == byte).unwrap() * weight)
        .sum();
    format!("{body}{}", char::from(ALPHABET[(31 - sum % 31) % 31]))
}

pub(crate) fn registration(serial: u32, kind: &str, region: &str) -> Value {
    json!({
        "name": format!("示例单位{serial}"),
        "kind": kind,
        "credit_code": credit_code(serial),
        "region": region,
        "contact": { "name": "马兰", "phone": "13900000000", "email": format!("office{serial}@example.cn") },
        "account": { "email": format!("person{serial}@example.cn"), "password": PASSWORD, "name": "马兰" },
    })
}
