-- Listings: what universities and institutes can do, and what enterprises need.
--
-- A listing's public words and its state are one row. Whom to call stands apart: it is personal
-- data, which no public read touches. The words by which a listing is found are not here: each
-- server derives an index of its own from what is published.

-- The human number, `L2026-000123`. A counter per year would be one row that every new listing
-- waits for until the transaction before it has committed; a sequence makes nobody wait. So one
-- sequence serves all years: a number is never given twice, and none says how many there are.
CREATE SEQUENCE listing_numbers;

CREATE FUNCTION listing_next_number(year integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    next text := nextval('listing_numbers');
BEGIN
    RETURN 'L' || year || '-' || lpad(next, greatest(6, length(next)), '0');
END $$;

-- owner: listing
-- Results, patents, needs and open challenges.
CREATE TABLE listings (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    number text NOT NULL CONSTRAINT listings_number_key UNIQUE
        CHECK (number ~ '^L[0-9]{4}-[0-9]{6,}$'),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    -- The owner's name when it made the listing.
    organisation_name text NOT NULL CHECK (char_length(organisation_name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Which transaction made the last change. Who follows the listings (each server's search
    -- index, an owner's mirror) asks for rows in the order of this and stops before the oldest
    -- transaction that is still open, so that a change which commits late is not missed.
    changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),

    -- What it says.
    kind text NOT NULL CHECK (kind IN ('result', 'patent', 'need', 'challenge')),
    title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    summary text NOT NULL CHECK (char_length(summary) BETWEEN 1 AND 2000),
    description text CHECK (char_length(description) BETWEEN 1 AND 20000),
    advantages text CHECK (char_length(advantages) BETWEEN 1 AND 2000),
    market_outlook text CHECK (char_length(market_outlook) BETWEEN 1 AND 2000),
    economic_benefits text CHECK (char_length(economic_benefits) BETWEEN 1 AND 2000),
    keywords text[] NOT NULL CHECK (
        cardinality(keywords) <= 20 AND array_position(keywords, NULL) IS NULL),
    domain text NOT NULL CHECK (domain IN (
        'solar_energy', 'lithium_batteries', 'alloys_and_materials', 'salt_lake_chemistry',
        'biomedicine', 'plateau_products', 'big_data', 'plateau_medicine', 'environment',
        'manufacturing', 'other')),
    ipc text[] NOT NULL CHECK (cardinality(ipc) <= 20 AND array_position(ipc, NULL) IS NULL),
    region text NOT NULL CHECK (region ~ '^([1-8][0-9]{5}|park-[a-z-]+|overseas)$'),
    trl integer CHECK (trl BETWEEN 1 AND 9),
    trl_scale text CHECK (trl_scale IN ('gb_t_22900', 'iso_16290')),
    trl_evidence text CHECK (char_length(trl_evidence) BETWEEN 1 AND 500),
    stage text CHECK (stage IN ('research', 'sample', 'bench_scale', 'pilot_scale', 'production')),
    transfer_modes text[] NOT NULL CHECK (transfer_modes <@ ARRAY[
        'assignment', 'licence_exclusive', 'licence_sole', 'licence_ordinary', 'equity',
        'cooperation', 'commissioned_development']),
    price_mode text CHECK (price_mode IN (
        'negotiable', 'fixed', 'listed', 'auction', 'use_first_pay_later')),
    price_fen bigint CHECK (price_fen BETWEEN 0 AND 1000000000000000),
    -- [{number, kind, status, expires_on?}]
    patents jsonb NOT NULL CHECK (
        jsonb_typeof(patents) = 'array' AND jsonb_array_length(patents) <= 50),
    budget_min_fen bigint CHECK (budget_min_fen BETWEEN 0 AND 1000000000000000),
    budget_max_fen bigint CHECK (budget_max_fen BETWEEN 0 AND 1000000000000000),
    deadline date,
    -- The owner's own number.
    reference text CHECK (char_length(reference) BETWEEN 1 AND 100),
    expires_on date,
    -- The owner declares that nothing in it is a state secret.
    non_secret_declared boolean NOT NULL,

    -- Where it stands, and the facts of that state.
    status text NOT NULL CHECK (status IN (
        'draft', 'submitted', 'published', 'returned', 'reserved', 'suspended', 'expired',
        'withdrawn', 'traded')),
    submitted_at timestamptz,
    published_at timestamptz,
    -- Until the end of which day it stands.
    stands_until date,
    -- [{pointer?, reason}]
    return_reasons jsonb CHECK (
        jsonb_typeof(return_reasons) = 'array'
        AND jsonb_array_length(return_reasons) BETWEEN 1 AND 20),
    suspension_reason text CHECK (char_length(suspension_reason) BETWEEN 1 AND 500),
    -- For which contract it is held, or under which it was traded.
    contract_id uuid,

    CONSTRAINT listings_reference_key UNIQUE (organisation_id, reference),
    -- Who offers names a price, who needs a budget.
    CONSTRAINT listings_kind_facts CHECK (
        CASE WHEN kind IN ('need', 'challenge')
             THEN price_mode IS NULL AND price_fen IS NULL AND jsonb_array_length(patents) = 0
             ELSE budget_min_fen IS NULL AND budget_max_fen IS NULL AND deadline IS NULL
        END),
    CONSTRAINT listings_price_facts CHECK (
        (price_fen IS NULL OR price_mode IS NOT NULL)
        AND (price_mode IS DISTINCT FROM 'fixed' OR price_fen IS NOT NULL)),
    CONSTRAINT listings_budget_order CHECK (budget_min_fen <= budget_max_fen),
    CONSTRAINT listings_patent_facts CHECK (
        (kind <> 'patent' OR jsonb_array_length(patents) >= 1)
        AND NOT patents @> '[{"status": "lapsed"}]'),
    CONSTRAINT listings_trl_facts CHECK (
        trl IS NOT NULL OR (trl_scale IS NULL AND trl_evidence IS NULL)),
    CONSTRAINT listings_declared CHECK (
        status IN ('draft', 'returned', 'suspended', 'withdrawn') OR non_secret_declared),
    CONSTRAINT listings_status_facts CHECK (CASE status
        WHEN 'draft' THEN submitted_at IS NULL AND published_at IS NULL
        WHEN 'submitted' THEN submitted_at IS NOT NULL AND published_at IS NULL
        WHEN 'returned' THEN submitted_at IS NOT NULL AND published_at IS NULL
        WHEN 'withdrawn' THEN submitted_at IS NOT NULL OR published_at IS NULL
        ELSE submitted_at IS NOT NULL AND published_at IS NOT NULL
    END),
    CONSTRAINT listings_publication_facts CHECK (
        (status IN ('published', 'reserved', 'suspended', 'expired', 'traded'))
        = (stands_until IS NOT NULL)),
    CONSTRAINT listings_return_facts CHECK ((status = 'returned') = (return_reasons IS NOT NULL)),
    CONSTRAINT listings_suspension_facts CHECK (
        (status = 'suspended') = (suspension_reason IS NOT NULL)),
    CONSTRAINT listings_contract_facts CHECK (
        (status IN ('reserved', 'traded')) = (contract_id IS NOT NULL))
);
-- The market's pages: what is published, newest first or cheapest first. The first filter that
-- narrows much has an index of its own; further ones are looked at on the way.
CREATE INDEX listings_newest ON listings (published_at DESC, id DESC) WHERE status = 'published';
CREATE INDEX listings_newest_in_field ON listings (kind, domain, published_at DESC, id DESC)
    WHERE status = 'published';
CREATE INDEX listings_newest_in_region ON listings (region, published_at DESC, id DESC)
    WHERE status = 'published';
CREATE INDEX listings_newest_of_organisation
    ON listings (organisation_id, published_at DESC, id DESC) WHERE status = 'published';
CREATE INDEX listings_cheapest ON listings ((coalesce(price_fen, 9223372036854775807)), id)
    WHERE status = 'published';
-- An owner's own list, and the operators' queue.
CREATE INDEX listings_by_organisation ON listings (organisation_id, created_at DESC, id DESC);
CREATE INDEX listings_unpublished ON listings (status, created_at DESC, id DESC)
    WHERE status <> 'published';
-- What stands too long, and what is offered twice.
CREATE INDEX listings_standing ON listings (stands_until, id) WHERE status = 'published';
CREATE INDEX listings_patents ON listings USING gin (patents jsonb_path_ops)
    WHERE patents <> '[]';
-- For those who follow: everybody's listings, and one owner's.
CREATE INDEX listings_changed ON listings (changed_xid, id);
CREATE INDEX listings_changed_by_organisation ON listings (organisation_id, changed_xid, id);

CREATE FUNCTION listings_mark_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_xid := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER mark_change BEFORE UPDATE ON listings
    FOR EACH ROW EXECUTE FUNCTION listings_mark_change();

-- owner: listing
-- Whom to call about a listing: only for its owner and staff.
CREATE TABLE listing_contacts (
    listing_id uuid PRIMARY KEY REFERENCES listings (id),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    phone text CHECK (char_length(phone) BETWEEN 5 AND 30),
    email text CHECK (char_length(email) BETWEEN 3 AND 254)
);

-- owner: listing
-- What the owner of a published listing wants it to say next: reviewed while the listing stands
-- as it is, and copied into it, under its constraints, when it is published. Whom to call is not
-- in it: that changes at once.
CREATE TABLE listing_revisions (
    listing_id uuid PRIMARY KEY REFERENCES listings (id),
    content jsonb NOT NULL CHECK (jsonb_typeof(content) = 'object'),
    status text NOT NULL CHECK (status IN ('draft', 'submitted', 'returned')),
    submitted_at timestamptz,
    return_reasons jsonb CHECK (
        jsonb_typeof(return_reasons) = 'array'
        AND jsonb_array_length(return_reasons) BETWEEN 1 AND 20),
    CONSTRAINT listing_revisions_status_facts CHECK (
        (status = 'submitted') = (submitted_at IS NOT NULL)
        AND (status = 'returned') = (return_reasons IS NOT NULL))
);

-- owner: listing
-- What waits for an operator, whether it is new or the next text of something published; and who
-- has taken it on. The row goes when the operator has decided, or the owner has taken it back.
CREATE TABLE listing_reviews (
    listing_id uuid PRIMARY KEY REFERENCES listings (id),
    submitted_at timestamptz NOT NULL,
    assignee_id uuid REFERENCES accounts (id),
    taken_at timestamptz,
    CONSTRAINT listing_reviews_assignment CHECK ((assignee_id IS NULL) = (taken_at IS NULL))
);
CREATE INDEX listing_reviews_queue ON listing_reviews (submitted_at, listing_id);
CREATE INDEX listing_reviews_by_assignee
    ON listing_reviews (assignee_id, submitted_at, listing_id);

-- owner: listing
-- That an owner has been told that its listing's last day comes near: once for each last day and
-- each distance from it.
CREATE TABLE listing_reminders (
    listing_id uuid NOT NULL REFERENCES listings (id),
    stands_until date NOT NULL,
    days_before integer NOT NULL CHECK (days_before >= 0),
    PRIMARY KEY (listing_id, stands_until, days_before)
);

-- owner: listing
-- By what near-same texts are found: hashes of which two near-same texts share at least one
-- (MinHash bands over the title and abstract). Derived, so that it may be made again.
CREATE TABLE listing_sketches (
    listing_id uuid PRIMARY KEY REFERENCES listings (id),
    bands bigint[] NOT NULL CHECK (cardinality(bands) BETWEEN 1 AND 64)
);
CREATE INDEX listing_sketches_bands ON listing_sketches USING gin (bands);
