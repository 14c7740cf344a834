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
        keywords -> Array<Text>,
        domain -> Text,
        ipc -> Array<Text>,
        region -> Text,
        trl -> Nullable<Int4>,
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
        return_reasons -> Nullable<Array<Text>>,
        traded_contract_id -> Nullable<Uuid>,
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

diesel::joinable!(listing_contacts -> listings (listing_id));
diesel::allow_tables_to_appear_in_same_query!(listings, listing_contacts);
