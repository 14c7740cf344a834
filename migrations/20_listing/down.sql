-- Listings are gone with everything that they say.
DROP TABLE listing_sketches;
DROP TABLE listing_reminders;
DROP TABLE listing_reviews;
DROP TABLE listing_revisions;
DROP TABLE listing_contacts;
DROP TABLE listings;
DROP FUNCTION listings_mark_change();
DROP FUNCTION listing_next_number(integer);
DROP SEQUENCE listing_numbers;
