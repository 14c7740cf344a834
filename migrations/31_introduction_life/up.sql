-- How introductions end without a contract, and what their participants write to each other.

ALTER TABLE introductions
    -- The last day on which it can be accepted.
    ADD COLUMN lapses_on date,
    ADD COLUMN lapsed_at timestamptz,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN closed_by text CHECK (closed_by IN ('need_side', 'offer_side', 'broker')),
    ADD COLUMN close_reason text CHECK (char_length(close_reason) BETWEEN 1 AND 1000),
    -- Have those whose answer is awaited been told that its last day comes near?
    ADD COLUMN reminded boolean NOT NULL DEFAULT false;
UPDATE introductions
   SET lapses_on = (proposed_at AT TIME ZONE 'Asia/Shanghai')::date + 30;
ALTER TABLE introductions
    ALTER COLUMN lapses_on SET NOT NULL,
    DROP CONSTRAINT introductions_status_check,
    ADD CONSTRAINT introductions_status_check CHECK (
        status IN ('proposed', 'accepted', 'declined', 'contracted', 'lapsed', 'closed')),
    DROP CONSTRAINT introductions_acceptance_facts,
    ADD CONSTRAINT introductions_acceptance_facts CHECK (
        (need_accepted_at IS NOT NULL AND offer_accepted_at IS NOT NULL
         AND (broker_id IS NULL OR broker_accepted_at IS NOT NULL))
        = (status IN ('accepted', 'contracted', 'closed'))),
    ADD CONSTRAINT introductions_lapse_facts CHECK (
        (status = 'lapsed') = (lapsed_at IS NOT NULL)),
    ADD CONSTRAINT introductions_close_facts CHECK (
        (status = 'closed') = (closed_at IS NOT NULL)
        AND (status = 'closed') = (closed_by IS NOT NULL)
        AND (status = 'closed') = (close_reason IS NOT NULL)),
    ADD CONSTRAINT introductions_close_by_participant CHECK (
        broker_id IS NOT NULL OR closed_by IS DISTINCT FROM 'broker');
-- What lapses next.
CREATE INDEX introductions_lapsing ON introductions (lapses_on, id) WHERE status = 'proposed';

ALTER TABLE introduction_steps
    DROP CONSTRAINT introduction_steps_what_check,
    ADD CONSTRAINT introduction_steps_what_check CHECK (
        what IN ('proposed', 'accepted', 'declined', 'contracted', 'lapsed', 'closed')),
    DROP CONSTRAINT introduction_steps_who,
    -- Nobody when a signed contract or the last day is the cause.
    ADD CONSTRAINT introduction_steps_who CHECK (
        (what NOT IN ('contracted', 'lapsed')) = (participant IS NOT NULL)
        AND (what NOT IN ('contracted', 'lapsed')) = (organisation_id IS NOT NULL)
        AND (what NOT IN ('contracted', 'lapsed')) = (account_id IS NOT NULL));

-- owner: matching
-- What participants write to each other: read by them alone, and never changed.
CREATE TABLE introduction_messages (
    id uuid PRIMARY KEY,
    introduction_id uuid NOT NULL REFERENCES introductions (id),
    posted_at timestamptz NOT NULL,
    participant text NOT NULL CHECK (participant IN ('need_side', 'offer_side', 'broker')),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    account_id uuid NOT NULL REFERENCES accounts (id),
    text text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 4000)
);
SELECT ground_make_append_only('introduction_messages');
-- Newest first: ids are in order of time.
CREATE INDEX introduction_messages_newest ON introduction_messages (introduction_id, id DESC);
CREATE INDEX introduction_messages_by_organisation ON introduction_messages (organisation_id);
CREATE INDEX introduction_messages_by_account ON introduction_messages (account_id);
