//! The description of the API (OpenAPI 3.1), made from the handlers.

mod names;
mod problem_examples;
mod versions;

use actix_web::App;
use utoipa::{
    ToSchema,
    openapi::{
        ContactBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref,
        RefOr, ResponseBuilder, ServerBuilder,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};
use web::{ProblemFieldView, ProblemView};

use crate::routes;

/// Each tag, in the order in which a deal lives.
const TAGS: [(&str, &str); 9] = [
    ("access", "Signing in, and who one is."),
    ("organisations", "Who takes part in the market."),
    ("listings", "Results, patents and needs: written, reviewed, published, found."),
    ("disclosure", "What of a listing is protected, and who may see it."),
    ("matching", "Who fits whom, and why; introductions."),
    ("contracts", "Technology contracts: drafted, offered, signed, recognised, paid."),
    ("subsidies", "Policies, calculations and awards, each explained with its article."),
    ("policies", "The measures as data."),
    ("operation", "The server itself."),
];

/// The whole description.
#[must_use]
pub fn document() -> OpenApi {
    routes::describe(App::new()).1
}

/// The description as it is kept in `openapi/market.json`.
///
/// # Errors
/// Only if it cannot be written as JSON.
pub fn text() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&document()).map(|text| text + "\n")
}

/// What does not come from the handlers.
pub(crate) fn frame() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Xining science and technology market · 西宁科技大市场")
        .version("1")
        .description(Some(include_str!("openapi.md")))
        .license(Some(
            LicenseBuilder::new()
                .name("MIT OR Apache-2.0")
                .identifier(Some("MIT OR Apache-2.0"))
                .build(),
        ))
        .contact(Some(ContactBuilder::new().name(Some("Market operators")).build()))
        .build();
    let here = ServerBuilder::new().url("/").description(Some("This server")).build();
    OpenApiBuilder::new().info(info).servers(Some([here])).build()
}

/// Adds what every operation has in common: tags, the security scheme, the form of problems.
pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
    let used = used_tags(&document);
    let tags = TAGS.into_iter().filter(|(name, _)| used.iter().any(|used| used == name));
    document.tags = Some(
        tags.map(|(name, words)| TagBuilder::new().name(name).description(Some(words)).build())
            .collect(),
    );
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("The `access_token` of `create_session`."))
        .build();
    components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(bearer).into());
    for (name, schema) in [
        (ProblemView::name(), <ProblemView as utoipa::PartialSchema>::schema()),
        (ProblemFieldView::name(), <ProblemFieldView as utoipa::PartialSchema>::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    let mut shared = problem_examples::Shared::new();
    for (path, item) in &mut document.paths.paths {
        let PathItem { get, put, post, delete, patch, .. } = item;
        let written = [put, post, delete, patch].into_iter().map(|operation| (false, operation));
        for (reads, operation) in std::iter::once((true, get)).chain(written) {
            let Some(operation) = operation else { continue };
            add_problems(reads, operation);
            problem_examples::add(path, reads, operation, components, &mut shared);
            versions::show(operation);
        }
    }
    components.examples = shared;
    names::settle(&mut document);
    document
}

fn used_tags(document: &OpenApi) -> Vec<String> {
    let items = document.paths.paths.values();
    items
        .flat_map(|item| [&item.get, &item.put, &item.post, &item.delete, &item.patch])
        .flatten()
        .flat_map(|operation| operation.tags.iter().flatten().cloned())
        .collect()
}

/// The problems of every operation that has a body, and the codes that say which.
const PROBLEMS_OF_BODIES: [(&str, &str); 3] = [
    ("413", "`body_too_large`"),
    ("415", "`unsupported_media_type`"),
    ("422", "`invalid` with every field that must be mended"),
];

/// The problems of every operation.
const PROBLEMS: [(&str, &str); 3] = [
    ("400", "`malformed`: the request is not of the shape described"),
    ("500", "`internal_error`: our fault; quote `trace_id`"),
    ("503", "`overloaded`, `unavailable`, `timed_out`"),
];

/// Whatever the operation, these may come: the edge answers them before the handler is reached,
/// or when the database is away. What an operation says of its own goes before.
fn add_problems(reads: bool, operation: &mut Operation) {
    let of_bodies = operation.request_body.iter().flat_map(|_| PROBLEMS_OF_BODIES);
    let of_tokens = token_problems(reads, operation).map(|codes| ("401", codes));
    for (status, codes) in of_bodies.chain(PROBLEMS).chain(of_tokens) {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description(codes)
            .content("application/problem+json", problem)
            .build();
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(response));
    }
}

/// What is said of the token. A read looks at one that is sent also where none is needed; a write
/// that is for everybody does not.
fn token_problems(reads: bool, operation: &Operation) -> Option<&'static str> {
    let open = SecurityRequirement::default();
    let is_open = operation.security.as_ref().is_some_and(|schemes| schemes.contains(&open));
    match (is_open, reads) {
        (true, true) => Some("`invalid_token`"),
        (true, false) => None,
        (false, true) => Some("`unauthenticated`, `invalid_token`"),
        (false, false) => Some("`unauthenticated`, `invalid_token`, `rights_changed`"),
    }
}

#[cfg(test)]
mod tests {
    use crate::demo;

    #[test]
    fn the_example_of_signing_in_works_in_the_demo() {
        let document = serde_json::to_value(super::document()).unwrap();
        let form = &document["components"]["schemas"]["CreateSessionForm"]["example"];
        assert_eq!(form["password"], demo::PASSWORD);
        assert!(demo::accounts().unwrap().iter().any(|account| form["email"] == account.email));
    }
}
