CREATE TABLE node (a int, b int, up_a int, up_b int,
  CONSTRAINT k1 UNIQUE (a, b) DEFERRABLE, CONSTRAINT k2 UNIQUE NULLS NOT DISTINCT (a, b),
  CONSTRAINT "above" FOREIGN KEY (up_a, up_b) REFERENCES node (a, b));
