-- The ground that every write stands on.
--
-- One transaction commits a change, its audit entry, the events that it announces and the answer
-- kept under the caller's Idempotency-Key. `ground_open_write` and `ground_close_write` are its
-- first and last statement; each is one round trip.

-- Makes a table append-only: neither UPDATE nor DELETE nor TRUNCATE, whoever asks.
CREATE FUNCTION ground_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ground_make_append_only(name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
         FOR EACH STATEMENT EXECUTE FUNCTION ground_refuse_change()', name);
END $$;

-- owner: store
-- Who did what to which thing, one line for each new version of a thing.
CREATE TABLE audit_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    -- Who; nobody for what the public or the market's own jobs do.
    account_id uuid,
    organisation_id uuid,
    -- The operation id of the API, or the name of the job.
    act text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid NOT NULL,
    object_version bigint NOT NULL CHECK (object_version >= 1),
    request_id text NOT NULL,
    facts jsonb NOT NULL
);
SELECT ground_make_append_only('audit_entries');
CREATE INDEX audit_entries_object ON audit_entries (object_kind, object_id, object_version);
-- A version of these things that nobody accounts for, or that is accounted for twice, cannot be.
CREATE UNIQUE INDEX audit_entries_version ON audit_entries (object_kind, object_id, object_version)
    WHERE object_kind IN ('organisation', 'listing', 'introduction', 'contract', 'award');

-- owner: store
-- What has happened, for ever. `xid` lets readers stop before transactions still under way, so
-- that an event which commits late is not missed.
CREATE TABLE events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    name text NOT NULL,
    aggregate_kind text NOT NULL,
    aggregate_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    data jsonb NOT NULL
);
SELECT ground_make_append_only('events');
CREATE INDEX events_aggregate ON events (aggregate_id, seq);

-- owner: store
-- Events that the market itself has not reacted to yet; a row is deleted in the transaction of
-- the reaction. Only the oldest row of an aggregate may be taken, which keeps the order.
CREATE TABLE outbox (
    event_seq bigint PRIMARY KEY REFERENCES events (seq),
    aggregate_id uuid NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    not_before timestamptz NOT NULL,
    last_error text
);
CREATE INDEX outbox_aggregate ON outbox (aggregate_id, event_seq);

-- owner: store
-- Answers kept for a day under (caller, Idempotency-Key), so that a repeated request has one effect.
CREATE TABLE idempotency_keys (
    caller text NOT NULL,
    key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
    -- SHA-256 of method, path and body.
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    status integer NOT NULL CHECK (status BETWEEN 200 AND 299),
    etag text,
    location text,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- The first statement of a write that somebody signed in for, or that carries a key. Answers
--   rights      the present rights_version of the account; null if it is closed or unknown
--   free        is nobody else at work under this key?
--   first       the answer kept under the key, if there is one
-- The lock on the key is taken without waiting and lives as long as the transaction.
CREATE FUNCTION ground_open_write(account uuid, caller_ text, key_ text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    rights integer;
    first jsonb;
BEGIN
    IF account IS NOT NULL THEN
        SELECT rights_version INTO rights FROM accounts WHERE id = account AND status = 'active';
    END IF;
    IF key_ IS NULL THEN
        RETURN jsonb_build_object('rights', rights, 'free', true);
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtextextended(caller_ || E'\n' || key_, 1)) THEN
        RETURN jsonb_build_object('rights', rights, 'free', false);
    END IF;
    SELECT jsonb_build_object(
               'fingerprint', encode(fingerprint, 'hex'), 'status', status,
               'etag', etag, 'location', location, 'body', body)
      INTO first FROM idempotency_keys WHERE caller = caller_ AND key = key_;
    RETURN jsonb_build_object('rights', rights, 'free', true, 'first', first);
END $$;

-- Writes audit entries and events, and puts the events into the outbox.
--   audit:  [{kind, id, version, facts}]
--   news:   [{id, name, kind, aggregate, data}]
CREATE FUNCTION ground_close_write(
    at_ timestamptz, account uuid, organisation uuid, act_ text, request text,
    audit jsonb, news jsonb
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    announced bigint := 0;
BEGIN
    INSERT INTO audit_entries (at, account_id, organisation_id, act, object_kind, object_id,
                               object_version, request_id, facts)
    SELECT at_, account, organisation, act_, entry ->> 'kind', (entry ->> 'id')::uuid,
           (entry ->> 'version')::bigint, request, entry -> 'facts'
      FROM jsonb_array_elements(audit) WITH ORDINALITY AS entries (entry, position)
     ORDER BY position;
    IF jsonb_array_length(news) > 0 THEN
        WITH told AS (
            INSERT INTO events (id, name, aggregate_kind, aggregate_id, occurred_at, data)
            SELECT (event ->> 'id')::uuid, event ->> 'name', event ->> 'kind',
                   (event ->> 'aggregate')::uuid, at_, event -> 'data'
              FROM jsonb_array_elements(news) WITH ORDINALITY AS events (event, position)
             ORDER BY position
            RETURNING seq, aggregate_id
        ), queued AS (
            INSERT INTO outbox (event_seq, aggregate_id, not_before)
            SELECT seq, aggregate_id, at_ FROM told
            RETURNING 1
        )
        SELECT count(*) INTO announced FROM queued;
    END IF;
    RETURN announced;
END $$;
