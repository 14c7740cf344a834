-- How an organisation presents itself to everybody: under a short name of its own, in its own words.
--
-- Apart from `organisations`, since few have it and it is read by its short name. It has no version of
-- its own: a change of it is a change of its organisation.

-- owner: parties
CREATE TABLE organisation_showcases (
    organisation_id uuid PRIMARY KEY REFERENCES organisations (id),
    -- In addresses that people print: `/showcases/qinghai-university`.
    short_name text NOT NULL CONSTRAINT organisation_showcases_short_name_key UNIQUE
        CHECK (short_name ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(short_name) BETWEEN 3 AND 40),
    about text CHECK (char_length(about) BETWEEN 1 AND 5000),
    website text CHECK (website ~ '^https?://' AND char_length(website) <= 300),
    domains text[] NOT NULL CHECK (
        cardinality(domains) <= 10 AND array_position(domains, NULL) IS NULL),
    -- An office that answers, not a person: everybody reads it.
    office_name text CHECK (char_length(office_name) BETWEEN 1 AND 100),
    office_phone text CHECK (char_length(office_phone) BETWEEN 1 AND 30),
    office_email text CHECK (char_length(office_email) BETWEEN 3 AND 254),
    updated_at timestamptz NOT NULL,
    CONSTRAINT organisation_showcases_office CHECK (
        office_name IS NOT NULL OR (office_phone IS NULL AND office_email IS NULL))
);
