-- Imports: files of listings that an owner brings in, read and written in the background.
--
-- A server that takes a file may not be the one that reads it, and may be gone before it is read.
-- So the file is kept here, in pieces, where every server finds it: committed together with the
-- import that was acknowledged, backed up together with it, and gone with it, so that nothing has to
-- be swept. Unlike an attachment it is no content that is shown again: it is read a few times, has
-- at most 20 MiB and is kept for 30 days.
--
-- Who works on an import holds it until `held_until`, and holds it longer with every step. Each
-- step commits what it has written together with how far it has come: a server that is killed
-- leaves nothing half done, and the next one goes on behind the last step.

-- owner: listing
-- An import, how far it has come, and what has come of it.
CREATE TABLE listing_imports (
    id uuid PRIMARY KEY,
    -- Grows with the status, not with progress.
    version bigint NOT NULL CHECK (version >= 1),
    organisation_id uuid NOT NULL REFERENCES organisations (id),
    -- Who brought it in, with which rights: it is written in their name, as long as those stand.
    account_id uuid NOT NULL REFERENCES accounts (id),
    session_id uuid NOT NULL,
    roles text[] NOT NULL CHECK (array_position(roles, NULL) IS NULL),
    rights_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,

    file_name text NOT NULL CHECK (char_length(file_name) BETWEEN 1 AND 200),
    file_kind text NOT NULL CHECK (file_kind IN ('xlsx', 'csv')),
    file_bytes bigint NOT NULL CHECK (file_bytes BETWEEN 1 AND 20971520),
    file_sha256 bytea NOT NULL CHECK (octet_length(file_sha256) = 32),
    file_kept boolean NOT NULL,

    mode text NOT NULL CHECK (mode IN ('all_or_nothing', 'valid_rows')),
    dry_run boolean NOT NULL,
    -- Are the listings submitted at once?
    submit boolean NOT NULL,

    status text NOT NULL CHECK (status IN (
        'queued', 'reading', 'writing', 'done', 'failed', 'cancelled')),
    -- Up to which row of the sheet the present pass has come.
    reached_row integer NOT NULL DEFAULT 0 CHECK (reached_row >= 0),
    rows_total integer NOT NULL CHECK (rows_total BETWEEN 0 AND 50000),
    rows_read integer NOT NULL DEFAULT 0 CHECK (rows_read >= 0),
    rows_valid integer NOT NULL DEFAULT 0 CHECK (rows_valid >= 0),
    rows_created integer NOT NULL DEFAULT 0 CHECK (rows_created >= 0),
    rows_updated integer NOT NULL DEFAULT 0 CHECK (rows_updated >= 0),
    rows_unchanged integer NOT NULL DEFAULT 0 CHECK (rows_unchanged >= 0),
    rows_failed integer NOT NULL DEFAULT 0 CHECK (rows_failed >= 0),
    -- How many errors were found, and how many of them are kept.
    errors_total integer NOT NULL DEFAULT 0 CHECK (errors_total >= 0),
    errors_kept integer NOT NULL DEFAULT 0 CHECK (errors_kept BETWEEN 0 AND errors_total),
    failure_code text,
    failure_zh text,
    failure_en text,

    -- Which server works on it, and until when nobody else does.
    held_by uuid,
    held_until timestamptz,
    -- How often it was taken up since the last step that was done.
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    finished_at timestamptz,

    CONSTRAINT listing_imports_rows CHECK (
        rows_read <= rows_total AND rows_valid + rows_failed >= rows_created + rows_updated),
    CONSTRAINT listing_imports_dry_run CHECK (
        NOT dry_run OR (status <> 'writing' AND rows_created = 0 AND rows_updated = 0)),
    CONSTRAINT listing_imports_failure CHECK (
        (status = 'failed') = (failure_code IS NOT NULL)
        AND (failure_code IS NULL) = (failure_zh IS NULL)
        AND (failure_code IS NULL) = (failure_en IS NULL)),
    CONSTRAINT listing_imports_finished CHECK (
        (status IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
    CONSTRAINT listing_imports_held CHECK ((held_by IS NULL) = (held_until IS NULL)),
    CONSTRAINT listing_imports_kept CHECK (file_kept OR finished_at IS NOT NULL)
);
-- An owner's list.
CREATE INDEX listing_imports_by_organisation
    ON listing_imports (organisation_id, created_at DESC, id DESC);
CREATE INDEX listing_imports_account ON listing_imports (account_id);
-- What is to be done, the oldest first.
CREATE INDEX listing_imports_due ON listing_imports (created_at, id) WHERE finished_at IS NULL;
-- Whose files are to be thrown away.
CREATE INDEX listing_imports_kept ON listing_imports (finished_at) WHERE file_kept;

-- owner: listing
-- The file of an import, in pieces.
CREATE TABLE listing_import_pieces (
    import_id uuid NOT NULL REFERENCES listing_imports (id),
    position integer NOT NULL CHECK (position >= 0),
    bytes bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 1048576),
    PRIMARY KEY (import_id, position)
);
-- What is uploaded is compressed already, or is thrown away soon.
ALTER TABLE listing_import_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- owner: listing
-- What is wrong in the rows of an import.
CREATE TABLE listing_import_errors (
    import_id uuid NOT NULL REFERENCES listing_imports (id),
    -- In the order in which they were found.
    position integer NOT NULL CHECK (position >= 0),
    -- The row's number in its sheet, its cell's address, and its column's head.
    sheet_row integer NOT NULL CHECK (sheet_row >= 1),
    cell text,
    column_head text,
    code text NOT NULL CHECK (code ~ '^[a-z0-9_]+$'),
    words_zh text NOT NULL,
    words_en text NOT NULL,
    -- What stands there, cut off; thrown away with the file.
    value text CHECK (char_length(value) <= 100),
    PRIMARY KEY (import_id, position)
);
CREATE INDEX listing_import_errors_by_row ON listing_import_errors (import_id, sheet_row);
