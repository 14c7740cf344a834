-- Who takes part in the market: organisations, the people who act for them, and their logins.
--
-- Everything that signs a person in lives here, too: sessions with their chains of refresh
-- tokens, failed logins, and the keys that sign access tokens. Secrets are kept only as digests
-- (passwords as Argon2id, refresh tokens as SHA-256) or sealed (private keys).

-- owner: parties
-- Legal persons, sole traders and individual brokers; the market and the bureaus themselves.
CREATE TABLE organisations (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    kind text NOT NULL CHECK (kind IN (
        'university', 'institute', 'enterprise', 'broker_agency', 'individual_broker',
        'government', 'market')),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    -- An individual broker is a person and may have none; the market's and the bureaus' own
    -- entries are made by their administrators, who may not know theirs.
    credit_code text CONSTRAINT organisations_credit_code_key UNIQUE
        CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
    region text NOT NULL CHECK (region ~ '^([1-8][0-9]{5}|park-[a-z-]+|overseas)$'),
    contact_name text NOT NULL CHECK (char_length(contact_name) BETWEEN 1 AND 100),
    contact_phone text CHECK (char_length(contact_phone) BETWEEN 1 AND 30),
    contact_email text CHECK (char_length(contact_email) BETWEEN 3 AND 254),
    status text NOT NULL CHECK (status IN ('registered', 'verified', 'suspended')),
    registered_at timestamptz NOT NULL,
    verified_at timestamptz,
    suspended_at timestamptz,
    suspension_reason text CHECK (char_length(suspension_reason) BETWEEN 1 AND 1000),
    CONSTRAINT organisations_credit_code_present CHECK (
        credit_code IS NOT NULL OR kind IN ('individual_broker', 'government', 'market')),
    CONSTRAINT organisations_status_facts CHECK (CASE status
        WHEN 'registered' THEN
            verified_at IS NULL AND suspended_at IS NULL AND suspension_reason IS NULL
        WHEN 'verified' THEN
            verified_at IS NOT NULL AND suspended_at IS NULL AND suspension_reason IS NULL
        WHEN 'suspended' THEN
            suspended_at IS NOT NULL AND suspension_reason IS NOT NULL
    END)
);
-- Lists are in the order of registration, newest first: ids are in order of time.
CREATE INDEX organisations_by_status ON organisations (status, id DESC);
CREATE INDEX organisations_by_kind ON organisations (kind, id DESC);
CREATE INDEX organisations_by_region ON organisations (region, id DESC);
-- The market and each bureau are there once.
CREATE UNIQUE INDEX organisations_staff_name_key ON organisations (kind, name)
    WHERE kind IN ('government', 'market');

-- owner: parties
-- People. An account is closed, never deleted: what it has signed stays its own.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    -- In lower case.
    email text NOT NULL CONSTRAINT accounts_email_key UNIQUE
        CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    -- PHC string.
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    roles text[] NOT NULL CHECK (
        cardinality(roles) >= 1
        AND array_position(roles, NULL) IS NULL
        AND roles <@ ARRAY[
            'org_admin', 'editor', 'signatory', 'viewer', 'operator', 'registrar', 'reviewer',
            'approver', 'treasurer', 'district_officer', 'auditor', 'admin']),
    -- Raised whenever what the account may do changes; every write compares it with the token's.
    rights_version integer NOT NULL CHECK (rights_version >= 1),
    status text NOT NULL CHECK (status IN ('active', 'closed')),
    created_at timestamptz NOT NULL,
    password_changed_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT accounts_status_facts CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    -- System administration has no business power; auditing changes nothing.
    CONSTRAINT accounts_lone_roles CHECK (
        cardinality(roles) = 1 OR NOT roles && ARRAY['admin', 'auditor'])
);
CREATE INDEX accounts_by_organisation ON accounts (organisation_id, id);

-- owner: parties
-- Logins. A session is a family of refresh tokens, of which only the newest is good.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    opened_at timestamptz NOT NULL,
    -- The end that no refresh postpones.
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text CHECK (ended_by IN (
        'signed_out', 'token_reused', 'password_changed', 'organisation_suspended',
        'account_closed')),
    CONSTRAINT sessions_lifetime CHECK (expires_at > opened_at),
    CONSTRAINT sessions_end_facts CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- owner: parties
-- Every refresh token of a session, spent ones too: one that comes back a second time was stolen
-- from one of its two holders, and ends the session.
CREATE TABLE refresh_tokens (
    token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    session_id uuid NOT NULL REFERENCES sessions (id),
    issued_at timestamptz NOT NULL,
    -- Unused for so long, it is no longer good.
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    CONSTRAINT refresh_tokens_lifetime CHECK (expires_at > issued_at)
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE UNIQUE INDEX refresh_tokens_unspent_key ON refresh_tokens (session_id)
    WHERE spent_at IS NULL;

-- owner: parties
-- Failed logins by address and network (/24 or /64), whether the address has an account or not,
-- so that an answer does not tell which. Only the pair is locked: nobody can lock others out.
CREATE TABLE login_failures (
    email_sha256 bytea NOT NULL CHECK (octet_length(email_sha256) = 32),
    network text NOT NULL CHECK (char_length(network) BETWEEN 1 AND 64),
    failures integer NOT NULL CHECK (failures >= 1),
    last_failed_at timestamptz NOT NULL,
    locked_until timestamptz,
    PRIMARY KEY (email_sha256, network)
);
CREATE INDEX login_failures_age ON login_failures (last_failed_at);

-- owner: parties
-- Ed25519 keys that sign access tokens. A key is published from its creation, signs from
-- `activates_at` until its successor does, and verifies until `retires_at`.
CREATE TABLE signing_keys (
    -- The `kid`.
    id uuid PRIMARY KEY,
    public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
    -- The algorithm beside the ciphertext; the ciphertext is nonce, sealed bytes, tag.
    sealing text NOT NULL CHECK (sealing = 'AES-256-GCM-SIV'),
    sealed_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    activates_at timestamptz NOT NULL CHECK (activates_at >= created_at),
    retires_at timestamptz CHECK (retires_at > activates_at)
);
-- Only the newest key has no end.
CREATE UNIQUE INDEX signing_keys_newest_key ON signing_keys ((retires_at IS NULL))
    WHERE retires_at IS NULL;
