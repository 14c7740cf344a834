-- What the ground below does not know of ends as it knows ends: declined. Steps and messages that
-- it has no place for are lost.
DROP TABLE introduction_messages;

ALTER TABLE introduction_steps DISABLE TRIGGER USER;
DELETE FROM introduction_steps WHERE what IN ('lapsed', 'closed');
ALTER TABLE introduction_steps ENABLE TRIGGER USER;
ALTER TABLE introduction_steps
    DROP CONSTRAINT introduction_steps_who,
    ADD CONSTRAINT introduction_steps_who CHECK (
        (what <> 'contracted') = (participant IS NOT NULL)
        AND (what <> 'contracted') = (organisation_id IS NOT NULL)
        AND (what <> 'contracted') = (account_id IS NOT NULL)),
    DROP CONSTRAINT introduction_steps_what_check,
    ADD CONSTRAINT introduction_steps_what_check CHECK (
        what IN ('proposed', 'accepted', 'declined', 'contracted'));

DROP INDEX introductions_lapsing;
ALTER TABLE introductions
    DROP CONSTRAINT introductions_close_by_participant,
    DROP CONSTRAINT introductions_close_facts,
    DROP CONSTRAINT introductions_lapse_facts,
    DROP CONSTRAINT introductions_acceptance_facts,
    DROP CONSTRAINT introductions_status_check;
UPDATE introductions
   SET status = 'declined', declined_at = coalesce(lapsed_at, closed_at),
       declined_by = coalesce(closed_by, CASE WHEN need_accepted_at IS NULL THEN 'need_side' WHEN offer_accepted_at IS NULL THEN 'offer_side' ELSE 'broker' END),
       decline_reason = close_reason,
       need_accepted_at = CASE WHEN status = 'closed' AND proposed_by <> 'need_side' THEN NULL ELSE need_accepted_at END,
       offer_accepted_at = CASE WHEN status = 'closed' AND proposed_by = 'need_side' THEN NULL ELSE offer_accepted_at END
 WHERE status IN ('lapsed', 'closed');
ALTER TABLE introductions
    ADD CONSTRAINT introductions_status_check CHECK (
        status IN ('proposed', 'accepted', 'declined', 'contracted')),
    ADD CONSTRAINT introductions_acceptance_facts CHECK (
        (need_accepted_at IS NOT NULL AND offer_accepted_at IS NOT NULL
         AND (broker_id IS NULL OR broker_accepted_at IS NOT NULL))
        = (status IN ('accepted', 'contracted'))),
    DROP COLUMN reminded,
    DROP COLUMN close_reason,
    DROP COLUMN closed_by,
    DROP COLUMN closed_at,
    DROP COLUMN lapsed_at,
    DROP COLUMN lapses_on;
