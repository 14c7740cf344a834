//! What comes in.

use kernel::{CreditCode, Email, Line, OrganisationKind, OrganisationStatus, Phone, Prose, Region};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    commands::{NewOrganisation, RefreshToken},
    model::{Changes, Contact, Password, Registration},
    queries::Filter,
};

/// Whom to call about an organisation. Strangers see it masked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactForm {
    /// A person's name.
    #[schema(example = "王小兰")]
    name: Line<100>,
    /// Their telephone number.
    #[schema(example = "0971-5310000")]
    phone: Option<Phone>,
    /// Their e-mail address.
    email: Option<Email>,
}

impl From<ContactForm> for Contact {
    fn from(form: ContactForm) -> Self {
        let ContactForm { name, phone, email } = form;
        Self { name, phone, email }
    }
}

/// The account that founds an organisation. It holds the roles `org_admin`, `editor` and
/// `signatory`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FounderForm {
    /// The person signs in with this address.
    email: Email,
    /// At least 12 characters, nothing that is easily guessed.
    password: Password,
    /// The person's name.
    #[schema(example = "王小兰")]
    name: Line<100>,
}

/// An organisation that enters itself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "青海大学",
    "kind": "university",
    "credit_code": "12630000MB0X00019A",
    "region": "630105",
    "contact": { "name": "王小兰", "phone": "0971-5310000", "email": "lan@example.cn" },
    "account": {
        "email": "lan@example.cn", "password": "harbour lantern 42", "name": "王小兰"
    }
}))]
pub(super) struct RegisterOrganisationForm {
    /// Its name, as in its licence.
    #[schema(example = "青海大学")]
    name: Line<200>,
    /// What it is; `government` and `market` are entered by administrators only.
    kind: OrganisationKind,
    /// Its credit code; only an individual broker may have none.
    credit_code: Option<CreditCode>,
    /// Where it belongs: this decides which district or park shares in a subsidy.
    region: Region,
    /// Whom to call.
    contact: ContactForm,
    /// The account that founds it.
    account: FounderForm,
}

impl From<RegisterOrganisationForm> for NewOrganisation {
    fn from(form: RegisterOrganisationForm) -> Self {
        let RegisterOrganisationForm { name, kind, credit_code, region, contact, account } = form;
        Self {
            registration: Registration { kind, name, credit_code, region, contact: contact.into() },
            email: account.email,
            name: account.name,
            password: account.password,
        }
    }
}

/// What changes; what is left out stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "contact": { "name": "李明", "phone": "0971-5310001" } }))]
pub(super) struct UpdateOrganisationForm {
    /// Another name; only until it is verified.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    name: Option<Line<200>>,
    /// Another region; only until it is verified.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    region: Option<Region>,
    /// Another contact, whole.
    #[serde(default, deserialize_with = "kernel::given")]
    #[schema(nullable = false)]
    contact: Option<ContactForm>,
}

impl From<UpdateOrganisationForm> for Changes {
    fn from(form: UpdateOrganisationForm) -> Self {
        let UpdateOrganisationForm { name, region, contact } = form;
        Self { name, region, contact: contact.map(Contact::from) }
    }
}

/// Why an organisation is shut out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "注册材料与登记机关信息不符" }))]
pub(super) struct SuspendOrganisationForm {
    /// Told to the organisation.
    pub(super) reason: Prose<1000>,
}

/// Which organisations are looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OrganisationFilterForm {
    /// A part of the name, whatever the case of its letters.
    #[param(value_type = Option<String>, max_length = 100)]
    q: Option<Line<100>>,
    /// What they are.
    kind: Option<OrganisationKind>,
    /// Where they belong.
    region: Option<Region>,
    /// Where they stand. Whoever is not staff finds only verified ones and their own.
    status: Option<OrganisationStatus>,
}

impl OrganisationFilterForm {
    pub(super) fn filter(&self) -> Filter {
        Filter {
            q: self.q.as_ref().map(|text| text.as_str().to_owned()),
            kind: self.kind,
            region: self.region.clone(),
            status: self.status,
        }
    }
}

/// Who signs in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "university@demo.example", "password": "prayer flags over riyue 7"
}))]
pub(super) struct CreateSessionForm {
    /// The e-mail address of the account.
    pub(super) email: Email,
    /// Its password.
    pub(super) password: Password,
}

/// The next access token is wanted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "refresh_token": "p7Yw0m1Jk3uQe5Rt8aZx2cVb4nHs6dLf9gTi-oUyE_A" }))]
pub(super) struct RefreshSessionForm {
    /// The newest refresh token of the login; it is good once.
    pub(super) refresh_token: RefreshToken,
}

/// Another password.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "current_password": "harbour lantern 42", "new_password": "牦牛在高原上晒着太阳吃草"
}))]
pub(super) struct ChangePasswordForm {
    /// The present password.
    pub(super) current_password: Password,
    /// The next one: at least 12 characters, nothing that is easily guessed.
    pub(super) new_password: Password,
}
