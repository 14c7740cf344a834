-- Saved searches: what somebody looks for again and again, and what has been published since that
-- answers it. A listing is compared with them when its publication is settled, or what it says anew,
-- and not by asking each of them again and again; their owner finds the hits in a list.

-- owner: listing
-- What somebody looks for, filter by filter as `search_listings` takes it; at least one is given.
CREATE TABLE saved_searches (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    account_id uuid NOT NULL REFERENCES accounts (id),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    notify text NOT NULL CHECK (notify IN ('immediate', 'daily')),
    created_at timestamptz NOT NULL,
    words text CHECK (char_length(words) BETWEEN 1 AND 200),
    kind text CHECK (kind IN ('result', 'patent', 'need', 'challenge')),
    domain text CHECK (domain IN (
        'solar_energy', 'lithium_batteries', 'alloys_and_materials', 'salt_lake_chemistry',
        'biomedicine', 'plateau_products', 'big_data', 'plateau_medicine', 'environment',
        'manufacturing', 'other')),
    region text CHECK (region ~ '^([1-8][0-9]{5}|park-[a-z-]+|overseas)$'),
    trl_min integer CHECK (trl_min BETWEEN 1 AND 9),
    trl_max integer CHECK (trl_max BETWEEN 1 AND 9),
    price_max_fen bigint CHECK (price_max_fen BETWEEN 0 AND 1000000000000000),
    transfer_mode text CHECK (transfer_mode IN (
        'assignment', 'licence_exclusive', 'licence_sole', 'licence_ordinary', 'equity',
        'cooperation', 'commissioned_development')),
    owner_id uuid REFERENCES organisations (id),
    -- When its owner was told of hits, last.
    told_at timestamptz,
    CONSTRAINT saved_searches_ask CHECK (num_nonnulls(
        words, kind, domain, region, trl_min, trl_max, price_max_fen, transfer_mode, owner_id) >= 1)
);
CREATE INDEX saved_searches_by_account ON saved_searches (account_id, created_at DESC, id DESC);
CREATE INDEX saved_searches_by_organisation ON saved_searches (organisation_id);
CREATE INDEX saved_searches_by_owner ON saved_searches (owner_id);

-- owner: listing
-- What was found for a saved search. A listing is a hit once, however often it is published.
CREATE TABLE saved_search_hits (
    search_id uuid NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    listing_id uuid NOT NULL REFERENCES listings (id),
    found_at timestamptz NOT NULL,
    told boolean NOT NULL,
    PRIMARY KEY (search_id, listing_id)
);
CREATE INDEX saved_search_hits_newest
    ON saved_search_hits (search_id, found_at DESC, listing_id DESC);
CREATE INDEX saved_search_hits_waiting ON saved_search_hits (search_id) WHERE NOT told;
CREATE INDEX saved_search_hits_by_listing ON saved_search_hits (listing_id);
