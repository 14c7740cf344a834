-- Bounds of what stays: files of imports, hits of saved searches; and what is published is compared
-- with saved searches apart from the transaction that settles its publication.

-- How much an organisation's files take; the oldest go first.
CREATE INDEX listing_imports_kept_by_organisation
    ON listing_imports (organisation_id, finished_at DESC) WHERE file_kept;

-- owner: listing
-- Listings that say something new and are to be compared with the saved searches. That takes a
-- processor its time; it is not taken while other rows are locked.
CREATE TABLE listing_comparisons (
    listing_id uuid PRIMARY KEY REFERENCES listings (id),
    -- Since when the listing says what it says: searches that were saved later need not be told.
    said_at timestamptz NOT NULL,
    -- Behind which saved search it goes on; without one, from the first.
    behind uuid,
    -- The order in which they are taken up.
    noted_at timestamptz NOT NULL,
    -- Until when nobody else takes it up.
    held_until timestamptz
);
CREATE INDEX listing_comparisons_due ON listing_comparisons (noted_at, listing_id);

-- What was found long ago is forgotten.
CREATE INDEX saved_search_hits_by_age ON saved_search_hits (found_at);
