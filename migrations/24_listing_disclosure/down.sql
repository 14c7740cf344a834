-- What is protected is gone, and with it who saw it; the files' contents stay where they are.
DROP TABLE listing_looks;
DROP INDEX audit_entries_disclosure_version;
DROP TABLE disclosures;
ALTER TABLE listings DROP CONSTRAINT listings_owner_key;
DROP TABLE listing_store_mark;
DROP TABLE listing_removed_attachments;
DROP TABLE listing_storage;
DROP TABLE listing_attachments;
DROP TABLE listing_protected;
