//! Names of generic schemas. A generic type is described once for each of its parameters, under a
//! name that the generator makes of the two: `Id_Award`, `PageView_Award`. Clients made from the
//! description take their type names from there, so these become `AwardId` and `AwardPage`.

use utoipa::openapi::{
    Content, OpenApi, Ref, RefOr, Response, Schema,
    path::{Operation, PathItem},
    schema::{AdditionalProperties, ArrayItems},
};

const PREFIX: &str = "#/components/schemas/";
const PAGE: &str = "PageView_";
const FEED: &str = "FeedView_";
const ID: &str = "Id_";

/// Gives every generic schema its name, wherever it stands.
pub(super) fn settle(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, patch, .. } = item;
        [get, put, post, delete, patch].into_iter().flatten().for_each(of_operation);
    }
    let Some(components) = &mut document.components else { return };
    for response in components.responses.values_mut() {
        of_response(response);
    }
    let schemas = std::mem::take(&mut components.schemas);
    components.schemas = schemas.into_iter().map(|(name, schema)| of_named(name, schema)).collect();
}

fn named(name: &str) -> Option<String> {
    let page = name.strip_prefix(PAGE).map(|item| format!("{item}Page"));
    let feed = || name.strip_prefix(FEED).map(|item| format!("{item}Feed"));
    page.or_else(feed).or_else(|| name.strip_prefix(ID).map(|kind| format!("{kind}Id")))
}

fn of_named(name: String, mut schema: RefOr<Schema>) -> (String, RefOr<Schema>) {
    if let Some(item) = name.strip_prefix(PAGE).or_else(|| name.strip_prefix(FEED)) {
        refer_to_items(&mut schema, item);
    }
    of_schema(&mut schema);
    (named(&name).unwrap_or(name), schema)
}

/// The generator writes the items out in every page and feed; they have a schema of their own.
fn refer_to_items(page: &mut RefOr<Schema>, item: &str) {
    let RefOr::T(Schema::Object(page)) = page else { return };
    if let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items") {
        items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(item).into()));
    }
}

fn of_operation(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            parameter.schema.iter_mut().for_each(of_schema);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.values_mut().for_each(of_content);
    }
    operation.responses.responses.values_mut().for_each(of_response);
}

fn of_response(response: &mut RefOr<Response>) {
    if let RefOr::T(response) = response {
        response.content.values_mut().for_each(of_content);
    }
}

fn of_content(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content {
        content.schema.iter_mut().for_each(of_schema);
    }
}

fn of_schema(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::Ref(to) => {
            if let Some(name) = to.ref_location.strip_prefix(PREFIX).and_then(named) {
                to.ref_location = format!("{PREFIX}{name}");
            }
        }
        RefOr::T(schema) => of_parts(schema),
    }
}

fn of_parts(schema: &mut Schema) {
    match schema {
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                of_schema(items);
            }
        }
        Schema::Object(object) => {
            object.properties.values_mut().for_each(of_schema);
            if let Some(AdditionalProperties::RefOr(more)) =
                object.additional_properties.as_deref_mut()
            {
                of_schema(more);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(of_schema),
        Schema::AllOf(all) => all.items.iter_mut().for_each(of_schema),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(of_schema),
        // The generator makes no others; the enum is open to later versions of the specification.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generic_schema_is_named_after_what_it_is_of() {
        assert_eq!(named("Id_Award").as_deref(), Some("AwardId"));
        assert_eq!(named("PageView_AwardSummary").as_deref(), Some("AwardSummaryPage"));
        assert_eq!(named("FeedView_Listing").as_deref(), Some("ListingFeed"));
        assert_eq!(named("Award"), None);
    }

    #[test]
    fn no_name_of_the_generator_is_left() {
        let text = super::super::text().unwrap();
        assert!(
            !text.contains(PAGE)
                && !text.contains(FEED)
                && !text.contains("/Id_")
                && !text.contains("\"Id_")
        );
    }
}
