diesel::table! {
    // `changed_xid` (xid8) is compared only in SQL and left out here.
    listings (id) {
        id -> Uuid,
        version -> Int8,
        number -> Text,
        organisation_id -> Uuid,
        organisation_name -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        kind -> Text,
        title -> Text,
        summary -> Text,
        description -> Nullable<Text>,
        advantages -> Nullable<Text>,
        market_outlook -> Nullable<Text>,
        economic_benefits -> Nullable<Text>,
        keywords -> Array<Text>,
        domain -> Text,
        ipc -> Array<Text>,
        region -> Text,
        trl -> Nullable<Int4>,
        trl_scale -> Nullable<Text>,
        trl_evidence -> Nullable<Text>,
        stage -> Nullable<Text>,
        transfer_modes -> Array<Text>,
        price_mode -> Nullable<Text>,
        price_fen -> Nullable<Int8>,
        patents -> Jsonb,
        budget_min_fen -> Nullable<Int8>,
        budget_max_fen -> Nullable<Int8>,
        deadline -> Nullable<Date>,
        reference -> Nullable<Text>,
        expires_on -> Nullable<Date>,
        non_secret_declared -> Bool,
        status -> Text,
        submitted_at -> Nullable<Timestamptz>,
        published_at -> Nullable<Timestamptz>,
        stands_until -> Nullable<Date>,
        return_reasons -> Nullable<Jsonb>,
        suspension_reason -> Nullable<Text>,
        contract_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    listing_contacts (listing_id) {
        listing_id -> Uuid,
        name -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
    }
}

diesel::table! {
    listing_revisions (listing_id) {
        listing_id -> Uuid,
        content -> Jsonb,
        status -> Text,
        submitted_at -> Nullable<Timestamptz>,
        return_reasons -> Nullable<Jsonb>,
    }
}

diesel::table! {
    listing_reviews (listing_id) {
        listing_id -> Uuid,
        submitted_at -> Timestamptz,
        assignee_id -> Nullable<Uuid>,
        taken_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    listing_reminders (listing_id, stands_until, days_before) {
        listing_id -> Uuid,
        stands_until -> Date,
        days_before -> Int4,
    }
}

diesel::table! {
    listing_sketches (listing_id) {
        listing_id -> Uuid,
        bands -> Array<Int8>,
    }
}

diesel::joinable!(listing_contacts -> listings (listing_id));
diesel::joinable!(listing_revisions -> listings (listing_id));
diesel::joinable!(listing_reviews -> listings (listing_id));
diesel::joinable!(listing_sketches -> listings (listing_id));
diesel::allow_tables_to_appear_in_same_query!(
    listings,
    listing_contacts,
    listing_revisions,
    listing_reviews,
    listing_sketches,
);
