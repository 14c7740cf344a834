-- Technology contracts: what the parties agree, the texts that they sign, who has signed, what the
-- registrar has recognised, what has been paid.
--
-- A contract has one row that holds its present state; texts, signatures, steps of recognition and
-- payments are append-only beside it. Sums add up, shares are whole, and each state has its facts:
-- the database refuses a row of which that is not true, whatever the program does.

-- The sum of `amount_fen` over a list of parts.
CREATE FUNCTION contracts_sum_fen(parts jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum((part ->> 'amount_fen')::bigint), 0)::bigint
      FROM jsonb_array_elements(parts) AS list (part)
$$;

-- Is it a sub-type of that type? No sub-type is one of every type.
CREATE FUNCTION contracts_subtype_fits(contract_type text, subtype text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT subtype IS NULL OR CASE contract_type
        WHEN 'development' THEN subtype IN (
            'commissioned_development', 'cooperative_development')
        WHEN 'transfer' THEN subtype IN (
            'patent_right_transfer', 'patent_application_transfer', 'technical_secret_transfer',
            'circuit_layout_transfer', 'plant_variety_transfer', 'software_copyright_transfer',
            'biomedical_variety_transfer', 'technology_as_equity')
        WHEN 'licence' THEN subtype IN (
            'patent_licence_exclusive', 'patent_licence_sole', 'patent_licence_ordinary',
            'patent_licence_open', 'technical_secret_licence', 'other_right_licence')
        WHEN 'consulting' THEN subtype IN (
            'feasibility_study', 'technology_forecast', 'special_survey',
            'analysis_and_evaluation')
        WHEN 'service' THEN subtype IN (
            'technical_service', 'technical_training', 'technical_intermediary')
        ELSE false
    END
$$;

-- owner: contracts
-- Running numbers of contracts; a draft that is not saved leaves a gap.
CREATE SEQUENCE contract_numbers AS bigint;

-- owner: contracts
CREATE TABLE contracts (
    id uuid PRIMARY KEY,
    version bigint NOT NULL CHECK (version >= 1),
    number text NOT NULL CONSTRAINT contracts_number_key UNIQUE
        CHECK (number ~ '^C[0-9]{4}-[0-9]{6,19}$'),
    created_at timestamptz NOT NULL,
    -- Whose draft it was.
    drafted_by_id uuid NOT NULL REFERENCES organisations (id),
    -- What the parties agree.
    contract_type text NOT NULL CHECK (contract_type IN (
        'development', 'transfer', 'licence', 'consulting', 'service')),
    subtype text,
    title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
    domain text NOT NULL CHECK (domain IN (
        'solar_energy', 'lithium_batteries', 'alloys_and_materials', 'salt_lake_chemistry',
        'biomedicine', 'plateau_products', 'big_data', 'plateau_medicine', 'environment',
        'manufacturing', 'other')),
    introduction_id uuid REFERENCES introductions (id),
    total_amount_fen bigint NOT NULL CHECK (total_amount_fen <= 1000000000000000),
    technology_amount_fen bigint NOT NULL,
    -- [{what, amount_fen}]
    non_technology_items jsonb NOT NULL CHECK (jsonb_typeof(non_technology_items) = 'array'),
    related_parties boolean NOT NULL,
    -- [{due_on | milestone, amount_fen}]
    payment_terms jsonb NOT NULL CHECK (jsonb_typeof(payment_terms) = 'array'),
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    -- [{heading, text}]
    clauses jsonb NOT NULL CHECK (jsonb_typeof(clauses) = 'array'),
    -- Where it stands between the parties.
    status text NOT NULL CHECK (status IN ('draft', 'offered', 'signed')),
    -- The newest frozen text; while the contract is a draft, that text is void.
    document_number integer,
    signed_on date,
    paid_amount_fen bigint NOT NULL CHECK (paid_amount_fen >= 0),
    paid_technology_amount_fen bigint NOT NULL CHECK (paid_technology_amount_fen >= 0),
    -- Where it stands with the registrar: the newest step, and what of it is searched by.
    recognition_status text NOT NULL CHECK (recognition_status IN (
        'none', 'applied', 'supplement_requested', 'recognised', 'refused')),
    recognition_step integer,
    decide_by date,
    recognised_technology_amount_fen bigint,
    registration_number text CONSTRAINT contracts_registration_number_key UNIQUE,
    CONSTRAINT contracts_subtype CHECK (contracts_subtype_fits(contract_type, subtype)),
    CONSTRAINT contracts_technology_amount CHECK (
        technology_amount_fen BETWEEN 1 AND total_amount_fen),
    CONSTRAINT contracts_amounts_add_up CHECK (
        technology_amount_fen + contracts_sum_fen(non_technology_items) = total_amount_fen
        AND NOT non_technology_items @? '$[*] ? (@.amount_fen < 1)'),
    CONSTRAINT contracts_payment_terms_add_up CHECK (
        payment_terms = '[]' OR (
            contracts_sum_fen(payment_terms) = total_amount_fen
            AND NOT payment_terms @? '$[*] ? (@.amount_fen < 1)')),
    CONSTRAINT contracts_period CHECK (starts_on <= ends_on),
    CONSTRAINT contracts_status_facts CHECK (CASE status
        WHEN 'draft' THEN signed_on IS NULL
        WHEN 'offered' THEN document_number IS NOT NULL AND signed_on IS NULL
        WHEN 'signed' THEN document_number IS NOT NULL AND signed_on IS NOT NULL
    END),
    CONSTRAINT contracts_only_signed_are_performed CHECK (
        status = 'signed'
        OR (recognition_status = 'none' AND paid_amount_fen = 0)),
    CONSTRAINT contracts_recognition_facts CHECK (
        (recognition_status = 'none') = (recognition_step IS NULL)
        AND (recognition_status = 'applied') = (decide_by IS NOT NULL)
        AND (recognition_status = 'recognised') = (recognised_technology_amount_fen IS NOT NULL)
        AND (recognition_status = 'recognised') = (registration_number IS NOT NULL)),
    CONSTRAINT contracts_recognised_amount CHECK (
        recognised_technology_amount_fen BETWEEN 1 AND total_amount_fen),
    CONSTRAINT contracts_paid CHECK (
        paid_amount_fen <= total_amount_fen
        AND paid_technology_amount_fen <= paid_amount_fen
        AND paid_technology_amount_fen
            <= greatest(technology_amount_fen, recognised_technology_amount_fen))
);
-- Lists are newest first; ids are in order of time.
CREATE INDEX contracts_by_status ON contracts (status, id DESC);
CREATE INDEX contracts_by_recognition ON contracts (recognition_status, id DESC);
-- The registrar's queue.
CREATE INDEX contracts_by_deadline ON contracts (decide_by, id)
    WHERE recognition_status = 'applied';
CREATE INDEX contracts_by_drafter ON contracts (drafted_by_id);
CREATE INDEX contracts_by_introduction ON contracts (introduction_id)
    WHERE introduction_id IS NOT NULL;

-- An introduction comes to one contract: art. 6 pays its broker once.
CREATE UNIQUE INDEX contracts_introduction_signed ON contracts (introduction_id)
    WHERE introduction_id IS NOT NULL AND status = 'signed';

-- owner: contracts
-- Who is what in a contract. What identifies an organisation is frozen when the text is, and
-- thawed when it is withdrawn.
CREATE TABLE contract_parties (
    contract_id uuid NOT NULL REFERENCES contracts (id),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    position integer NOT NULL CHECK (position BETWEEN 0 AND 59),
    role text NOT NULL CHECK (role IN ('seller', 'buyer', 'broker')),
    share_bp integer NOT NULL CHECK (share_bp BETWEEN 1 AND 10000),
    -- Related to another party? Asked of brokers, and only of them.
    affiliated boolean,
    name text CHECK (char_length(name) BETWEEN 1 AND 200),
    kind text CHECK (kind IN (
        'university', 'institute', 'enterprise', 'broker_agency', 'individual_broker',
        'government', 'market')),
    credit_code text,
    region text,
    state_organ boolean,
    PRIMARY KEY (contract_id, organisation_id),
    CONSTRAINT contract_parties_position_key UNIQUE (contract_id, position)
        DEFERRABLE INITIALLY DEFERRED,
    -- Art. 6 rewards intermediaries and technology brokers: nobody else is a broker.
    CONSTRAINT contract_parties_brokers CHECK (
        role <> 'broker' OR kind IN ('broker_agency', 'individual_broker')),
    CONSTRAINT contract_parties_affiliated CHECK ((role = 'broker') = (affiliated IS NOT NULL)),
    CONSTRAINT contract_parties_frozen CHECK (
        num_nulls(name, kind, region, state_organ) = 0
        OR num_nonnulls(name, kind, credit_code, region, state_organ) = 0)
);
CREATE INDEX contract_parties_by_organisation ON contract_parties
    (organisation_id, contract_id DESC);

-- At the end of a transaction, a contract has 1 to 20 sellers, 1 to 20 buyers and up to 20
-- brokers, the shares of each role are a whole, and its parties are frozen unless it is a draft.
CREATE FUNCTION contracts_check_parties(contract uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    draft boolean;
    whole boolean;
    frozen bigint;
    thawed bigint;
BEGIN
    SELECT status = 'draft' INTO draft FROM contracts WHERE id = contract;
    SELECT bool_and(shares = 10000 AND parties <= 20)
           AND count(*) FILTER (WHERE role IN ('seller', 'buyer')) = 2,
           sum(named), sum(parties - named)
      INTO whole, frozen, thawed
      FROM (SELECT role, count(*) AS parties, sum(share_bp) AS shares, count(name) AS named
              FROM contract_parties WHERE contract_id = contract GROUP BY role) AS roles;
    IF whole IS NOT TRUE THEN
        RAISE EXCEPTION 'the parties of contract % are not whole', contract
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_parties_whole';
    END IF;
    IF (draft AND frozen > 0) OR (NOT draft AND thawed > 0) THEN
        RAISE EXCEPTION 'the parties of contract % are frozen exactly while it is no draft',
            contract
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_parties_frozen_with_text';
    END IF;
END $$;

CREATE FUNCTION contract_parties_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM contracts_check_parties(coalesce(NEW.contract_id, OLD.contract_id));
    RETURN NULL;
END $$;

CREATE FUNCTION contracts_status_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM contracts_check_parties(NEW.id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER contract_parties_whole
    AFTER INSERT OR UPDATE OR DELETE ON contract_parties DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION contract_parties_changed();
CREATE CONSTRAINT TRIGGER contracts_made_whole
    AFTER INSERT ON contracts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION contracts_status_changed();
CREATE CONSTRAINT TRIGGER contracts_kept_whole
    AFTER UPDATE ON contracts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION contracts_status_changed();

-- owner: contracts
-- What is dealt.
CREATE TABLE contract_listings (
    contract_id uuid NOT NULL REFERENCES contracts (id),
    listing_id uuid NOT NULL REFERENCES listings (id),
    position integer NOT NULL CHECK (position BETWEEN 0 AND 49),
    -- Does the contract take it off the market, once it is signed? Found when the text is frozen.
    deals boolean NOT NULL DEFAULT false,
    -- Has it?
    dealt boolean NOT NULL DEFAULT false,
    PRIMARY KEY (contract_id, listing_id),
    CONSTRAINT contract_listings_dealt CHECK (deals OR NOT dealt)
);
CREATE INDEX contract_listings_by_listing ON contract_listings (listing_id, contract_id);
-- What is sold cannot be sold again.
CREATE UNIQUE INDEX contract_listings_dealt_once ON contract_listings (listing_id) WHERE dealt;

-- owner: contracts
-- The texts that were offered for signature, byte by byte.
CREATE TABLE contract_documents (
    contract_id uuid NOT NULL REFERENCES contracts (id),
    number integer NOT NULL CHECK (number >= 1),
    content text NOT NULL,
    sha256 bytea NOT NULL CHECK (sha256 = sha256(convert_to(content, 'UTF8'))),
    offered_at timestamptz NOT NULL,
    -- Who offered it.
    account_id uuid NOT NULL REFERENCES accounts (id),
    -- Its parties, who may read it for ever, also when a later text names others.
    organisation_ids uuid[] NOT NULL CHECK (cardinality(organisation_ids) BETWEEN 2 AND 60),
    PRIMARY KEY (contract_id, number),
    CONSTRAINT contract_documents_digest_key UNIQUE (contract_id, number, sha256)
);
SELECT ground_make_append_only('contract_documents');
CREATE INDEX contract_documents_by_account ON contract_documents (account_id);
ALTER TABLE contracts ADD CONSTRAINT contracts_document_fkey
    FOREIGN KEY (id, document_number) REFERENCES contract_documents (contract_id, number);

-- owner: contracts
-- Who has signed which text; those of a withdrawn text are void, and stay.
CREATE TABLE contract_signatures (
    contract_id uuid NOT NULL,
    document_number integer NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    account_id uuid NOT NULL REFERENCES accounts (id),
    sha256 bytea NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT contract_signatures_pkey
        PRIMARY KEY (contract_id, document_number, organisation_id),
    -- Signed is that text and no other.
    CONSTRAINT contract_signatures_text_fkey
        FOREIGN KEY (contract_id, document_number, sha256)
        REFERENCES contract_documents (contract_id, number, sha256)
);
SELECT ground_make_append_only('contract_signatures');
CREATE INDEX contract_signatures_by_organisation ON contract_signatures (organisation_id);
CREATE INDEX contract_signatures_by_account ON contract_signatures (account_id);

-- A contract is signed only when every party has signed its newest text, and what it takes off the
-- market is taken.
CREATE FUNCTION contracts_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM contract_parties p
      WHERE p.contract_id = NEW.id AND NOT EXISTS (
            SELECT 1 FROM contract_signatures s
             WHERE s.contract_id = NEW.id AND s.document_number = NEW.document_number
               AND s.organisation_id = p.organisation_id);
    IF FOUND THEN
        RAISE EXCEPTION 'contract % is not signed by every party', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contracts_signed_by_every_party';
    END IF;
    PERFORM 1 FROM contract_listings
      WHERE contract_id = NEW.id AND deals AND NOT dealt;
    IF FOUND THEN
        RAISE EXCEPTION 'contract % has not taken what it deals', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contracts_signed_takes_listings';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contracts_signed_by_every_party
    AFTER UPDATE ON contracts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'signed' AND OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION contracts_signed();

-- owner: contracts
-- What has happened between the applicant and the registrar, step by step.
CREATE TABLE contract_recognition_steps (
    contract_id uuid NOT NULL REFERENCES contracts (id),
    number integer NOT NULL CHECK (number >= 1),
    -- Where it has led.
    status text NOT NULL CHECK (status IN (
        'applied', 'supplement_requested', 'recognised', 'refused')),
    taken_at timestamptz NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts (id),
    -- Applied: the last day of the registrar's decision.
    decide_by date,
    -- What is missing, or remarks on what is recognised.
    words text CHECK (char_length(words) BETWEEN 1 AND 2000),
    -- Refused: [{reason, text?}]
    refusal_reasons jsonb CHECK (
        jsonb_typeof(refusal_reasons) = 'array'
        AND jsonb_array_length(refusal_reasons) >= 1
        AND NOT refusal_reasons @? '$[*] ? (!(@.reason like_regex "^(invalid_or_not_yet_effective|not_a_technology_contract|party_subject_or_price_unclear|approval_missing|name_does_not_match_content|monopolises_technology|documents_missing_or_unfit|seal_incomplete_or_mismatched|infringes_others_results|subject_not_understandable|other)$"))'),
    -- Recognised.
    contract_type text,
    subtype text,
    technology_amount_fen bigint CHECK (technology_amount_fen >= 1),
    registration_number text CHECK (registration_number ~ '^([0-9]{14}|[0-9]{16})$'),
    PRIMARY KEY (contract_id, number),
    CONSTRAINT contract_recognition_steps_status_key UNIQUE (contract_id, number, status),
    CONSTRAINT contract_recognition_steps_subtype CHECK (
        contract_type IS NULL OR contracts_subtype_fits(contract_type, subtype)),
    CONSTRAINT contract_recognition_steps_facts CHECK (
        (status = 'applied') = (decide_by IS NOT NULL)
        AND (status = 'refused') = (refusal_reasons IS NOT NULL)
        AND (status NOT IN ('applied', 'refused') OR words IS NULL)
        AND (status <> 'supplement_requested' OR words IS NOT NULL)
        AND CASE status
            WHEN 'recognised'
                THEN num_nulls(contract_type, technology_amount_fen, registration_number) = 0
            ELSE num_nonnulls(contract_type, subtype, technology_amount_fen, registration_number) = 0
        END)
);
SELECT ground_make_append_only('contract_recognition_steps');
CREATE INDEX contract_recognition_steps_by_account ON contract_recognition_steps (account_id);
ALTER TABLE contracts ADD CONSTRAINT contracts_recognition_step_fkey
    FOREIGN KEY (id, recognition_step, recognition_status)
    REFERENCES contract_recognition_steps (contract_id, number, status);

-- owner: contracts
-- Money paid under a contract.
CREATE TABLE contract_payments (
    id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts (id),
    paid_on date NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 1000000000000000),
    technology_amount_fen bigint NOT NULL,
    -- The receipt's or invoice's number.
    reference text CHECK (char_length(reference) BETWEEN 1 AND 100),
    recorded_at timestamptz NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts (id),
    CONSTRAINT contract_payments_technology_amount CHECK (
        technology_amount_fen BETWEEN 0 AND amount_fen)
);
SELECT ground_make_append_only('contract_payments');
CREATE INDEX contract_payments_by_contract ON contract_payments (contract_id, id);
CREATE INDEX contract_payments_by_account ON contract_payments (account_id);

-- At the end of a transaction, a contract's paid sums are those of its payments, of which there are
-- at most 1000.
CREATE FUNCTION contracts_check_paid(contract uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM contracts
      WHERE id = contract
        AND (paid_amount_fen, paid_technology_amount_fen) = (
            SELECT coalesce(sum(amount_fen), 0), coalesce(sum(technology_amount_fen), 0)
              FROM contract_payments WHERE contract_id = contract
            HAVING count(*) <= 1000);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the paid sums of contract % are not those of its payments', contract
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_payments_add_up';
    END IF;
END $$;

CREATE FUNCTION contract_payments_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM contracts_check_paid(NEW.contract_id);
    RETURN NULL;
END $$;

CREATE FUNCTION contracts_paid_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM contracts_check_paid(NEW.id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER contract_payments_add_up
    AFTER INSERT ON contract_payments DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION contract_payments_added();
CREATE CONSTRAINT TRIGGER contracts_paid_adds_up
    AFTER UPDATE ON contracts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (
        (OLD.paid_amount_fen, OLD.paid_technology_amount_fen)
            IS DISTINCT FROM (NEW.paid_amount_fen, NEW.paid_technology_amount_fen))
    EXECUTE FUNCTION contracts_paid_changed();
