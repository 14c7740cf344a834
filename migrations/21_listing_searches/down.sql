-- Saved searches are gone with what was found for them.
DROP TABLE saved_search_hits;
DROP TABLE saved_searches;
