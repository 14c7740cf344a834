//! A deal, brought over the API as far as a test needs it.

use serde_json::{Value, json};

use super::{api::Reply, app::App, cast::Cast};

pub(crate) struct Deal<'a> {
    pub(crate) app: &'a App,
    pub(crate) cast: Cast,
    pub(crate) result: String,
    pub(crate) need: String,
}

pub(crate) fn result_form() -> Value {
    json!({
        "kind": "result",
        "title": "超疏水防冰涂层的制备方法",
        "abstract": "一种适用于高原风机叶片的超疏水涂层,可使覆冰附着力下降八成,耐低温与紫外老化。",
        "description": "以含氟硅烷改性纳米二氧化硅,经喷涂与热固化成膜。",
        "keywords": ["超疏水", "防冰涂层", "风机叶片"],
        "domain": "alloys_and_materials",
        "region": "630104",
        "trl": 6,
        "transfer_modes": ["licence_ordinary", "assignment"],
        "price": { "mode": "negotiable" },
        "contact": { "name": "马兰", "phone": "13900000000" },
        "non_secret_declared": true,
    })
}

pub(crate) fn need_form() -> Value {
    json!({
        "kind": "need",
        "title": "风机叶片老是结冰,停机损失大",
        "abstract": "高原风电场冬季叶片覆冰严重,希望找到不用停机的防冰涂层办法。",
        "keywords": ["风机叶片", "结冰"],
        "domain": "alloys_and_materials",
        "region": "630102",
        "budget": { "min_fen": 10_000_000, "max_fen": 200_000_000 },
        "contact": { "name": "李强", "phone": "13800000000" },
        "non_secret_declared": true,
    })
}

/// Creates, submits and publishes a listing.
pub(crate) async fn publish(cast: &Cast, owner: &super::cast::Org, form: Value) -> Reply {
    let made = owner.api.post("listings", form).ok().await;
    let path = format!("listings/{}", made.id());
    let submitted = owner.api.act(format!("{path}/submit")).if_match(&made).ok().await;
    cast.operator.act(format!("{path}/publish")).if_match(&submitted).ok().await
}

impl<'a> Deal<'a> {
    /// A published result and a published need.
    pub(crate) async fn listed(app: &'a App) -> Self {
        let cast = Cast::of(app).await;
        let result = publish(&cast, &cast.university, result_form()).await.id().to_owned();
        let need = publish(&cast, &cast.enterprise, need_form()).await.id().to_owned();
        app.settle().await;
        Self { app, cast, result, need }
    }

    /// An introduction that the broker proposed and both sides accepted.
    pub(crate) async fn introduced(&self) -> Reply {
        let proposal =
            json!({ "need_id": self.need, "offer_id": self.result, "message": "两边可以谈谈" });
        let made = self.cast.broker.api.post("introductions", proposal).ok().await;
        let path = format!("introductions/{}/accept", made.id());
        let half = self.cast.enterprise.api.act(&path).if_match(&made).ok().await;
        let whole = self.cast.university.api.act(&path).if_match(&half).ok().await;
        assert_eq!(whole.text("status"), "accepted");
        whole
    }

    /// The usual contract: one million yuan for technology, half a million for equipment. One that
    /// comes of an introduction deals its result and need, and meets the need.
    pub(crate) fn contract_form(&self, introduction: Option<&Reply>) -> Value {
        let mut form = json!({
            "type": "development",
            "title": "风机叶片防冰涂层委托开发",
            "domain": "alloys_and_materials",
            "parties": [
                { "role": "seller", "organisation_id": self.cast.university.id, "share_bp": 10000 },
                { "role": "buyer", "organisation_id": self.cast.enterprise.id, "share_bp": 10000 },
                { "role": "broker", "organisation_id": self.cast.broker.id, "share_bp": 10000, "affiliated": false },
            ],
            "total_amount_fen": 150_000_000,
            "technology_amount_fen": 100_000_000,
            "non_technology_items": [{ "what": "喷涂设备", "amount_fen": 50_000_000 }],
            "related_parties": false,
            "starts_on": "2026-12-01",
            "ends_on": "2027-11-30",
            "clauses": [{ "heading": "技术内容", "text": "开发适用于高原风机叶片的防冰涂层。" }],
        });
        if let Some(introduction) = introduction {
            form["introduction_id"] = json!(introduction.id());
            form["listing_ids"] = json!([self.result, self.need]);
        }
        form
    }

    pub(crate) async fn drafted(&self) -> Reply {
        let introduction = self.introduced().await;
        let form = self.contract_form(Some(&introduction));
        self.cast.university.api.post("contracts", form).ok().await
    }

    pub(crate) async fn offered(&self) -> Reply {
        let draft = self.drafted().await;
        let path = format!("contracts/{}/offer", draft.id());
        self.cast.university.api.act(path).if_match(&draft).ok().await
    }

    /// A contract on these terms: drafted and offered by the first of the parties.
    pub(crate) async fn offer(&self, form: Value, by: &super::cast::Org) -> Reply {
        let draft = by.api.post("contracts", form).ok().await;
        by.api.act(format!("contracts/{}/offer", draft.id())).if_match(&draft).ok().await
    }

    /// A contract on these terms, offered by the first of the parties and signed by all.
    pub(crate) async fn sign(&self, form: Value, parties: &[&super::cast::Org]) -> Reply {
        let offered = self.offer(form, parties[0]).await;
        let path = format!("contracts/{}", offered.id());
        let hash = json!({ "document_sha256": offered.text("document_sha256") });
        for party in parties {
            party.api.post(format!("{path}/sign"), hash.clone()).ok().await;
        }
        self.app.settle().await;
        parties[0].api.get(path).ok().await
    }

    pub(crate) async fn signed(&self) -> Reply {
        let offered = self.offered().await;
        let path = format!("contracts/{}/sign", offered.id());
        let hash = json!({ "document_sha256": offered.text("document_sha256") });
        for party in [&self.cast.university, &self.cast.enterprise, &self.cast.broker] {
            party.api.post(&path, hash.clone()).ok().await;
        }
        self.app.settle().await;
        let signed = self.cast.university.api.get(format!("contracts/{}", offered.id())).ok().await;
        assert_eq!(signed.text("status"), "signed");
        signed
    }

    pub(crate) async fn applied(&self) -> Reply {
        let signed = self.signed().await;
        let path = format!("contracts/{}/recognition/apply", signed.id());
        self.cast.university.api.act(path).if_match(&signed).ok().await
    }

    pub(crate) async fn recognised(&self) -> Reply {
        let applied = self.applied().await;
        let path = format!("contracts/{}/recognition/accept", applied.id());
        let recognised = self
            .cast
            .registrar
            .post(path, recognition("2026630100000001"))
            .if_match(&applied)
            .ok()
            .await;
        self.app.settle().await;
        recognised
    }
}

pub(crate) fn recognition(number: &str) -> Value {
    json!({
        "type": "development",
        "technology_amount_fen": 100_000_000,
        "registration_number": number,
    })
}
