//! What identifies an organisation in a contract.

use std::collections::BTreeMap;

use kernel::{CreditCode, Id, OrganisationKind, Region, kinds::Organisation};

/// What identifies an organisation: as it is now in a draft, as it was when the text was frozen
/// afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its credit code; an individual broker may have none.
    pub credit_code: Option<CreditCode>,
    /// Where it belongs.
    pub region: Region,
    /// Is it a state organ?
    pub state_organ: bool,
}

impl Identity {
    /// Is it a legal person? Neither a natural person nor a sole trader is.
    #[must_use]
    pub fn is_legal_person(&self) -> bool {
        let is_sole_trader = self.credit_code.as_ref().is_some_and(CreditCode::is_sole_trader);
        self.kind.is_legal_person() && !is_sole_trader
    }
}

/// The identities of a contract's parties.
pub type Identities = BTreeMap<Id<Organisation>, Identity>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_natural_persons_nor_sole_traders_are_legal_persons() {
        let (enterprise, sole_trader) = ("91630102MA75X0012D", "92630104MA75X008X2");
        for (kind, code, is_one) in [
            (OrganisationKind::Enterprise, Some(enterprise), true),
            (OrganisationKind::Enterprise, Some(sole_trader), false),
            (OrganisationKind::IndividualBroker, Some(sole_trader), false),
            (OrganisationKind::IndividualBroker, None, false),
            (OrganisationKind::University, Some("12630000MB0X00019A"), true),
        ] {
            let identity = Identity {
                name: "甲方".to_owned(),
                kind,
                credit_code: code.map(|code| code.parse().unwrap()),
                region: kernel::CITY.into(),
                state_organ: false,
            };
            assert_eq!(identity.is_legal_person(), is_one, "{kind} {code:?}");
        }
    }
}
