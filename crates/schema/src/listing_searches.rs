diesel::table! {
    saved_searches (id) {
        id -> Uuid,
        version -> Int8,
        account_id -> Uuid,
        organisation_id -> Uuid,
        name -> Text,
        notify -> Text,
        created_at -> Timestamptz,
        words -> Nullable<Text>,
        kind -> Nullable<Text>,
        domain -> Nullable<Text>,
        region -> Nullable<Text>,
        trl_min -> Nullable<Int4>,
        trl_max -> Nullable<Int4>,
        price_max_fen -> Nullable<Int8>,
        transfer_mode -> Nullable<Text>,
        owner_id -> Nullable<Uuid>,
        told_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    saved_search_hits (search_id, listing_id) {
        search_id -> Uuid,
        listing_id -> Uuid,
        found_at -> Timestamptz,
        told -> Bool,
    }
}

use super::listing::listings;

diesel::allow_tables_to_appear_in_same_query!(saved_searches, saved_search_hits);
diesel::allow_tables_to_appear_in_same_query!(saved_search_hits, listings);
