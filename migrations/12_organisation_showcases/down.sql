DROP TABLE organisation_showcases;
