DROP INDEX saved_search_hits_by_age;
DROP TABLE listing_comparisons;
DROP INDEX listing_imports_kept_by_organisation;
