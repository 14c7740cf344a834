//! The measures as data.

use actix_web::{HttpRequest, get};
use anyhow::anyhow;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Answer, Path, ProblemView, Read, show_as_it_is};

use crate::{
    error::UNKNOWN_POLICY,
    http::views::PolicyVersionView,
    model::{Compiled, PolicyBook},
};

/// Policies.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policies)]
struct PoliciesView {
    /// Every version in use, newest first.
    items: Vec<PolicySummaryView>,
}

/// A policy version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PolicySummary)]
struct PolicySummaryView {
    #[serde(flatten)]
    version: PolicyVersionView,
    /// Its name.
    title: String,
    /// The rules in it.
    rules: Vec<String>,
}

impl PolicySummaryView {
    fn new(policy: &Compiled, read: &Read) -> Self {
        Self {
            version: PolicyVersionView::new(policy),
            title: read.language().pick(policy.policy.title.clone()),
            rules: policy.policy.rules.iter().map(|rule| rule.id.clone()).collect(),
        }
    }
}

/// List policies
#[utoipa::path(
    tag = "policies",
    operation_id = "list_policies",
    security(()),
    responses(
        (status = 200, description = "Every version in use.", body = PoliciesView,
         headers(("ETag" = String, description = "Names what was shown."))),
        (status = 304, description = "The client has this already."),
    )
)]
#[get("/policies")]
pub(super) async fn list_policies(read: Read) -> Answer {
    let book = PolicyBook::built_in().map_err(|fault| anyhow!("the built-in policy: {fault}"))?;
    let items = book.all().map(|policy| PolicySummaryView::new(policy, &read)).collect();
    read.show_as_it_is(&PoliciesView { items })
}

/// Read a policy
///
/// The whole document: articles with their words, parameters, rules, and the worked examples that
/// hold.
#[utoipa::path(
    tag = "policies",
    operation_id = "get_policy",
    security(()),
    params(("id" = String, Path, description = "`id`, or `id@version`.", example = "xining-2020")),
    responses(
        (status = 200, description = "The document.", body = Object,
         headers(("ETag" = String, description = "Names what was shown."))),
        (status = 304, description = "The client has this already."),
        (status = 404, description = "`unknown_policy`", body = ProblemView,
         content_type = "application/problem+json"),
    )
)]
#[get("/policies/{id}")]
pub(super) async fn get_policy(request: HttpRequest, name: Path<String>) -> Answer {
    let book = PolicyBook::built_in().map_err(|fault| anyhow!("the built-in policy: {fault}"))?;
    let policy = book.named(&name.0).ok_or_else(|| UNKNOWN_POLICY.refuse())?;
    show_as_it_is(&request, &policy.policy)
}
