diesel::table! {
    contracts (id) {
        id -> Uuid,
        version -> Int8,
        number -> Text,
        created_at -> Timestamptz,
        drafted_by_id -> Uuid,
        contract_type -> Text,
        subtype -> Nullable<Text>,
        title -> Text,
        domain -> Text,
        introduction_id -> Nullable<Uuid>,
        total_amount_fen -> Int8,
        technology_amount_fen -> Int8,
        non_technology_items -> Jsonb,
        related_parties -> Bool,
        payment_terms -> Jsonb,
        starts_on -> Date,
        ends_on -> Date,
        clauses -> Jsonb,
        status -> Text,
        document_number -> Nullable<Int4>,
        signed_on -> Nullable<Date>,
        paid_amount_fen -> Int8,
        paid_technology_amount_fen -> Int8,
        recognition_status -> Text,
        recognition_step -> Nullable<Int4>,
        decide_by -> Nullable<Date>,
        recognised_technology_amount_fen -> Nullable<Int8>,
        registration_number -> Nullable<Text>,
    }
}

diesel::table! {
    contract_parties (contract_id, organisation_id) {
        contract_id -> Uuid,
        organisation_id -> Uuid,
        position -> Int4,
        role -> Text,
        share_bp -> Int4,
        affiliated -> Nullable<Bool>,
        name -> Nullable<Text>,
        kind -> Nullable<Text>,
        credit_code -> Nullable<Text>,
        region -> Nullable<Text>,
        state_organ -> Nullable<Bool>,
    }
}

diesel::table! {
    contract_listings (contract_id, listing_id) {
        contract_id -> Uuid,
        listing_id -> Uuid,
        position -> Int4,
        deals -> Bool,
        dealt -> Bool,
    }
}

diesel::table! {
    contract_documents (contract_id, number) {
        contract_id -> Uuid,
        number -> Int4,
        content -> Text,
        sha256 -> Bytea,
        offered_at -> Timestamptz,
        account_id -> Uuid,
        organisation_ids -> Array<Uuid>,
    }
}

diesel::table! {
    contract_signatures (contract_id, document_number, organisation_id) {
        contract_id -> Uuid,
        document_number -> Int4,
        organisation_id -> Uuid,
        account_id -> Uuid,
        sha256 -> Bytea,
        signed_at -> Timestamptz,
    }
}

diesel::table! {
    contract_recognition_steps (contract_id, number) {
        contract_id -> Uuid,
        number -> Int4,
        status -> Text,
        taken_at -> Timestamptz,
        account_id -> Uuid,
        decide_by -> Nullable<Date>,
        words -> Nullable<Text>,
        refusal_reasons -> Nullable<Jsonb>,
        contract_type -> Nullable<Text>,
        subtype -> Nullable<Text>,
        technology_amount_fen -> Nullable<Int8>,
        registration_number -> Nullable<Text>,
    }
}

diesel::table! {
    contract_payments (id) {
        id -> Uuid,
        contract_id -> Uuid,
        paid_on -> Date,
        amount_fen -> Int8,
        technology_amount_fen -> Int8,
        reference -> Nullable<Text>,
        recorded_at -> Timestamptz,
        account_id -> Uuid,
    }
}

diesel::joinable!(contract_parties -> contracts (contract_id));
diesel::joinable!(contract_payments -> contracts (contract_id));
diesel::allow_tables_to_appear_in_same_query!(contracts, contract_parties);
diesel::allow_tables_to_appear_in_same_query!(contracts, contract_payments);
