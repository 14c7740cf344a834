-- Awards, and the assessments that they come from.
--
-- An assessment is made when a contract is signed (what recognition would bring), recognised, or
-- paid. It is kept for ever with the facts it was made from, so that anybody can run it again and
-- must get the same bytes. Awards are what stands now; each change of one names the assessment
-- that caused it.

-- The sum of `amount_fen` over the funders of an award.
CREATE FUNCTION subsidies_sum_fen(funding jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum((part ->> 'amount_fen')::bigint), 0)::bigint
      FROM jsonb_array_elements(funding) AS list (part)
$$;

-- owner: subsidies
CREATE TABLE subsidy_assessments (
    contract_id uuid NOT NULL REFERENCES contracts (id),
    -- From 1, in order.
    number integer NOT NULL CHECK (number >= 1),
    kind text NOT NULL CHECK (kind IN ('projected', 'computed')),
    -- What it was made for: `contract.signed`, `contract.recognised:{registration number}`,
    -- `contract.payment_recorded:{payment}`.
    cause text NOT NULL CHECK (char_length(cause) BETWEEN 1 AND 100),
    policy_id text NOT NULL,
    policy_version integer NOT NULL CHECK (policy_version >= 1),
    -- The frozen facts, and the SHA-256 of their bytes.
    facts jsonb NOT NULL,
    facts_sha256 bytea NOT NULL CHECK (octet_length(facts_sha256) = 32),
    -- The whole answer, with what was not awarded and why.
    result jsonb NOT NULL,
    -- Who may read it: the parties of the contract.
    organisation_ids uuid[] NOT NULL,
    assessed_at timestamptz NOT NULL,
    PRIMARY KEY (contract_id, number),
    -- An event that comes again finds its assessment made, even when the facts have moved on since
    -- or have come back to what they were.
    CONSTRAINT subsidy_assessments_once UNIQUE (contract_id, cause)
);
SELECT ground_make_append_only('subsidy_assessments');

-- owner: subsidies
-- What an assessment says of each award, in sums alone: an award's history is read from here, not
-- from the whole answers.
CREATE TABLE award_moments (
    contract_id uuid NOT NULL,
    assessment integer NOT NULL,
    rule text NOT NULL,
    beneficiary_role text NOT NULL CHECK (beneficiary_role IN ('buyer', 'broker', 'applicant')),
    beneficiary_index integer NOT NULL CHECK (beneficiary_index >= 0),
    entitlement_fen bigint NOT NULL CHECK (entitlement_fen > 0),
    payable_fen bigint NOT NULL CHECK (payable_fen BETWEEN 0 AND entitlement_fen),
    PRIMARY KEY (contract_id, assessment, rule, beneficiary_role, beneficiary_index),
    FOREIGN KEY (contract_id, assessment) REFERENCES subsidy_assessments (contract_id, number)
);
SELECT ground_make_append_only('award_moments');

-- owner: subsidies
CREATE TABLE awards (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL,
    rule text NOT NULL,
    article text NOT NULL,
    policy_id text NOT NULL,
    policy_version integer NOT NULL,
    beneficiary_role text NOT NULL CHECK (beneficiary_role IN ('buyer', 'broker', 'applicant')),
    beneficiary_index integer NOT NULL CHECK (beneficiary_index >= 0),
    beneficiary_id uuid NOT NULL REFERENCES organisations (id),
    status text NOT NULL CHECK (status IN ('projected', 'computed', 'cancelled')),
    entitlement_fen bigint NOT NULL CHECK (entitlement_fen > 0),
    payable_fen bigint NOT NULL CHECK (payable_fen >= 0),
    paid_fen bigint NOT NULL DEFAULT 0 CHECK (paid_fen >= 0),
    capped boolean NOT NULL,
    -- [{funder, amount_fen}], the city first; they add up to what is payable.
    funding jsonb NOT NULL CHECK (jsonb_typeof(funding) = 'array'),
    explanation jsonb NOT NULL CHECK (jsonb_typeof(explanation) = 'array'),
    -- The assessment that says so.
    assessment integer NOT NULL,
    -- The award that has taken the place of a cancelled one; it is added after the old one has made
    -- room for it.
    replaced_by uuid REFERENCES awards (id) DEFERRABLE INITIALLY DEFERRED,
    version bigint NOT NULL CHECK (version >= 1),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    FOREIGN KEY (contract_id, assessment) REFERENCES subsidy_assessments (contract_id, number),
    CHECK (payable_fen <= entitlement_fen),
    CHECK (subsidies_sum_fen(funding) = payable_fen),
    CHECK (replaced_by IS NULL OR status = 'cancelled')
);
-- One beneficiary gets one award from one rule of one contract: a computed one takes the place of
-- the projection, and never stands beside it.
CREATE UNIQUE INDEX awards_standing
    ON awards (contract_id, rule, beneficiary_role, beneficiary_index)
    WHERE status <> 'cancelled';
CREATE INDEX awards_contract ON awards (contract_id, id);
CREATE INDEX awards_beneficiary ON awards (beneficiary_id, id DESC);
CREATE INDEX awards_replaced_by ON awards (replaced_by) WHERE replaced_by IS NOT NULL;
