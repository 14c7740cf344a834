diesel::table! {
    // `changed_xid` (xid8) is compared only in SQL and left out here.
    match_documents (listing_id) {
        listing_id -> Uuid,
        version -> Int8,
        side -> Text,
        organisation_id -> Uuid,
        facts -> Jsonb,
        state -> Text,
        revision -> Int8,
    }
}

diesel::table! {
    match_brokers (organisation_id) {
        organisation_id -> Uuid,
        kind -> Text,
        name -> Text,
        region -> Text,
    }
}

diesel::table! {
    match_suspensions (organisation_id) {
        organisation_id -> Uuid,
    }
}

diesel::table! {
    introductions (id) {
        id -> Uuid,
        version -> Int8,
        need_id -> Uuid,
        offer_id -> Uuid,
        need_organisation_id -> Uuid,
        offer_organisation_id -> Uuid,
        broker_id -> Nullable<Uuid>,
        proposed_by -> Text,
        message -> Text,
        proposed_at -> Timestamptz,
        status -> Text,
        need_accepted_at -> Nullable<Timestamptz>,
        offer_accepted_at -> Nullable<Timestamptz>,
        broker_accepted_at -> Nullable<Timestamptz>,
        declined_at -> Nullable<Timestamptz>,
        declined_by -> Nullable<Text>,
        decline_reason -> Nullable<Text>,
        contracted_at -> Nullable<Timestamptz>,
        contract_id -> Nullable<Uuid>,
        lapses_on -> Date,
        lapsed_at -> Nullable<Timestamptz>,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Text>,
        close_reason -> Nullable<Text>,
        reminded -> Bool,
    }
}

diesel::table! {
    introduction_messages (id) {
        id -> Uuid,
        introduction_id -> Uuid,
        posted_at -> Timestamptz,
        participant -> Text,
        organisation_id -> Uuid,
        account_id -> Uuid,
        text -> Text,
    }
}

diesel::table! {
    introduction_steps (introduction_id, version) {
        introduction_id -> Uuid,
        version -> Int8,
        what -> Text,
        at -> Timestamptz,
        participant -> Nullable<Text>,
        organisation_id -> Nullable<Uuid>,
        account_id -> Nullable<Uuid>,
    }
}

diesel::joinable!(introduction_steps -> introductions (introduction_id));
diesel::allow_tables_to_appear_in_same_query!(introduction_steps, introductions);
