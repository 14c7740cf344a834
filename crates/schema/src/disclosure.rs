use super::listing::listings;

diesel::table! {
    listing_protected (listing_id) {
        listing_id -> Uuid,
        description -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    listing_attachments (id) {
        id -> Uuid,
        listing_id -> Uuid,
        slot -> Int4,
        visibility -> Text,
        title -> Text,
        file_name -> Text,
        file_type -> Text,
        size -> Int8,
        sha256 -> Bytea,
        added_at -> Timestamptz,
    }
}

diesel::table! {
    listing_storage (organisation_id) {
        organisation_id -> Uuid,
        bytes -> Int8,
    }
}

diesel::table! {
    listing_removed_attachments (id) {
        id -> Uuid,
        removed_at -> Timestamptz,
    }
}

diesel::table! {
    listing_store_mark (single) {
        single -> Bool,
        mark -> Uuid,
    }
}

diesel::table! {
    disclosures (id) {
        id -> Uuid,
        version -> Int8,
        listing_id -> Uuid,
        owner_id -> Uuid,
        listing_title -> Text,
        organisation_id -> Uuid,
        organisation_name -> Text,
        purpose -> Text,
        message -> Nullable<Text>,
        requested_at -> Timestamptz,
        status -> Text,
        granted_at -> Nullable<Timestamptz>,
        expires_on -> Nullable<Date>,
        refused_at -> Nullable<Timestamptz>,
        refusal_reason -> Nullable<Text>,
        revoked_at -> Nullable<Timestamptz>,
        revocation_reason -> Nullable<Text>,
    }
}

diesel::table! {
    listing_looks (id) {
        id -> Int8,
        listing_id -> Uuid,
        at -> Timestamptz,
        account_id -> Uuid,
        organisation_id -> Uuid,
        organisation_name -> Text,
        disclosure_id -> Nullable<Uuid>,
        what -> Text,
        attachment_id -> Nullable<Uuid>,
        attachment_title -> Nullable<Text>,
        request_id -> Text,
    }
}

diesel::joinable!(disclosures -> listings (listing_id));
diesel::allow_tables_to_appear_in_same_query!(disclosures, listings);
