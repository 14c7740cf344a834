diesel::table! {
    subsidy_assessments (contract_id, number) {
        contract_id -> Uuid,
        number -> Int4,
        kind -> Text,
        cause -> Text,
        policy_id -> Text,
        policy_version -> Int4,
        facts -> Jsonb,
        facts_sha256 -> Bytea,
        result -> Jsonb,
        organisation_ids -> Array<Uuid>,
        assessed_at -> Timestamptz,
    }
}

diesel::table! {
    awards (id) {
        id -> Uuid,
        contract_id -> Uuid,
        rule -> Text,
        article -> Text,
        policy_id -> Text,
        policy_version -> Int4,
        beneficiary_role -> Text,
        beneficiary_index -> Int4,
        beneficiary_id -> Uuid,
        status -> Text,
        entitlement_fen -> Int8,
        payable_fen -> Int8,
        paid_fen -> Int8,
        capped -> Bool,
        funding -> Jsonb,
        explanation -> Jsonb,
        assessment -> Int4,
        replaced_by -> Nullable<Uuid>,
        version -> Int8,
        created_at -> Timestamptz,
        changed_at -> Timestamptz,
    }
}
