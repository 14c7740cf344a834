DROP TABLE awards;
DROP TABLE award_moments;
DROP TABLE subsidy_assessments;
DROP FUNCTION subsidies_sum_fen(jsonb);
