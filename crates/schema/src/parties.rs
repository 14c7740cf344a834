diesel::table! {
    organisations (id) {
        id -> Uuid,
        version -> Int8,
        kind -> Text,
        name -> Text,
        credit_code -> Nullable<Text>,
        region -> Text,
        contact_name -> Text,
        contact_phone -> Nullable<Text>,
        contact_email -> Nullable<Text>,
        status -> Text,
        registered_at -> Timestamptz,
        verified_at -> Nullable<Timestamptz>,
        suspended_at -> Nullable<Timestamptz>,
        suspension_reason -> Nullable<Text>,
    }
}

diesel::table! {
    accounts (id) {
        id -> Uuid,
        version -> Int8,
        organisation_id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Text,
        roles -> Array<Text>,
        rights_version -> Int4,
        status -> Text,
        created_at -> Timestamptz,
        password_changed_at -> Timestamptz,
        closed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        account_id -> Uuid,
        opened_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_tokens (token_sha256) {
        token_sha256 -> Bytea,
        session_id -> Uuid,
        issued_at -> Timestamptz,
        expires_at -> Timestamptz,
        spent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    login_failures (email_sha256, network) {
        email_sha256 -> Bytea,
        network -> Text,
        failures -> Int4,
        last_failed_at -> Timestamptz,
        locked_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    signing_keys (id) {
        id -> Uuid,
        public_key -> Bytea,
        sealing -> Text,
        sealed_private_key -> Bytea,
        created_at -> Timestamptz,
        activates_at -> Timestamptz,
        retires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    organisation_showcases (organisation_id) {
        organisation_id -> Uuid,
        short_name -> Text,
        about -> Nullable<Text>,
        website -> Nullable<Text>,
        domains -> Array<Text>,
        office_name -> Nullable<Text>,
        office_phone -> Nullable<Text>,
        office_email -> Nullable<Text>,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(organisation_showcases -> organisations (organisation_id));
diesel::allow_tables_to_appear_in_same_query!(organisation_showcases, organisations);
diesel::joinable!(accounts -> organisations (organisation_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(organisations, accounts);
diesel::allow_tables_to_appear_in_same_query!(sessions, accounts);
diesel::allow_tables_to_appear_in_same_query!(refresh_tokens, sessions);
