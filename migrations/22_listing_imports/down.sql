DROP TABLE listing_import_errors;
DROP TABLE listing_import_pieces;
DROP TABLE listing_imports;
