//! What would be due?

use actix_web::{HttpResponse, post};
use anyhow::anyhow;
use kernel::Fault;
use store::Outcome;
use web::{Answer, Anyone, Computing, ProblemView, Write, invalid};

use crate::{
    http::{
        forms::{CalculationForm, refuse_faults},
        views::CalculationView,
    },
    model::{Calculation, Compiled, PolicyBook},
};

/// Calculate what a contract or an application would bring
///
/// Stores nothing, and says what the stored process would decide: each award with its explanation
/// and funders, and for each rule that pays nothing the reason. Reasons come in the order
/// `type_not_covered`, `not_recognised`, `before_policy`, `related_parties`,
/// `buyer_outside_territory`; further ones are `buyer_not_eligible`, `needs_manual_decision`,
/// `broker_not_eligible`, `broker_affiliated`, `rounds_to_zero`, `not_newly_built`, `already_awarded`,
/// `not_assessed_excellent`, `under_one_year`, `not_joint`, `not_provincially_approved`,
/// `not_in_use`.
///
/// Codes in `errors`: `exactly_one_of`, `unknown_policy`, `count_out_of_range`,
/// `shares_do_not_add_up`, `share_out_of_range`, `technology_above_total`, `amount_out_of_range`,
/// `recognised_before_signed`, `date_out_of_range`, `region_malformed`, `amount_outside_range`,
/// `assessed_before_established`, `unknown_value`, `not_a_funder`, `text_empty`, `text_too_long`.
#[utoipa::path(
    tag = "subsidies",
    operation_id = "calculate_subsidies",
    request_body = CalculationForm,
    security(()),
    responses(
        (status = 200, description = "What is due.", body = CalculationView),
        (status = 422, description = "`invalid`: the fields are named.", body = ProblemView,
         content_type = "application/problem+json"),
    )
)]
#[post("/subsidy-calculations")]
pub(super) async fn calculate_subsidies(
    write: Write<CalculationForm, Anyone, Computing>,
) -> Answer {
    let language = write.language();
    let (policy, calculation) = calculate(write.body)?;
    Ok(HttpResponse::Ok().json(CalculationView::new(policy, calculation, language)))
}

fn calculate(form: CalculationForm) -> Outcome<(&'static Compiled, Calculation)> {
    let book = PolicyBook::built_in().map_err(|fault| anyhow!("the built-in policy: {fault}"))?;
    let recognised_on = form.contract.as_ref().and_then(|contract| contract.recognised_on);
    let policy = match &form.policy {
        Some(name) => book.named(name).ok_or_else(|| {
            let fault = Fault::new("unknown_policy", "没有这项政策", "there is no such policy");
            invalid().at("/policy", fault)
        })?,
        None => book.on(recognised_on).ok_or_else(|| anyhow!("no policy"))?,
    };
    let calculation = match (form.contract, form.application) {
        (Some(contract), None) => {
            refuse_faults(contract.faults())?;
            policy.calculate_contract(&contract)
        }
        (None, Some(form)) => {
            let funder = form.funder.clone();
            let application = form.application()?;
            refuse_faults(application.faults(&policy.policy, funder.as_ref()))?;
            policy.calculate_application(&application, funder.as_ref())
        }
        (Some(_), Some(_)) | (None, None) => {
            let fault = Fault::new(
                "exactly_one_of",
                "contract 与 application 须恰好给出一个",
                "give exactly one of contract and application",
            );
            return Err(invalid().at("", fault).into());
        }
    };
    Ok((policy, calculation.map_err(anyhow::Error::from)?))
}
