//! The contract, its states, and the acts that lead from one to the next.

use chrono::{DateTime, NaiveDate, Utc};
use events::{
    ContractOffered, ContractPaymentRecorded, ContractRecognised, ContractRecognitionRefused,
    ContractSigned, ContractWithdrawn,
};
use kernel::{
    Actor, ContractStatus, Id, PartyRole, Permit, Prose, RecognitionStatus, Refusal, Sha256,
    Version, Words,
    kinds::{self, Account, Organisation},
};

use crate::{
    access,
    error::{self, Named},
    model::{
        ContractNumber, Document, Identities, NewPayment, Paid, Recognised, Recognition,
        RecognitionRefusal, StepFacts, Surroundings, Terms, WorkingDays, decision_days,
        payment::Agreed,
    },
};

/// A technology contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its id.
    pub id: Id<kinds::Contract>,
    /// Its version.
    pub version: Version,
    /// Its human number.
    pub number: ContractNumber,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub drafted_by_id: Id<Organisation>,
    /// What the parties agree.
    pub terms: Terms,
    /// How many texts have been frozen so far.
    pub documents: i32,
    /// Where it stands, with the facts of that state.
    pub state: State,
}

/// Where a contract stands between its parties. Completion, termination and amendment add states
/// here, and rows to the migration's `contracts_status_facts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Being written.
    Draft,
    /// Frozen, waiting for signatures.
    Offered(Offered),
    /// Signed by every party.
    Signed(Signed),
}

/// What belongs to a frozen text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Which text of the contract it is.
    pub document_number: i32,
    /// Its digest.
    pub sha256: Sha256,
    /// Since when.
    pub offered_at: DateTime<Utc>,
    /// The parties as they were then.
    pub identities: Identities,
    /// Who has signed it so far.
    pub signatures: Vec<Signature>,
}

/// What belongs to a signed contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The text and the signatures of every party.
    pub offered: Offered,
    /// The day of the last signature.
    pub on: NaiveDate,
    /// Where it stands with the registrar.
    pub recognition: Recognition,
    /// What has been paid.
    pub paid: Paid,
}

/// That a party has signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Which party.
    pub organisation_id: Id<Organisation>,
    /// By whose hand.
    pub account_id: Id<Account>,
    /// When.
    pub signed_at: DateTime<Utc>,
}

const CONTRACT: Words<&str> = Words::new("合同", "contract");
const RECOGNITION: Words<&str> = Words::new("认定登记", "recognition");

impl State {
    /// Its word.
    #[must_use]
    pub const fn status(&self) -> ContractStatus {
        match self {
            Self::Draft => ContractStatus::Draft,
            Self::Offered(_) => ContractStatus::Offered,
            Self::Signed(_) => ContractStatus::Signed,
        }
    }

    fn refuse(&self, works_in: &[ContractStatus]) -> Refusal {
        let named = |status: ContractStatus| -> Named { (status.as_str(), status.label()) };
        let works_in: Vec<_> = works_in.iter().copied().map(named).collect();
        error::invalid_state(CONTRACT, named(self.status()), &works_in)
    }
}

