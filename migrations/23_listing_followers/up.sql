-- Who follows which listing, and how often each is looked at.
--
-- Both stand apart from `listings`: neither is a change of what a listing says, so that neither
-- makes a new version of it, nor calls its owner's mirror.

-- owner: listing
-- The listings that somebody wants to find again.
CREATE TABLE listing_follows (
    account_id uuid NOT NULL REFERENCES accounts (id),
    listing_id uuid NOT NULL REFERENCES listings (id),
    followed_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, listing_id)
);
-- One's own list, newest first; and how many follow a listing.
CREATE INDEX listing_follows_newest
    ON listing_follows (account_id, followed_at DESC, listing_id DESC);
CREATE INDEX listing_follows_by_listing ON listing_follows (listing_id);

-- owner: listing
-- How often others have looked at a listing, by civil days in Shanghai. Each server counts in
-- memory and adds up here every few seconds: a read waits for no write, and what a killed server
-- had not yet added is lost.
CREATE TABLE listing_views (
    listing_id uuid NOT NULL REFERENCES listings (id),
    day date NOT NULL,
    views bigint NOT NULL CHECK (views >= 1),
    PRIMARY KEY (listing_id, day)
);
