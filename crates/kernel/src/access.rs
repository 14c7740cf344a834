//! The one place where a permission is judged: deny by default.
//!
//! Each domain lists its acts in `access.rs` with [`acts!`](crate::acts); a transition demands a
//! [`Permit`] for its act, and only [`judge`] makes one.

use std::marker::PhantomData;

use crate::{Caller, Reason, Refusal, Role, Status};

words! {
    /// How the caller's organisation stands to a thing.
    pub enum Relation {
        /// Not at all.
        Stranger = "stranger", "无关方", "stranger";
        /// The thing is its own.
        Own = "own", "本单位", "own";
        /// It is the seller of the contract.
        Seller = "seller", "卖方", "seller";
        /// It is the buyer of the contract.
        Buyer = "buyer", "买方", "buyer";
        /// It is the broker of the contract or introduction.
        Broker = "broker", "经纪方", "broker";
        /// It may apply for the contract's recognition.
        Applicant = "applicant", "申请方", "applicant";
        /// It owns the need of the introduction.
        NeedSide = "need_side", "需求方", "need side";
        /// It owns the offer of the introduction.
        OfferSide = "offer_side", "供给方", "offer side";
        /// It asks, or has asked, to see what is protected.
        Requester = "requester", "申请查阅方", "requester";
        /// It may see what is protected.
        Granted = "granted", "获准查阅方", "granted";
        /// It benefits from the award.
        Beneficiary = "beneficiary", "受益方", "beneficiary";
    }
}

/// Who may do an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Whoever asks, signed in or not.
    Anyone,
    /// Whoever has signed in.
    SignedIn,
    /// Whoever holds the role, whatever the relation.
    Role(Role),
    /// Whoever holds the role in an organisation that stands so to the thing.
    RoleIn(Role, Relation),
    /// Everybody of an organisation that stands so to the thing.
    In(Relation),
}

impl Grant {
    fn covers(self, caller: &Caller, relations: &[Relation]) -> bool {
        let signed_in = caller.actor().is_some();
        match self {
            Self::Anyone => true,
            Self::SignedIn => signed_in,
            Self::Role(role) => caller.has(role),
            Self::RoleIn(role, relation) => caller.has(role) && relations.contains(&relation),
            Self::In(relation) => signed_in && relations.contains(&relation),
        }
    }
}

/// An act as a line of the permission matrix.
#[derive(Clone, Copy, Debug)]
pub struct ActLine {
    /// The operation id in the API description.
    pub operation: &'static str,
    /// Who may.
    pub grants: &'static [Grant],
}

impl ActLine {
    /// May this caller, standing so to the thing, do the act?
    #[must_use]
    pub fn allows(&self, caller: &Caller, relations: &[Relation]) -> bool {
        self.grants.iter().any(|grant| grant.covers(caller, relations))
    }
}

/// An act that needs a permit; declared with [`acts!`](crate::acts).
pub trait Act {
    /// Its line of the permission matrix.
    const LINE: ActLine;
}

/// The proof that a caller may do the act `A`, on the thing it was judged for.
#[derive(Debug)]
pub struct Permit<A>(PhantomData<A>);

/// Nobody has signed in.
pub static UNAUTHENTICATED: Reason =
    Reason::new("unauthenticated", Status::Unauthenticated, "请先登录", "sign in first");
/// The caller may see the thing, but not do this.
pub static FORBIDDEN: Reason = Reason::new(
    "forbidden",
    Status::Forbidden,
    "您的角色无权进行此操作",
    "your roles do not allow this",
);

/// Judges whether the caller, standing so to the thing, may do the act.
///
/// # Errors
/// 401 if nobody has signed in, else 403 naming the act.
pub fn judge<A: Act>(caller: &Caller, relations: &[Relation]) -> Result<Permit<A>, Refusal> {
    if A::LINE.allows(caller, relations) {
        return Ok(Permit(PhantomData));
    }
    Err(match caller {
        Caller::Anyone => UNAUTHENTICATED.refuse(),
        Caller::SignedIn(_) => FORBIDDEN.because(
            format!("此操作需要:{}", wanted(A::LINE.grants, Language::Zh)),
            format!("{} needs: {}", A::LINE.operation, wanted(A::LINE.grants, Language::En)),
        ),
    })
}

enum Language {
    Zh,
    En,
}

fn wanted(grants: &[Grant], language: Language) -> String {
    let say = |words: crate::Words<&'static str>| match language {
        Language::Zh => words.zh,
        Language::En => words.en,
    };
    let describe = |grant: &Grant| match grant {
        Grant::Anyone | Grant::SignedIn => String::new(),
        Grant::Role(role) => say(role.label()).to_owned(),
        Grant::RoleIn(role, relation) => {
            format!("{} ({})", say(role.label()), say(relation.label()))
        }
        Grant::In(relation) => say(relation.label()).to_owned(),
    };
    grants.iter().map(describe).collect::<Vec<_>>().join(" / ")
}

/// Declares a domain's acts: a mark for each, its line of the permission matrix, and `TABLE`.
///
/// ```ignore
/// acts! {
///     /// Sign for one's own organisation.
///     Sign = "sign_contract" [Grant::RoleIn(Role::Signatory, Relation::Seller)];
/// }
/// ```
#[macro_export]
macro_rules! acts {
    ($( $(#[$doc:meta])* $name:ident = $operation:literal [$($grant:expr),+ $(,)?]; )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}
            impl $crate::Act for $name {
                const LINE: $crate::ActLine =
                    $crate::ActLine { operation: $operation, grants: &[$($grant),+] };
            }
        )+
        /// Every act of this domain: its part of the permission matrix.
        pub const TABLE: &[$crate::ActLine] = &[$(<$name as $crate::Act>::LINE),+];
    };
}
