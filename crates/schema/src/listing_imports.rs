diesel::table! {
    listing_imports (id) {
        id -> Uuid,
        version -> Int8,
        organisation_id -> Uuid,
        account_id -> Uuid,
        session_id -> Uuid,
        roles -> Array<Text>,
        rights_version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        file_name -> Text,
        file_kind -> Text,
        file_bytes -> Int8,
        file_sha256 -> Bytea,
        file_kept -> Bool,
        mode -> Text,
        dry_run -> Bool,
        submit -> Bool,
        status -> Text,
        reached_row -> Int4,
        rows_total -> Int4,
        rows_read -> Int4,
        rows_valid -> Int4,
        rows_created -> Int4,
        rows_updated -> Int4,
        rows_unchanged -> Int4,
        rows_failed -> Int4,
        errors_total -> Int4,
        errors_kept -> Int4,
        failure_code -> Nullable<Text>,
        failure_zh -> Nullable<Text>,
        failure_en -> Nullable<Text>,
        held_by -> Nullable<Uuid>,
        held_until -> Nullable<Timestamptz>,
        attempts -> Int4,
        finished_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    listing_import_pieces (import_id, position) {
        import_id -> Uuid,
        position -> Int4,
        bytes -> Bytea,
    }
}

diesel::table! {
    listing_import_errors (import_id, position) {
        import_id -> Uuid,
        position -> Int4,
        sheet_row -> Int4,
        cell -> Nullable<Text>,
        column_head -> Nullable<Text>,
        code -> Text,
        words_zh -> Text,
        words_en -> Text,
        value -> Nullable<Text>,
    }
}
