DROP FUNCTION ground_close_write(timestamptz, uuid, uuid, text, text, jsonb, jsonb);
DROP FUNCTION ground_open_write(uuid, text, text);
DROP TABLE idempotency_keys;
DROP TABLE outbox;
DROP TABLE events;
DROP TABLE audit_entries;
DROP FUNCTION ground_make_append_only(regclass);
DROP FUNCTION ground_refuse_change();
