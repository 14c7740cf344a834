DROP TABLE listing_views;
DROP TABLE listing_follows;
