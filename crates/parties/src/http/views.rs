//! What goes out.

use chrono::{DateTime, Utc};
use kernel::{
    Caller, CreditCode, Email, Id, Line, OrganisationKind, OrganisationStatus, Phone, Region, Role,
    Version, kinds,
};
use serde::Serialize;
use utoipa::ToSchema;
use web::Resource;

use crate::{
    AccessToken, access,
    commands::SignedIn,
    keys::Key,
    model::{Account, Contact, Organisation, Standing, masked_email, masked_name},
};

/// Whom to call about an organisation; masked for strangers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganisationContact)]
pub(super) struct ContactView {
    /// A person's name.
    #[schema(example = "王**")]
    name: String,
    /// Their telephone number.
    #[schema(example = "097****0000", required = true)]
    phone: Option<String>,
    /// Their e-mail address.
    #[schema(example = "l***@example.cn", required = true)]
    email: Option<String>,
    /// Are these only masks?
    masked: bool,
}

impl ContactView {
    fn whole(contact: &Contact) -> Self {
        Self {
            name: contact.name.to_string(),
            phone: contact.phone.as_ref().map(Phone::to_string),
            email: contact.email.as_ref().map(Email::to_string),
            masked: false,
        }
    }

    fn masked(contact: &Contact) -> Self {
        Self {
            name: masked_name(contact.name.as_str()),
            phone: contact.phone.as_ref().map(Phone::masked),
            email: contact.email.as_ref().map(masked_email),
            masked: true,
        }
    }
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organisation, example = json!({
    "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11", "version": 2, "status": "verified",
    "kind": "university", "name": "青海大学", "region": "630105",
    "contact": {
        "name": "王**", "phone": "097****0000", "email": "l***@example.cn", "masked": true
    },
    "registered_at": "2026-03-01T08:00:00Z", "verified_at": "2026-03-02T01:30:00Z"
}))]
pub(super) struct OrganisationView {
    id: Id<kinds::Organisation>,
    version: Version,
    status: OrganisationStatus,
    kind: OrganisationKind,
    name: Line<200>,
    /// Only for the organisation itself and staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    credit_code: Option<CreditCode>,
    region: Region,
    contact: ContactView,
    registered_at: DateTime<Utc>,
    /// When an operator checked it, last.
    #[schema(required = true)]
    verified_at: Option<DateTime<Utc>>,
    /// When it was shut out. Only for the organisation itself and staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    suspended_at: Option<DateTime<Utc>>,
    /// Why it was shut out. Only for the organisation itself and staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    suspension_reason: Option<String>,
}

impl OrganisationView {
    /// The organisation as the caller may see it.
    pub(super) fn of(organisation: &Organisation, caller: &Caller) -> Self {
        if access::reads_whole(caller, organisation.id) {
            Self::whole(organisation)
        } else {
            Self::public(organisation)
        }
    }

    /// Everything, for the organisation itself and staff.
    pub(super) fn whole(organisation: &Organisation) -> Self {
        let (suspended_at, suspension_reason) = match &organisation.standing {
            Standing::Suspended { at, reason, .. } => (Some(*at), Some(reason.to_string())),
            Standing::Registered | Standing::Verified { .. } => (None, None),
        };
        Self {
            credit_code: organisation.credit_code.clone(),
            contact: ContactView::whole(&organisation.contact),
            suspended_at,
            suspension_reason,
            ..Self::public(organisation)
        }
    }

    fn public(organisation: &Organisation) -> Self {
        let verified_at = match &organisation.standing {
            Standing::Registered => None,
            Standing::Verified { at } => Some(*at),
            Standing::Suspended { verified_at, .. } => *verified_at,
        };
        Self {
            id: organisation.id,
            version: organisation.version,
            status: organisation.standing.status(),
            kind: organisation.kind,
            name: organisation.name.clone(),
            credit_code: None,
            region: organisation.region.clone(),
            contact: ContactView::masked(&organisation.contact),
            registered_at: organisation.registered_at,
            verified_at,
            suspended_at: None,
            suspension_reason: None,
        }
    }
}

impl Resource for OrganisationView {
    fn version(&self) -> Version {
        self.version
    }

    fn location(&self) -> String {
        format!("/api/v1/organisations/{}", self.id)
    }
}

/// The tokens of a login.
#[derive(Serialize, ToSchema)]
#[schema(as = Session, example = json!({
    "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6Ij…",
    "token_type": "Bearer", "expires_in": 900,
    "refresh_token": "p7Yw0m1Jk3uQe5Rt8aZx2cVb4nHs6dLf9gTi-oUyE_A"
}))]
pub(super) struct SessionView {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds for which the access token is good.
    expires_in: i64,
    /// Good once, for the next pair of tokens.
    refresh_token: String,
}

impl SessionView {
    pub(super) fn new(access: AccessToken, signed_in: &SignedIn) -> Self {
        Self {
            access_token: access.token,
            token_type: "Bearer",
            expires_in: access.expires_in,
            refresh_token: signed_in.refresh_token.reveal().to_owned(),
        }
    }
}

/// A person's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountView {
    id: Id<kinds::Account>,
    /// Signs in with this address.
    email: Email,
    /// The person's name.
    name: Line<100>,
}

/// Who somebody is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me, example = json!({
    "account": {
        "id": "019cc0de-7b00-7f02-9c44-3b1d5e7a8c20", "email": "lan@example.cn", "name": "王小兰"
    },
    "organisation": {
        "id": "019cc0de-7b00-7c3e-8a51-0d6f3b2a9e11", "version": 2, "status": "verified",
        "kind": "university", "name": "青海大学", "credit_code": "12630000MB0X00019A",
        "region": "630105",
        "contact": {
            "name": "王小兰", "phone": "0971-5310000", "email": "lan@example.cn", "masked": false
        },
        "registered_at": "2026-03-01T08:00:00Z", "verified_at": "2026-03-02T01:30:00Z"
    },
    "roles": ["org_admin", "editor", "signatory"]
}))]
pub(super) struct MeView {
    account: AccountView,
    organisation: OrganisationView,
    /// What the person may do for the organisation.
    roles: Vec<Role>,
}

impl MeView {
    pub(super) fn new(account: &Account, organisation: &Organisation) -> Self {
        Self {
            account: AccountView {
                id: account.id,
                email: account.email.clone(),
                name: account.name.clone(),
            },
            organisation: OrganisationView::whole(organisation),
            roles: account.roles.iter().collect(),
        }
    }
}

/// A public key (RFC 7517, RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub(super) struct KeyView {
    /// Always `OKP`.
    #[schema(example = "OKP")]
    kty: &'static str,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA")]
    alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: &'static str,
    /// The `kid` in the header of tokens that it signs.
    kid: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

impl KeyView {
    pub(super) fn new(key: &Key) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: key.span.id.to_string(),
            x: key.x(),
        }
    }
}

/// The public keys of access tokens (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Keys, example = json!({ "keys": [{
    "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
    "kid": "019cc0de-7a10-7d1b-b3f0-6c2e9a4f7b55",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}] }))]
pub(super) struct KeysView {
    /// Those that verify now, and the one that will sign next.
    pub(super) keys: Vec<KeyView>,
}
