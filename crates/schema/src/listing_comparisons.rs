diesel::table! {
    listing_comparisons (listing_id) {
        listing_id -> Uuid,
        said_at -> Timestamptz,
        behind -> Nullable<Uuid>,
        noted_at -> Timestamptz,
        held_until -> Nullable<Timestamptz>,
    }
}
