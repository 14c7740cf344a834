diesel::table! {
    audit_entries (id) {
        id -> Int8,
        at -> Timestamptz,
        account_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
        act -> Text,
        object_kind -> Text,
        object_id -> Uuid,
        object_version -> Int8,
        request_id -> Text,
        facts -> Jsonb,
    }
}

diesel::table! {
    // `xid` (xid8) is compared only in SQL and left out here.
    events (seq) {
        seq -> Int8,
        id -> Uuid,
        name -> Text,
        aggregate_kind -> Text,
        aggregate_id -> Uuid,
        occurred_at -> Timestamptz,
        data -> Jsonb,
    }
}

diesel::table! {
    outbox (event_seq) {
        event_seq -> Int8,
        aggregate_id -> Uuid,
        attempts -> Int4,
        not_before -> Timestamptz,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency_keys (caller, key) {
        caller -> Text,
        key -> Text,
        fingerprint -> Bytea,
        status -> Int4,
        etag -> Nullable<Text>,
        location -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamptz,
    }
}

diesel::joinable!(outbox -> events (event_seq));
diesel::allow_tables_to_appear_in_same_query!(events, outbox);
