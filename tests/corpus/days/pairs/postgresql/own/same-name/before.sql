CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TABLE a.weights (asset integer NOT NULL, country text NOT NULL, scaled integer NOT NULL);
CREATE UNLOGGED TABLE b.weights (asset integer NOT NULL, country text NOT NULL, scaled integer NOT NULL);
