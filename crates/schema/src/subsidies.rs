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
    award_moments (contract_id, assessment, rule, beneficiary_role, beneficiary_index) {
        contract_id -> Uuid,
        assessment -> Int4,
        rule -> Text,
        beneficiary_role -> Text,
        beneficiary_index -> Int4,
        entitlement_fen -> Int8,
        payable_fen -> Int8,
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

diesel::allow_tables_to_appear_in_same_query!(subsidy_assessments, award_moments);
