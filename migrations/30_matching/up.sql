-- Who fits whom, and the introductions that come of it.
--
-- Matching learns of listings and brokers by events and keeps what it needs of them here; every
-- server derives its search index from `match_documents`. Introductions are what the measures of
-- 2020 (art. 6) pay a broker for, so each of their steps is kept for ever with who took it.

-- owner: matching
-- Listings as last published. What has left the market stays: introductions name it.
CREATE TABLE match_documents (
    listing_id uuid PRIMARY KEY REFERENCES listings (id),
    -- The version of the listing that the facts are from; older news is ignored.
    version bigint NOT NULL CHECK (version >= 1),
    side text NOT NULL CHECK (side IN ('asks', 'offers')),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    -- What `listing.published` said.
    facts jsonb NOT NULL CHECK (jsonb_typeof(facts) = 'object'),
    state text NOT NULL CHECK (state IN ('published', 'gone')),
    -- Counts every change of this row: what a server has read never replaces what is newer.
    revision bigint NOT NULL DEFAULT 1 CHECK (revision >= 1),
    -- Which transaction made the last change. Servers ask for rows changed since the oldest
    -- transaction that was still open at their last look, so that a late commit is not missed.
    changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX match_documents_changed ON match_documents (changed_xid);
CREATE INDEX match_documents_by_organisation ON match_documents (organisation_id);

CREATE FUNCTION match_documents_mark_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    NEW.changed_xid := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER mark_change BEFORE UPDATE ON match_documents
    FOR EACH ROW EXECUTE FUNCTION match_documents_mark_change();

-- owner: matching
-- Brokers that have been verified: only they may bring two others together. They stay when they
-- are suspended: introductions name them.
CREATE TABLE match_brokers (
    organisation_id uuid PRIMARY KEY REFERENCES organisations (id),
    kind text NOT NULL CHECK (kind IN ('broker_agency', 'individual_broker')),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    region text NOT NULL CHECK (region ~ '^([1-8][0-9]{5}|park-[a-z-]+|overseas)$')
);

-- owner: matching
-- Organisations that are suspended now: their listings match nothing, whenever they are published.
CREATE TABLE match_suspensions (
    organisation_id uuid PRIMARY KEY REFERENCES organisations (id)
);

-- owner: matching
-- Two sides, and perhaps a broker, who may want to talk.
CREATE TABLE introductions (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    need_id uuid NOT NULL REFERENCES match_documents (listing_id),
    offer_id uuid NOT NULL REFERENCES match_documents (listing_id),
    need_organisation_id uuid NOT NULL REFERENCES organisations (id),
    offer_organisation_id uuid NOT NULL REFERENCES organisations (id),
    broker_id uuid REFERENCES match_brokers (organisation_id),
    proposed_by text NOT NULL CHECK (proposed_by IN ('need_side', 'offer_side', 'broker')),
    message text NOT NULL CHECK (char_length(message) BETWEEN 1 AND 2000),
    proposed_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'accepted', 'declined', 'contracted')),
    need_accepted_at timestamptz,
    offer_accepted_at timestamptz,
    broker_accepted_at timestamptz,
    declined_at timestamptz,
    declined_by text CHECK (declined_by IN ('need_side', 'offer_side', 'broker')),
    decline_reason text CHECK (char_length(decline_reason) BETWEEN 1 AND 1000),
    contracted_at timestamptz,
    contract_id uuid,
    CONSTRAINT introductions_between_others CHECK (
        need_organisation_id <> offer_organisation_id
        AND broker_id <> need_organisation_id AND broker_id <> offer_organisation_id),
    CONSTRAINT introductions_broker_facts CHECK (
        broker_id IS NOT NULL OR (
            broker_accepted_at IS NULL AND proposed_by <> 'broker'
            AND declined_by IS DISTINCT FROM 'broker')),
    -- Who proposes has accepted.
    CONSTRAINT introductions_proposer_accepted CHECK (CASE proposed_by
        WHEN 'need_side' THEN need_accepted_at IS NOT NULL
        WHEN 'offer_side' THEN offer_accepted_at IS NOT NULL
        WHEN 'broker' THEN broker_accepted_at IS NOT NULL
    END),
    -- It is accepted when everybody concerned has accepted, and not before.
    CONSTRAINT introductions_acceptance_facts CHECK (
        (need_accepted_at IS NOT NULL AND offer_accepted_at IS NOT NULL
         AND (broker_id IS NULL OR broker_accepted_at IS NOT NULL))
        = (status IN ('accepted', 'contracted'))),
    CONSTRAINT introductions_decline_facts CHECK (
        (status = 'declined') = (declined_at IS NOT NULL)
        AND (status = 'declined') = (declined_by IS NOT NULL)
        AND (decline_reason IS NULL OR status = 'declined')),
    CONSTRAINT introductions_contract_facts CHECK (
        (status = 'contracted') = (contracted_at IS NOT NULL)
        AND (status = 'contracted') = (contract_id IS NOT NULL))
);
-- One conversation at a time about one pair.
CREATE UNIQUE INDEX introductions_open_pair_key ON introductions (need_id, offer_id)
    WHERE status IN ('proposed', 'accepted');
-- Lists are in the order of proposal, newest first: ids are in order of time.
CREATE INDEX introductions_by_need_side ON introductions (need_organisation_id, id DESC);
CREATE INDEX introductions_by_offer_side ON introductions (offer_organisation_id, id DESC);
CREATE INDEX introductions_by_broker ON introductions (broker_id, id DESC);
CREATE INDEX introductions_by_status ON introductions (status, id DESC);
CREATE INDEX introductions_by_need ON introductions (need_id, id DESC);
CREATE INDEX introductions_by_offer ON introductions (offer_id, id DESC);

-- owner: matching
-- Who did what, when: the proof that a broker brought two sides together before they contracted.
CREATE TABLE introduction_steps (
    introduction_id uuid NOT NULL REFERENCES introductions (id),
    -- The version that the step made.
    version bigint NOT NULL CHECK (version >= 1),
    what text NOT NULL CHECK (what IN ('proposed', 'accepted', 'declined', 'contracted')),
    at timestamptz NOT NULL,
    -- Nobody when a signed contract is the cause.
    participant text CHECK (participant IN ('need_side', 'offer_side', 'broker')),
    organisation_id uuid REFERENCES organisations (id),
    account_id uuid REFERENCES accounts (id),
    PRIMARY KEY (introduction_id, version),
    CONSTRAINT introduction_steps_who CHECK (
        (what <> 'contracted') = (participant IS NOT NULL)
        AND (what <> 'contracted') = (organisation_id IS NOT NULL)
        AND (what <> 'contracted') = (account_id IS NOT NULL)),
    CONSTRAINT introduction_steps_first CHECK ((version = 1) = (what = 'proposed'))
);
SELECT ground_make_append_only('introduction_steps');
CREATE INDEX introduction_steps_by_organisation ON introduction_steps (organisation_id);
CREATE INDEX introduction_steps_by_account ON introduction_steps (account_id);
