//! A whole text in place of another.

use kernel::Change;

use crate::model::{Changes, Content};

impl Content {
    /// The changes after which it says what `next` says, and nothing that is the same in both; the
    /// kind is no change, since a listing stays what it is.
    #[must_use]
    pub fn changes_to(&self, next: Self) -> Changes {
        // Every field is named: one that is added here cannot be forgotten in a replacement.
        let Self {
            kind: _,
            title,
            summary,
            description,
            advantages,
            market_outlook,
            economic_benefits,
            keywords,
            domain,
            ipc,
            region,
            trl,
            trl_scale,
            trl_evidence,
            stage,
            transfer_modes,
            price,
            patents,
            budget,
            deadline,
            contact,
            reference,
            expires_on,
            non_secret_declared,
        } = next;
        Changes {
            title: other(&self.title, title),
            summary: other(&self.summary, summary),
            description: change(&self.description, description),
            advantages: change(&self.advantages, advantages),
            market_outlook: change(&self.market_outlook, market_outlook),
            economic_benefits: change(&self.economic_benefits, economic_benefits),
            keywords: change_of_list(&self.keywords, keywords),
            domain: other(&self.domain, domain),
            ipc: change_of_list(&self.ipc, ipc),
            region: other(&self.region, region),
            trl: change(&self.trl, trl),
            trl_scale: change(&self.trl_scale, trl_scale),
            trl_evidence: change(&self.trl_evidence, trl_evidence),
            stage: change(&self.stage, stage),
            transfer_modes: change_of_list(&self.transfer_modes, transfer_modes),
            price: change(&self.price, price),
            patents: change_of_list(&self.patents, patents),
            budget: change(&self.budget, budget),
            deadline: change(&self.deadline, deadline),
            contact: change(&self.contact, contact),
            reference: change(&self.reference, reference),
            expires_on: change(&self.expires_on, expires_on),
            non_secret_declared: other(&self.non_secret_declared, non_secret_declared),
        }
    }
}

/// What a field that is never empty becomes.
fn other<T: PartialEq>(present: &T, next: T) -> Option<T> {
    (*present != next).then_some(next)
}

/// What a field that may be empty becomes.
fn change<T: PartialEq>(present: &Option<T>, next: Option<T>) -> Change<T> {
    if *present == next { Change::Keep } else { next.map_or(Change::Clear, Change::Set) }
}

/// What a list becomes.
fn change_of_list<T: PartialEq>(present: &[T], next: Vec<T>) -> Change<Vec<T>> {
    if present == next { Change::Keep } else { Change::Set(next) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bare() -> Content {
        Content::new(
            kernel::ListingKind::Result,
            "防冰涂层".parse().unwrap(),
            "减少覆冰。".parse().unwrap(),
            kernel::Domain::Other,
            "630104".parse().unwrap(),
        )
    }

    fn full() -> Content {
        let read = |value| serde_json::from_value(value).unwrap();
        Content {
            title: "超疏水防冰涂层".parse().unwrap(),
            summary: "附着力下降八成。".parse().unwrap(),
            description: Some("喷涂成膜。".parse().unwrap()),
            advantages: Some("不用停机。".parse().unwrap()),
            market_outlook: Some("高原风电场。".parse().unwrap()),
            economic_benefits: Some("少停机。".parse().unwrap()),
            keywords: vec!["防冰".parse().unwrap()],
            domain: kernel::Domain::AlloysAndMaterials,
            ipc: vec!["C01D 15/08".parse().unwrap()],
            region: "630105".parse().unwrap(),
            trl: Some(crate::model::Trl::try_from(6).unwrap()),
            trl_scale: Some(crate::model::TrlScale::GbT22900),
            trl_evidence: Some("挂机试验。".parse().unwrap()),
            stage: Some(crate::model::Stage::PilotScale),
            transfer_modes: vec![kernel::TransferMode::Assignment],
            price: Some(serde_json::from_value(json!({ "mode": "negotiable" })).unwrap()),
            patents: vec![read(json!({
                "number": "CN201710601862.3", "kind": "invention", "status": "granted"
            }))],
            budget: Some(serde_json::from_value(json!({ "min_fen": 1 })).unwrap()),
            deadline: Some("2027-01-01".parse().unwrap()),
            contact: Some(serde_json::from_value(json!({ "name": "王小兰" })).unwrap()),
            reference: Some("QHU-017".parse().unwrap()),
            expires_on: Some("2027-01-02".parse().unwrap()),
            non_secret_declared: true,
            ..bare()
        }
    }

    #[test]
    fn a_replacement_leaves_nothing_of_what_was_there() {
        for (before, after) in [(bare(), full()), (full(), bare())] {
            let changes = before.changes_to(after.clone());
            assert_eq!(before.with(changes), after);
        }
    }

    #[test]
    fn what_is_the_same_is_no_change() {
        for content in [bare(), full()] {
            let changes = content.changes_to(content.clone());
            assert_eq!(format!("{changes:?}"), format!("{:?}", Changes::default()));
        }
    }
}
