-- What of a listing not everybody sees, and files.
--
-- A listing's row holds its public words. Its protected description stands apart, so that no read
-- of a listing touches it, and so do its files, of which the content is kept outside of the
-- database (`store::Objects`) under the id of the row. Whoever wants to see what is protected asks;
-- the owner grants it for a time; each look is recorded before it is given.

-- owner: listing
-- What only those see whom the owner lets. It has no version of its own: a change of it is a
-- change of its listing.
CREATE TABLE listing_protected (
    listing_id uuid PRIMARY KEY REFERENCES listings (id),
    description text NOT NULL CHECK (char_length(description) BETWEEN 1 AND 20000),
    updated_at timestamptz NOT NULL
);

-- owner: listing
-- Files. A row is made when its content is kept, and never changes.
CREATE TABLE listing_attachments (
    id uuid PRIMARY KEY,
    listing_id uuid NOT NULL REFERENCES listings (id),
    -- At most 20 for a listing.
    slot integer NOT NULL CHECK (slot BETWEEN 1 AND 20),
    visibility text NOT NULL CHECK (visibility IN ('public', 'protected')),
    title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    file_name text NOT NULL CHECK (char_length(file_name) BETWEEN 1 AND 200),
    -- What it is, told by its content.
    file_type text NOT NULL CHECK (file_type IN (
        'pdf', 'png', 'jpeg', 'webp', 'docx', 'xlsx', 'pptx', 'text', 'csv')),
    size bigint NOT NULL CHECK (size BETWEEN 1 AND 20971520),
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    added_at timestamptz NOT NULL,
    CONSTRAINT listing_attachments_slot_key UNIQUE (listing_id, slot)
);

-- owner: listing
-- How much an organisation keeps, so that its allowance is checked without adding up.
CREATE TABLE listing_storage (
    organisation_id uuid PRIMARY KEY REFERENCES organisations (id),
    bytes bigint NOT NULL CHECK (bytes >= 0)
);

-- owner: listing
-- The mark that the store of contents bears: a server that is given another market's store neither
-- starts nor sweeps it.
CREATE TABLE listing_store_mark (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    mark uuid NOT NULL DEFAULT gen_random_uuid()
);

-- owner: listing
-- Contents whose row is gone, until they are gone as well.
CREATE TABLE listing_removed_attachments (
    id uuid PRIMARY KEY,
    removed_at timestamptz NOT NULL
);

ALTER TABLE listings ADD CONSTRAINT listings_owner_key UNIQUE (id, organisation_id);

-- owner: listing
-- Requests to see what is protected.
CREATE TABLE disclosures (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    listing_id uuid NOT NULL,
    -- Whose listing.
    owner_id uuid NOT NULL REFERENCES organisations (id),
    -- Its title when it was asked about: what it is changed into may not be public yet.
    listing_title text NOT NULL CHECK (char_length(listing_title) BETWEEN 1 AND 200),
    -- Who asks, and its name when it asked.
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    organisation_name text NOT NULL CHECK (char_length(organisation_name) BETWEEN 1 AND 200),
    purpose text NOT NULL CHECK (char_length(purpose) BETWEEN 1 AND 200),
    message text CHECK (char_length(message) BETWEEN 1 AND 2000),
    requested_at timestamptz NOT NULL,
    -- A grant ends by its date; `expired` is written only when the same organisation asks again.
    status text NOT NULL CHECK (status IN (
        'requested', 'granted', 'refused', 'revoked', 'expired')),
    granted_at timestamptz,
    -- The last day of the grant.
    expires_on date,
    refused_at timestamptz,
    refusal_reason text CHECK (char_length(refusal_reason) BETWEEN 1 AND 1000),
    revoked_at timestamptz,
    revocation_reason text CHECK (char_length(revocation_reason) BETWEEN 1 AND 1000),
    CONSTRAINT disclosures_to_the_owner
        FOREIGN KEY (listing_id, owner_id) REFERENCES listings (id, organisation_id),
    CONSTRAINT disclosures_to_others CHECK (organisation_id <> owner_id),
    CONSTRAINT disclosures_grant_facts CHECK (
        (status IN ('granted', 'revoked', 'expired')) = (granted_at IS NOT NULL)
        AND (granted_at IS NULL) = (expires_on IS NULL)
        AND expires_on >= (granted_at AT TIME ZONE 'Asia/Shanghai')::date
        -- At most a year, and the day on which a year is over in Shanghai but not yet in UTC.
        AND expires_on <= (granted_at AT TIME ZONE 'UTC')::date + 367),
    CONSTRAINT disclosures_refusal_facts CHECK (
        (status = 'refused') = (refused_at IS NOT NULL)
        AND (refused_at IS NULL) = (refusal_reason IS NULL)),
    CONSTRAINT disclosures_revocation_facts CHECK (
        (status = 'revoked') = (revoked_at IS NOT NULL)
        AND (revoked_at IS NULL) = (revocation_reason IS NULL))
);
-- An organisation asks once at a time about a listing.
CREATE UNIQUE INDEX disclosures_open_key ON disclosures (listing_id, organisation_id)
    WHERE status IN ('requested', 'granted');
-- Lists are in the order of request, newest first: ids are in order of time.
CREATE INDEX disclosures_by_listing ON disclosures (listing_id, id DESC);
CREATE INDEX disclosures_by_owner ON disclosures (owner_id, id DESC);
CREATE INDEX disclosures_by_organisation ON disclosures (organisation_id, id DESC);
-- A version that nobody accounts for, or that is accounted for twice, cannot be.
CREATE UNIQUE INDEX audit_entries_disclosure_version
    ON audit_entries (object_kind, object_id, object_version) WHERE object_kind = 'disclosure';

-- owner: listing
-- Who was shown what is protected, for ever: written before it is shown.
CREATE TABLE listing_looks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    listing_id uuid NOT NULL REFERENCES listings (id),
    at timestamptz NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts (id),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    organisation_name text NOT NULL CHECK (char_length(organisation_name) BETWEEN 1 AND 200),
    -- The grant by which it was shown; staff need none.
    disclosure_id uuid REFERENCES disclosures (id),
    what text NOT NULL CHECK (what IN ('description', 'attachment')),
    -- Which file, and its title: the file may be gone later.
    attachment_id uuid,
    attachment_title text CHECK (char_length(attachment_title) BETWEEN 1 AND 200),
    request_id text NOT NULL,
    CONSTRAINT listing_looks_attachment_facts CHECK (
        (what = 'attachment') = (attachment_id IS NOT NULL)
        AND (attachment_id IS NULL) = (attachment_title IS NULL))
);
SELECT ground_make_append_only('listing_looks');
-- A reader that fetches a file in parts has looked once; nobody fills the table by looking.
CREATE UNIQUE INDEX listing_looks_minute_key ON listing_looks (
    account_id, listing_id, attachment_id, date_trunc('minute', at AT TIME ZONE 'UTC')
) NULLS NOT DISTINCT;
CREATE INDEX listing_looks_by_listing ON listing_looks (listing_id, id DESC);
CREATE INDEX listing_looks_by_disclosure ON listing_looks (disclosure_id)
    WHERE disclosure_id IS NOT NULL;
CREATE INDEX listing_looks_by_organisation ON listing_looks (organisation_id);