impl Contract {
    /// A new draft.
    #[must_use]
    pub const fn draft(
        _: &Permit<access::Create>,
        id: Id<kinds::Contract>,
        number: ContractNumber,
        terms: Terms,
        by: Id<Organisation>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            version: Version::FIRST,
            number,
            created_at: at,
            drafted_by_id: by,
            terms,
            documents: 0,
            state: State::Draft,
        }
    }

    /// May its terms be altered?
    ///
    /// # Errors
    /// 409 `invalid_state` once the text is frozen.
    pub fn expect_draft(&self) -> Result<(), Refusal> {
        match self.state {
            State::Draft => Ok(()),
            State::Offered(_) | State::Signed(_) => {
                Err(self.state.refuse(&[ContractStatus::Draft]))
            }
        }
    }

    /// The draft with other terms.
    ///
    /// # Errors
    /// 409 `invalid_state` once the text is frozen.
    pub fn revise(self, _: &Permit<access::Update>, terms: Terms) -> Result<Self, Refusal> {
        self.expect_draft()?;
        Ok(Self { terms, version: self.version.next(), ..self })
    }

    /// Offers the frozen text for signature by every party.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is a draft.
    pub fn offer(
        self,
        _: &Permit<access::Offer>,
        document: &Document,
        identities: Identities,
        by: Id<Organisation>,
        at: DateTime<Utc>,
    ) -> Result<(Self, ContractOffered), Refusal> {
        self.expect_draft()?;
        let of_role = |role| self.terms.of_role(role).map(|party| party.organisation_id).collect();
        let event = ContractOffered {
            contract_id: self.id,
            organisation_ids: self.terms.organisation_ids(),
            document_sha256: document.sha256,
            offered_by: by,
            contract_type: self.terms.contract_type,
            sellers: of_role(PartyRole::Seller),
            buyers: of_role(PartyRole::Buyer),
            listing_ids: self.terms.listing_ids.clone(),
        };
        let state = State::Offered(Offered {
            document_number: document.number,
            sha256: document.sha256,
            offered_at: at,
            identities,
            signatures: Vec::new(),
        });
        let version = self.version.next();
        Ok((Self { state, documents: document.number, version, ..self }, event))
    }

    /// Adds the signature of the actor's organisation, which must be verified. The last one makes
    /// the contract binding, for which every party must be verified still, and is announced.
    ///
    /// # Errors
    /// 409 `invalid_state` unless the text waits for signatures, `document_changed` if it is
    /// another one than was read, `already_signed` the second time, `organisation_not_verified`
    /// naming who is not verified or has been suspended.
    pub fn sign(
        self,
        _: &Permit<access::Sign>,
        by: Actor,
        sha256: Sha256,
        around: &Surroundings,
        at: DateTime<Utc>,
    ) -> Result<(Self, Option<ContractSigned>), Refusal> {
        let mut offered = match self.state {
            State::Offered(offered) => offered,
            state @ (State::Draft | State::Signed(_)) => {
                return Err(state.refuse(&[ContractStatus::Offered]));
            }
        };
        if offered.sha256 != sha256 {
            return Err(error::DOCUMENT_CHANGED.because(
                format!("待签署文本的 SHA-256 为 {}", offered.sha256),
                format!("the SHA-256 of the offered text is {}", offered.sha256),
            ));
        }
        if offered.signature_of(by.organisation).is_some() {
            return Err(error::ALREADY_SIGNED.refuse());
        }
        offered.signatures.push(Signature {
            organisation_id: by.organisation,
            account_id: by.account,
            signed_at: at,
        });
        let everybody =
            self.terms.parties.iter().all(|p| offered.signature_of(p.organisation_id).is_some());
        let version = self.version.next();
        if !everybody {
            around.expect_verified(&[by.organisation])?;
            return Ok((Self { state: State::Offered(offered), version, ..self }, None));
        }
        around.expect_verified(&self.terms.organisation_ids())?;
        let signed = Signed {
            offered,
            on: kernel::civil_date(at),
            recognition: Recognition::default(),
            paid: Paid::default(),
        };
        let event = ContractSigned { contract_id: self.id, contract: signed.facts(&self.terms) };
        Ok((Self { state: State::Signed(signed), version, ..self }, Some(event)))
    }

    /// Takes the offered text back: the contract is a draft again, and signatures under that text
    /// are void.
    ///
    /// # Errors
    /// 409 `invalid_state` unless the text waits for signatures.
    pub fn withdraw(
        self,
        _: &Permit<access::Withdraw>,
    ) -> Result<(Self, ContractWithdrawn), Refusal> {
        match self.state {
            State::Offered(_) => {
                let event = ContractWithdrawn {
                    contract_id: self.id,
                    organisation_ids: self.terms.organisation_ids(),
                    listing_ids: self.terms.listing_ids.clone(),
                };
                Ok((Self { state: State::Draft, version: self.version.next(), ..self }, event))
            }
            State::Draft | State::Signed(_) => Err(self.state.refuse(&[ContractStatus::Offered])),
        }
    }

    /// Asks the registrar to recognise the contract; the period of decision begins.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is signed and with the applicant.
    pub fn apply_for_recognition(
        self,
        _: &Permit<access::ApplyForRecognition>,
        calendar: &WorkingDays,
        by: Id<Account>,
        at: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let days = decision_days(self.terms.technology_amount_fen);
        let decide_by = calendar.deadline(kernel::civil_date(at), days);
        let from = [
            RecognitionStatus::None,
            RecognitionStatus::SupplementRequested,
            RecognitionStatus::Refused,
        ];
        let (contract, _) = self.step(&from, StepFacts::Applied { decide_by }, by, at)?;
        Ok(contract)
    }

    /// Sends the application back for what is missing.
    ///
    /// # Errors
    /// 409 `invalid_state` unless an application waits.
    pub fn request_supplement(
        self,
        _: &Permit<access::RequestSupplement>,
        what: Prose<2000>,
        by: Id<Account>,
        at: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let facts = StepFacts::SupplementRequested { what };
        Ok(self.step(&[RecognitionStatus::Applied], facts, by, at)?.0)
    }

    /// Recognises and registers the contract.
    ///
    /// # Errors
    /// 409 `invalid_state` unless an application waits; 422 for a technology amount above the
    /// total, a sub-type of another type, or a transfer without a sub-type.
    pub fn recognise(
        self,
        _: &Permit<access::Recognise>,
        recognised: Recognised,
        by: Id<Account>,
        at: DateTime<Utc>,
    ) -> Result<(Self, ContractRecognised), Refusal> {
        let recognised = recognised.check(&self.terms)?;
        let registration_number = recognised.registration_number.clone();
        let facts = StepFacts::Recognised(recognised);
        let (contract, facts) = self.step(&[RecognitionStatus::Applied], facts, by, at)?;
        let contract_id = contract.id;
        Ok((contract, ContractRecognised { contract_id, contract: facts, registration_number }))
    }

    /// Refuses to recognise the contract.
    ///
    /// # Errors
    /// 409 `invalid_state` unless an application waits; 422 without a reason.
    pub fn refuse_recognition(
        self,
        _: &Permit<access::RefuseRecognition>,
        refusal: RecognitionRefusal,
        by: Id<Account>,
        at: DateTime<Utc>,
    ) -> Result<(Self, ContractRecognitionRefused), Refusal> {
        let refusal = refusal.check()?;
        let reasons = refusal.told();
        let facts = StepFacts::Refused(refusal);
        let (contract, _) = self.step(&[RecognitionStatus::Applied], facts, by, at)?;
        let (contract_id, organisation_ids) = (contract.id, contract.terms.organisation_ids());
        Ok((contract, ContractRecognitionRefused { contract_id, organisation_ids, reasons }))
    }

    /// Records what has been paid under the contract.
    ///
    /// # Errors
    /// 409 `invalid_state` unless it is signed, `too_many_payments`; 422 for more than was agreed.
    pub fn record_payment(
        self,
        _: &Permit<access::RecordPayment>,
        id: Id<kinds::Payment>,
        payment: &NewPayment,
        at: DateTime<Utc>,
    ) -> Result<(Self, ContractPaymentRecorded), Refusal> {
        let (mut signed, rest) = self.into_signed()?;
        let technology = signed
            .recognition
            .recognised()
            .map_or(rest.terms.technology_amount_fen, |(recognised, _)| {
                recognised.technology_amount_fen
            });
        let agreed = Agreed { total: rest.terms.total_amount_fen, technology };
        signed.paid = signed.paid.with(payment, agreed, kernel::civil_date(at))?;
        let event = ContractPaymentRecorded {
            contract_id: rest.id,
            payment_id: id,
            amount_fen: payment.amount_fen,
            technology_amount_fen: payment.technology_amount_fen,
            contract: signed.facts(&rest.terms),
        };
        let version = rest.version.next();
        Ok((Self { state: State::Signed(signed), version, ..rest }, event))
    }

    /// Who applies for recognition: the seller; for an import, where every seller is overseas, the
    /// buyer.
    #[must_use]
    pub fn applicant_role(&self) -> PartyRole {
        let Some(identities) = self.identities() else { return PartyRole::Seller };
        let import = self.terms.of_role(PartyRole::Seller).all(|party| {
            identities.get(&party.organisation_id).is_some_and(|seller| seller.region.is_overseas())
        });
        if import { PartyRole::Buyer } else { PartyRole::Seller }
    }

    /// The frozen text and its signatures, unless it is a draft.
    #[must_use]
    pub const fn offered(&self) -> Option<&Offered> {
        match &self.state {
            State::Draft => None,
            State::Offered(offered) => Some(offered),
            State::Signed(signed) => Some(&signed.offered),
        }
    }

    /// What belongs to the contract since every party has signed.
    #[must_use]
    pub const fn signed(&self) -> Option<&Signed> {
        match &self.state {
            State::Signed(signed) => Some(signed),
            State::Draft | State::Offered(_) => None,
        }
    }

    /// The parties as they were when the text was frozen, unless it is a draft.
    #[must_use]
    pub fn identities(&self) -> Option<&Identities> {
        self.offered().map(|offered| &offered.identities)
    }

    /// Takes the facts of the signed state out, to be put back altered.
    fn into_signed(self) -> Result<(Signed, Self), Refusal> {
        match self.state {
            State::Signed(signed) => Ok((signed, Self { state: State::Draft, ..self })),
            state @ (State::Draft | State::Offered(_)) => {
                Err(state.refuse(&[ContractStatus::Signed]))
            }
        }
    }

    fn step(
        self,
        from: &[RecognitionStatus],
        facts: StepFacts,
        by: Id<Account>,
        at: DateTime<Utc>,
    ) -> Result<(Self, events::ContractFacts), Refusal> {
        let (mut signed, rest) = self.into_signed()?;
        let status = signed.recognition.status();
        if !from.contains(&status) {
            let named = |status: RecognitionStatus| -> Named { (status.as_str(), status.label()) };
            let works_in: Vec<_> = from.iter().copied().map(named).collect();
            return Err(error::invalid_state(RECOGNITION, named(status), &works_in));
        }
        signed.recognition.step(facts, at, by);
        let told = signed.facts(&rest.terms);
        let version = rest.version.next();
        Ok((Self { state: State::Signed(signed), version, ..rest }, told))
    }
}

impl Offered {
    /// The signature of an organisation.
    #[must_use]
    pub fn signature_of(&self, organisation: Id<Organisation>) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.organisation_id == organisation)
    }
}
