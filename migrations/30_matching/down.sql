DROP TABLE introduction_steps;
DROP TABLE introductions;
DROP TABLE match_suspensions;
DROP TABLE match_brokers;
DROP TABLE match_documents;
DROP FUNCTION match_documents_mark_change();
