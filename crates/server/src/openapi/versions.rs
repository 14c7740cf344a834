//! What versions look like in headers: `ETag` in answers, `If-Match` in requests.

use kernel::Version;
use serde_json::Value;
use utoipa::openapi::{
    RefOr,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
};

const HOW: &str =
    "Send it as it came, with its quotes; what stands after the dash may be left out.";

/// Shows what to send in `If-Match`, and what comes in `ETag`.
pub(super) fn show(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Header
            && parameter.name == "If-Match"
        {
            *parameter = with_example(parameter);
        }
    }
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        // What is no JSON has a tag of another form, and no version.
        if !response.content.contains_key("application/json") {
            continue;
        }
        if let Some(RefOr::T(header)) = response.headers.get_mut("ETag") {
            header.example = Some(example());
        }
    }
}

fn with_example(parameter: &Parameter) -> Parameter {
    let description = parameter.description.as_deref().unwrap_or_default();
    ParameterBuilder::from(parameter.clone())
        .description(Some(format!("{description} {HOW}")))
        .example(Some(example()))
        .build()
}

fn example() -> Value {
    web::etag(Version::FIRST, "{}").into()
}
