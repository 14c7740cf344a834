use super::listing::listings;

diesel::table! {
    listing_follows (account_id, listing_id) {
        account_id -> Uuid,
        listing_id -> Uuid,
        followed_at -> Timestamptz,
    }
}

diesel::table! {
    listing_views (listing_id, day) {
        listing_id -> Uuid,
        day -> Date,
        views -> Int8,
    }
}

diesel::joinable!(listing_follows -> listings (listing_id));
diesel::allow_tables_to_appear_in_same_query!(listing_follows, listings);
