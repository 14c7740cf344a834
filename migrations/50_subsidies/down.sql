DROP TABLE awards;
DROP TABLE subsidy_assessments;
