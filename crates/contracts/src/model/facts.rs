//! What the market is told of a contract.

use events::{ContractFacts, ContractParty};
use kernel::PartyRole;

use crate::model::{Signed, Terms};

impl Signed {
    /// The facts of the moment: what was recognised, if it was, else what was agreed.
    pub(crate) fn facts(&self, terms: &Terms) -> ContractFacts {
        let recognised = self.recognition.recognised();
        let (contract_type, subtype, technology) = recognised
            .map_or((terms.contract_type, terms.subtype, terms.technology_amount_fen), |(r, _)| {
                (r.contract_type, r.subtype, r.technology_amount_fen)
            });
        ContractFacts {
            title: terms.title.to_string(),
            contract_type,
            subtype: subtype.map(|subtype| subtype.as_str().to_owned()),
            parties: self.parties(terms),
            related_parties: terms.related_parties,
            total_amount_fen: terms.total_amount_fen,
            technology_amount_fen: technology,
            // More may have been paid before recognition settled on less.
            paid_technology_amount_fen: self.paid.technology_amount_fen.min(technology),
            signed_on: self.on,
            recognised_on: recognised.map(|(_, on)| on),
            introduction_id: terms.introduction_id,
            listing_ids: terms.listing_ids.clone(),
        }
    }

    /// Sellers, buyers, brokers, each in the order of the contract.
    fn parties(&self, terms: &Terms) -> Vec<ContractParty> {
        let by_role = PartyRole::ALL.iter().flat_map(|role| terms.of_role(*role));
        by_role
            .filter_map(|party| {
                let identity = self.offered.identities.get(&party.organisation_id)?;
                Some(ContractParty {
                    role: party.role,
                    organisation_id: party.organisation_id,
                    name: identity.name.clone(),
                    kind: identity.kind,
                    region: identity.region.clone(),
                    share_bp: party.share_bp,
                    affiliated: party.affiliated.unwrap_or(false),
                    state_organ: identity.state_organ,
                    legal_person: identity.is_legal_person(),
                })
            })
            .collect()
    }
}
