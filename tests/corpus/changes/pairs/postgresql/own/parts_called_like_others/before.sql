CREATE TABLE reading (id integer, place integer, at date) PARTITION BY RANGE (id);
CREATE TABLE reading_low PARTITION OF reading FOR VALUES FROM (0) TO (10) PARTITION BY LIST (place);
CREATE TABLE reading_low_any PARTITION OF reading_low DEFAULT;
CREATE TABLE reading_high PARTITION OF reading FOR VALUES FROM (10) TO (20);
CREATE INDEX first ON reading (place);
CREATE INDEX second ON reading (place);
CREATE INDEX third ON reading (place, at);
