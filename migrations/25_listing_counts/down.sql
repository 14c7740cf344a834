DROP INDEX listings_public;
DROP INDEX listings_counted_by_organisation;
