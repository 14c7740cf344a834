-- A credit code is public: whoever registers with another's must not keep it from its owner. An
-- operator who shuts out what was never verified frees its code.
ALTER TABLE organisations DROP CONSTRAINT organisations_credit_code_key;
CREATE UNIQUE INDEX organisations_credit_code_key ON organisations (credit_code)
    WHERE status <> 'suspended' OR verified_at IS NOT NULL;
