-- Of a code that more than one has, only one keeps it: the one that was not shut out. An
-- organisation needs a code unless it is one of the market's own, so the others are those.
DROP INDEX organisations_credit_code_key;
UPDATE organisations o SET credit_code = NULL, kind = 'individual_broker'
 WHERE status = 'suspended' AND verified_at IS NULL
   AND EXISTS (SELECT 1 FROM organisations other
                WHERE other.credit_code = o.credit_code AND other.id <> o.id
                  AND ((other.status <> 'suspended' OR other.verified_at IS NOT NULL)
                       OR other.id < o.id));
ALTER TABLE organisations ADD CONSTRAINT organisations_credit_code_key UNIQUE (credit_code);
