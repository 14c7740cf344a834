-- An organisation's showcase counts what it offers, and search engines are told what everybody may
-- read: both from the index alone.
CREATE INDEX listings_counted_by_organisation ON listings (organisation_id, status, kind, domain)
    WHERE status IN ('published', 'reserved', 'traded');
CREATE INDEX listings_public ON listings (id, updated_at) WHERE status IN ('published', 'reserved');
